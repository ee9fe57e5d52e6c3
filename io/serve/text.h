// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Text put together of strings and numbers. absl::StrCat is no help where Abseil was built with a
// string_view of its own, as on Debian 12.

#ifndef SIMDJWT_IO_SERVE_TEXT_H_
#define SIMDJWT_IO_SERVE_TEXT_H_

#include <charconv>
#include <string>
#include <string_view>
#include <type_traits>

namespace simdjwt::serve {

// Numbers in their shortest form.
template <class... Parts>
void append(std::string& text, const Parts&... parts) {
  const auto append_one = [&text](const auto& part) {
    if constexpr (std::is_arithmetic_v<std::decay_t<decltype(part)>>) {
      char digits[32];
      text.append(digits, std::to_chars(digits, digits + sizeof(digits), part).ptr);
    } else {
      text.append(std::string_view(part));
    }
  };
  (append_one(parts), ...);
}

template <class... Parts>
[[nodiscard]] std::string concat(const Parts&... parts) {
  std::string text;
  append(text, parts...);
  return text;
}

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_TEXT_H_
