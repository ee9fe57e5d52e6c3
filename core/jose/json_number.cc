// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jose/json_number.h"

#include <simdjwt/limits.h>

#include <charconv>
#include <cmath>

namespace simdjwt::jose {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Index behind the digits that start at `i`.
size_t skip_digits(std::string_view text, size_t i) noexcept {
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
  // Nearly every date is a plain integer of ten digits; 18 digits cannot overflow.
  if (number.size() <= 18) {
    int64_t seconds = 0;
    bool plain = true;
    for (const char c : number) {
      plain &= is_digit(c);
      seconds = seconds * 10 + (c - '0');
    }
    if (plain) return seconds <= kNumericDateMax ? std::optional(seconds) : std::nullopt;
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
