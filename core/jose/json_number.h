// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// JSON numbers (RFC 8259 section 6) and the dates that JWTs make of them.

#ifndef SIMDJWT_CORE_JOSE_JSON_NUMBER_H_
#define SIMDJWT_CORE_JOSE_JSON_NUMBER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace simdjwt::jose {

// Length of the JSON number at the front of `text`, 0 if there is none. "01" is the number 0.
size_t json_number_chars(std::string_view text) noexcept;

// How a date between two seconds is taken.
enum class Rounding : uint8_t { kDown, kUp };

// The NumericDate (RFC 7519 section 2) that the valid JSON number `number` stands for, in seconds
// since 1970; nullopt outside 0..kNumericDateMax. Fractions and exponents are legal.
std::optional<int64_t> parse_numeric_date(std::string_view number, Rounding rounding) noexcept;

}  // namespace simdjwt::jose

#endif  // SIMDJWT_CORE_JOSE_JSON_NUMBER_H_
