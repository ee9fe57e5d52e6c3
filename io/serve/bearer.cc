// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/bearer.h"

#include <algorithm>

namespace simdjwt::serve {

std::optional<std::string_view> bearer_credentials(std::string_view authorization) noexcept {
  constexpr std::string_view kScheme = "bearer";
  const std::string_view scheme = authorization.substr(0, authorization.find(' '));
  const bool is_bearer = std::equal(scheme.begin(), scheme.end(), kScheme.begin(), kScheme.end(),
                                    [](char c, char lower) { return (c | 0x20) == lower; });
  if (!is_bearer) return std::nullopt;
  authorization.remove_prefix(kScheme.size());
  while (authorization.starts_with(' ')) authorization.remove_prefix(1);
  return authorization;
}

bool is_b64token(std::string_view text) noexcept {
  const auto is_b64_char = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '.' || c == '_' || c == '~' || c == '+' || c == '/';
  };
  while (text.ends_with('=')) text.remove_suffix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), is_b64_char);
}

}  // namespace simdjwt::serve
