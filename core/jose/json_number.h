// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// JSON numbers (RFC 8259 section 6) and the dates that JWTs make of them.

#ifndef SIMDJWT_CORE_JOSE_JSON_NUMBER_H_
#define SIMDJWT_CORE_JOSE_JSON_NUMBER_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace simdjwt::jose {

// Eight characters as a word, the first in the lowest byte.
inline uint64_t load8(const char* text) noexcept {
  static_assert(std::endian::native == std::endian::little);
  uint64_t word;
  std::memcpy(&word, text, 8);
  return word;
}

// The high bit of every byte of `word` that is no digit, and perhaps of bytes above it.
constexpr uint64_t non_digits(uint64_t word) noexcept {
  const uint64_t values = word ^ 0x3030303030303030;  // 0 to 9 for digits, 10 to 255 for others
  return (values | (values + 0x7676767676767676)) & 0x8080808080808080;
}

// Behind the digits at `at`. Reads up to seven bytes behind the first character that is no digit.
inline const char* skip_digits(const char* at) noexcept {
  for (;;) {
    const uint64_t others = non_digits(load8(at));
    if (others != 0) return at + std::countr_zero(others) / 8;
    at += 8;
  }
}

// The number that eight digits make: neighbours are joined to pairs, pairs to fours, fours to the
// whole.
constexpr uint64_t join_digits(uint64_t word) noexcept {
  word = (word & 0x0f0f0f0f0f0f0f0f) * (10 << 8 | 1) >> 8;
  word = (word & 0x00ff00ff00ff00ff) * (100 << 16 | 1) >> 16;
  return (word & 0x0000ffff0000ffff) * (uint64_t{10000} << 32 | 1) >> 32;
}

// Behind the JSON number at `at`, or null if there is none; "01" is the number 0. Says whether it
// is a plain run of digits. The number must be followed by eight readable bytes.
const char* skip_number(const char* at, bool& is_plain) noexcept;

// How a date between two seconds is taken.
enum class Rounding : uint8_t { kDown, kUp };

// Stores in `seconds` since 1970 the NumericDate (RFC 7519 section 2) that the valid JSON number
// `number` stands for. False outside 0..kNumericDateMax. Fractions and exponents are legal.
bool parse_numeric_date(std::string_view number, Rounding rounding, int64_t& seconds) noexcept;

// The same for a number that is known to be ten digits, as nearly every date is: from 2001 to 2286.
inline int64_t parse_ten_digit_date(const char* digits) noexcept {
  const uint64_t last_two =
      static_cast<uint64_t>(digits[8]) * 10 + static_cast<uint64_t>(digits[9]);
  return static_cast<int64_t>(join_digits(load8(digits)) * 100 + last_two - '0' * 11);
}

}  // namespace simdjwt::jose

#endif  // SIMDJWT_CORE_JOSE_JSON_NUMBER_H_
