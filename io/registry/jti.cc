// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/jti.h"

#include <array>
#include <span>

#include "registry/random.h"

namespace simdjwt::registry {
namespace {

constexpr size_t kRandomBytes = 18;
constexpr size_t kIndexBytes = 6;
constexpr size_t kIndexChars = 8;
static_assert((kRandomBytes + kIndexBytes) / 3 * 4 == kJtiChars);

// The six bits that a character of base64url stands for, or 64.
constexpr uint8_t bits_of(char c) noexcept {
  if (c >= 'A' && c <= 'Z') return static_cast<uint8_t>(c - 'A');
  if (c >= 'a' && c <= 'z') return static_cast<uint8_t>(c - 'a' + 26);
  if (c >= '0' && c <= '9') return static_cast<uint8_t>(c - '0' + 52);
  return c == '-' ? 62 : c == '_' ? 63 : 64;
}

}  // namespace

absl::StatusOr<std::string> make_jti(TokenIndex index) {
  if (index > kTokenIndexMax) return absl::FailedPreconditionError("the registry is full");
  std::array<uint8_t, kRandomBytes + kIndexBytes> bytes;
  const std::span<uint8_t> all(bytes);
  for (size_t i = 0; i < kIndexBytes; ++i) {
    bytes[kRandomBytes + i] = static_cast<uint8_t>(index >> 8 * (kIndexBytes - 1 - i));
  }
  std::string jti(kJtiChars, '\0');
  do {
    if (absl::Status s = fill_random(all.first(kRandomBytes)); !s.ok()) return s;
    spell_base64url(jti, bytes);
  } while (jti[0] == '-' || jti[0] == '_');
  return jti;
}

std::optional<TokenIndex> index_of_jti(std::string_view jti) noexcept {
  if (jti.size() != kJtiChars) return std::nullopt;
  TokenIndex index = 0;
  for (const char c : jti.substr(kJtiChars - kIndexChars)) {
    const uint8_t bits = bits_of(c);
    if (bits > 63) return std::nullopt;
    index = index << 6 | bits;
  }
  return index;
}

}  // namespace simdjwt::registry
