// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/jti.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <array>
#include <cstring>
#include <span>

#include "registry/random.h"
#include "simdjwt/base64url.h"

namespace simdjwt::registry {
namespace {

constexpr size_t kRandomBytes = 18;
constexpr size_t kIndexBytes = 6;
constexpr size_t kIndexChars = 8;
static_assert((kRandomBytes + kIndexBytes) / 3 * 4 == kJtiChars);

// The six bits that each character of base64url stands for; kNone for all others. Looked up, as
// whoever guesses whether a random one is a letter or a digit is often wrong.
constexpr uint8_t kNone = 64;
constexpr std::array<uint8_t, 256> kBits = [] {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::array<uint8_t, 256> bits{};
  bits.fill(kNone);
  for (size_t i = 0; i < kAlphabet.size(); ++i) {
    bits[static_cast<uint8_t>(kAlphabet[i])] = static_cast<uint8_t>(i);
  }
  return bits;
}();

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
    base64url_write(jti, bytes);
  } while (jti[0] == '-' || jti[0] == '_');
  return jti;
}

std::string_view guess_jti(std::string_view claims) noexcept {
  constexpr std::string_view kName = R"("jti":")";
  if (claims.size() < kName.size() + kJtiChars) return {};
  const size_t end = claims.size() - kName.size() - kJtiChars + 1;  // of where it may begin
#if defined(__SSE2__)
  // Where a quote stands before a "j": mostly where it is looked for, and nowhere else.
  for (size_t at = 0; at < end; at += 16) {
    const auto load = [&claims, at](size_t behind) {
      return _mm_loadu_si128(reinterpret_cast<const __m128i*>(claims.data() + at + behind));
    };
    const __m128i found = _mm_and_si128(_mm_cmpeq_epi8(load(0), _mm_set1_epi8('"')),
                                        _mm_cmpeq_epi8(load(1), _mm_set1_epi8('j')));
    for (auto mask = static_cast<unsigned>(_mm_movemask_epi8(found)); mask != 0; mask &= mask - 1) {
      const size_t begin = at + static_cast<size_t>(__builtin_ctz(mask));
      if (begin < end && std::memcmp(claims.data() + begin, kName.data(), kName.size()) == 0) {
        return claims.substr(begin + kName.size(), kJtiChars);
      }
    }
  }
  return {};
#else
  const size_t at = claims.find(kName);
  return at < end ? claims.substr(at + kName.size(), kJtiChars) : std::string_view();
#endif
}

std::optional<TokenIndex> index_of_jti(std::string_view jti) noexcept {
  if (jti.size() != kJtiChars) return std::nullopt;
  TokenIndex index = 0;
  uint8_t all = 0;
  for (size_t i = 0; i < kIndexChars; ++i) {  // none waits for the one before it
    const uint8_t bits = kBits[static_cast<uint8_t>(jti[kJtiChars - kIndexChars + i])];
    all |= bits;
    index |= TokenIndex{bits} << 6 * (kIndexChars - 1 - i);
  }
  if ((all & kNone) != 0) return std::nullopt;
  return index;
}

}  // namespace simdjwt::registry
