// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/opaque_secret.h"

#include <openssl/sha.h>

#include <array>
#include <cstdint>
#include <span>

#include "registry/random.h"
#include "simdjwt/base64url.h"

namespace simdjwt::registry {
namespace {

constexpr size_t kEntropyBytes = 33;
constexpr size_t kEntropyChars = kEntropyBytes / 3 * 4;

}  // namespace

absl::StatusOr<OpaqueSecret> make_opaque(std::string_view prefix) {
  std::array<uint8_t, kEntropyBytes> bytes;
  if (absl::Status s = fill_random(bytes); !s.ok()) return s;
  OpaqueSecret secret;
  secret.text = prefix;
  secret.text.resize(prefix.size() + kEntropyChars);
  base64url_write(std::span(secret.text).subspan(prefix.size()), bytes);
  secret.hash = sha256_of(secret.text);
  return secret;
}

std::string sha256_of(std::string_view text) {
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

}  // namespace simdjwt::registry
