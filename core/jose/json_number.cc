// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jose/json_number.h"

#include <simdjwt/limits.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

namespace simdjwt::jose {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Eight characters as a word, the first in the lowest byte.
uint64_t load8(const char* text) noexcept {
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

// The number that eight digits make: neighbours are joined to pairs, pairs to fours, fours to the
// whole.
constexpr uint64_t join_digits(uint64_t word) noexcept {
  word &= 0x0f0f0f0f0f0f0f0f;
  word = (word * 10 + (word >> 8)) & 0x00ff00ff00ff00ff;
  word = (word * 100 + (word >> 16)) & 0x0000ffff0000ffff;
  return (word * 10000 + (word >> 32)) & 0xffffffff;
}

// Index behind the digits that start at `i`.
size_t skip_digits(std::string_view text, size_t i) noexcept {
  while (text.size() - i >= 8) {
    const uint64_t others = non_digits(load8(text.data() + i));
    if (others != 0) return i + static_cast<size_t>(std::countr_zero(others)) / 8;
    i += 8;
  }
  while (i < text.size() && is_digit(text[i])) ++i;
  return i;
}

}  // namespace

size_t json_number_chars(std::string_view text) noexcept {
  const size_t integer = text.starts_with('-') ? 1 : 0;
  if (integer == text.size() || !is_digit(text[integer])) return 0;
  size_t end = text[integer] == '0' ? integer + 1 : skip_digits(text, integer);
  if (end < text.size() && text[end] == '.') {
    const size_t fraction_end = skip_digits(text, end + 1);
    if (fraction_end == end + 1) return 0;
    end = fraction_end;
  }
  if (end < text.size() && (text[end] | 0x20) == 'e') {
    size_t exponent = end + 1;
    if (exponent < text.size() && (text[exponent] == '+' || text[exponent] == '-')) ++exponent;
    end = skip_digits(text, exponent);
    if (end == exponent) return 0;
  }
  return end;
}

std::optional<int64_t> parse_numeric_date(std::string_view number, Rounding rounding) noexcept {
  // Nearly every date is a plain integer of ten digits. Nine to twelve are read as the last eight
  // and, once more from the begin, what comes before those; no plain integer has leading zeros, so
  // that longer ones are out of range.
  if (number.size() > 8 && number.size() <= 12) {
    const uint64_t tail = load8(number.data() + number.size() - 8);
    const uint64_t begin = load8(number.data());
    if ((non_digits(begin) | non_digits(tail)) == 0) {
      const uint64_t head = begin << (8 * (16 - number.size()));
      const auto seconds = static_cast<int64_t>(join_digits(head) * 100000000 + join_digits(tail));
      return seconds <= kNumericDateMax ? std::optional(seconds) : std::nullopt;
    }
  }
  // from_chars knows no locale and does not allocate. What underflows or overflows it is out of
  // range for us too: 1e-400 is no date anybody meant.
  double seconds = 0;
  const auto parsed = std::from_chars(number.data(), number.data() + number.size(), seconds);
  if (parsed.ec != std::errc()) return std::nullopt;
  seconds = rounding == Rounding::kDown ? std::floor(seconds) : std::ceil(seconds);
  if (!(seconds >= 0 && seconds <= static_cast<double>(kNumericDateMax))) return std::nullopt;
  return static_cast<int64_t>(seconds);
}

}  // namespace simdjwt::jose
