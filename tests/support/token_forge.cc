// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "support/token_forge.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <cstdlib>

namespace simdjwt::testing {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

const EVP_MD* digest_of(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kHs256:
      return EVP_sha256();
    case Algorithm::kHs384:
      return EVP_sha384();
    case Algorithm::kHs512:
      return EVP_sha512();
    default:
      break;
  }
  std::abort();
}

}  // namespace

std::string base64url(std::string_view bytes) {
  std::string encoded;
  uint32_t window = 0;
  int num_bits = 0;
  for (const char c : bytes) {
    window = window << 8 | static_cast<uint8_t>(c);
    for (num_bits += 8; num_bits >= 6; num_bits -= 6) {
      encoded += kAlphabet[window >> (num_bits - 6) & 63];
    }
  }
  if (num_bits > 0) encoded += kAlphabet[window << (6 - num_bits) & 63];
  return encoded;
}

std::string hmac_tag(Algorithm algorithm, std::string_view secret, std::string_view message) {
  uint8_t tag[EVP_MAX_MD_SIZE];
  unsigned tag_bytes = 0;
  // A null key means "the key of last time" to OpenSSL; an empty one has to point somewhere.
  const char* key = secret.empty() ? "" : secret.data();
  if (HMAC(digest_of(algorithm), key, static_cast<int>(secret.size()),
           reinterpret_cast<const uint8_t*>(message.data()), message.size(), tag,
           &tag_bytes) == nullptr) {
    std::abort();
  }
  return std::string(reinterpret_cast<const char*>(tag), tag_bytes);
}

std::string sign_parts(std::string_view header_part, std::string_view payload_part,
                       std::string_view secret, Algorithm algorithm) {
  std::string token(header_part);
  token += '.';
  token += payload_part;
  const std::string tag = hmac_tag(algorithm, secret, token);
  return token + '.' + base64url(tag);
}

std::string forge(std::string_view header, std::string_view payload, std::string_view secret,
                  Algorithm algorithm) {
  return sign_parts(base64url(header), base64url(payload), secret, algorithm);
}

std::string forge_claims(std::string_view claims) { return forge(kHeader, claims); }

std::string with_padding(std::string encoded) {
  encoded.append((4 - encoded.size() % 4) % 4, '=');
  return encoded;
}

unsigned num_stray_bits(std::string_view encoded) {
  switch (encoded.size() % 4) {
    case 2:
      return 4;
    case 3:
      return 2;
    default:
      return 0;
  }
}

std::string with_stray_bits(std::string encoded, unsigned bits) {
  const size_t used = kAlphabet.find(encoded.back());
  if (used == kAlphabet.npos || bits >= 1u << num_stray_bits(encoded)) std::abort();
  encoded.back() = kAlphabet[used | bits];
  return encoded;
}

std::string in_standard_alphabet(std::string encoded) {
  std::replace(encoded.begin(), encoded.end(), '-', '+');
  std::replace(encoded.begin(), encoded.end(), '_', '/');
  return encoded;
}

}  // namespace simdjwt::testing
