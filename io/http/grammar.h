// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The characters and words that HTTP is made of.

#ifndef SIMDJWT_IO_HTTP_GRAMMAR_H_
#define SIMDJWT_IO_HTTP_GRAMMAR_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace simdjwt::http {

// A set of characters.
class CharSet {
 public:
  // Letters, digits and `others`.
  constexpr explicit CharSet(std::string_view others) {
    for (char c = '0'; c <= '9'; ++c) add(c);
    for (char c = 'a'; c <= 'z'; ++c) add(c);
    for (char c = 'A'; c <= 'Z'; ++c) add(c);
    for (const char c : others) add(c);
  }

  [[nodiscard]] constexpr bool holds(char c) const noexcept {
    return table_[static_cast<unsigned char>(c)];
  }
  [[nodiscard]] constexpr bool holds_all_of(std::string_view text) const noexcept {
    return std::all_of(text.begin(), text.end(), [this](char c) { return holds(c); });
  }

 private:
  constexpr void add(char c) { table_[static_cast<unsigned char>(c)] = true; }

  std::array<bool, 256> table_{};
};

// RFC 9110 section 5.6.2.
inline constexpr CharSet kTokenChars("!#$%&'*+-.^_`|~");

[[nodiscard]] constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// The value of a hexadecimal digit, or -1.
[[nodiscard]] constexpr int hex_value(char c) noexcept {
  if (is_digit(c)) return c - '0';
  const int letter = (c | 0x20) - 'a';
  return letter >= 0 && letter < 6 ? letter + 10 : -1;
}

// OWS of RFC 9110 section 5.6.3.
[[nodiscard]] constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

[[nodiscard]] constexpr std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Whether `text`, without controls, is `lower` but for the case of letters. `lower` holds letters,
// digits and '-' only: of all but controls, these alone map to them by setting bit 5.
[[nodiscard]] constexpr bool equals_ignoring_case(std::string_view text,
                                                  std::string_view lower) noexcept {
  if (text.size() != lower.size()) return false;
  for (size_t i = 0; i < lower.size(); ++i) {
    if ((text[i] | 0x20) != lower[i]) return false;
  }
  return true;
}

}  // namespace simdjwt::http

#endif  // SIMDJWT_IO_HTTP_GRAMMAR_H_
