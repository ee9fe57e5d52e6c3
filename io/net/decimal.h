// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Numbers in what people and other programs write.

#ifndef SIMDJWT_IO_NET_DECIMAL_H_
#define SIMDJWT_IO_NET_DECIMAL_H_

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace simdjwt::net {

// The number that the whole of `digits` is: no blank, no '+', nothing that a Number does not hold.
template <class Number>
[[nodiscard]] std::optional<Number> parse_decimal(std::string_view digits) noexcept {
  Number number{};
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

}  // namespace simdjwt::net

#endif  // SIMDJWT_IO_NET_DECIMAL_H_
