// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jose/json_number.h"

#include <simdjwt/limits.h>

#include <charconv>
#include <cmath>

namespace simdjwt::jose {
namespace {

// Behind fraction and exponent at `at`, if there are any; null if they are wrong.
const char* skip_fraction_and_exponent(const char* at) noexcept {
  if (*at == '.') {
    const char* const fraction = at + 1;
    at = skip_digits(fraction);
    if (at == fraction) return nullptr;
  }
  if (*at == 'e' || *at == 'E') {
    ++at;
    if (*at == '+' || *at == '-') ++at;
    const char* const exponent = at;
    at = skip_digits(exponent);
    if (at == exponent) return nullptr;
  }
  return at;
}

}  // namespace

const char* skip_number(const char* at, bool& is_plain) noexcept {
  const bool is_negative = *at == '-';
  const char* const integer = at + (is_negative ? 1 : 0);
  const char* const end = *integer == '0' ? integer + 1 : skip_digits(integer);
  is_plain = !is_negative;
  if (end == integer) return nullptr;
  if (*end != '.' && *end != 'e' && *end != 'E') return end;
  is_plain = false;
  return skip_fraction_and_exponent(end);
}

bool parse_numeric_date(std::string_view number, Rounding rounding, int64_t& seconds) noexcept {
  // from_chars knows no locale and does not allocate. What underflows or overflows it is out of
  // range for us too: 1e-400 is no date anybody meant.
  double value = 0;
  const auto parsed = std::from_chars(number.data(), number.data() + number.size(), value);
  if (parsed.ec != std::errc()) return false;
  value = rounding == Rounding::kDown ? std::floor(value) : std::ceil(value);
  if (!(value >= 0 && value <= static_cast<double>(kNumericDateMax))) return false;
  seconds = static_cast<int64_t>(value);
  return true;
}

}  // namespace simdjwt::jose
