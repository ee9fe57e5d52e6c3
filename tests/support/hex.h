// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Bytes as published test vectors write them.

#ifndef SIMDJWT_TESTS_SUPPORT_HEX_H_
#define SIMDJWT_TESTS_SUPPORT_HEX_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace simdjwt::testing {

inline std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string result;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    result += kDigits[byte >> 4];
    result += kDigits[byte & 15];
  }
  return result;
}

// `digits` are hexadecimal and even in number.
inline std::string from_hex(std::string_view digits) {
  std::string result;
  for (size_t i = 0; i < digits.size(); i += 2) {
    result += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
  }
  return result;
}

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_SUPPORT_HEX_H_
