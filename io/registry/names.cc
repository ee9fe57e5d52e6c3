// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/names.h"

#include <simdjson.h>

#include <algorithm>
#include <string>

#include "registry/model.h"

namespace simdjwt::registry {
namespace {

absl::Status invalid(std::string_view what, std::string_view mistake) {
  return absl::InvalidArgumentError(std::string("the ").append(what).append(" ").append(mistake));
}

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_name_character(char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.'; }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

}  // namespace

absl::Status check_name(std::string_view what, std::string_view name) {
  if (name.empty()) return invalid(what, "is empty");
  if (name.size() > kNameBytesMax) {
    return invalid(what, "is longer than " + std::to_string(kNameBytesMax) + " characters");
  }
  if (!is_alphanumeric(name[0]) || !std::ranges::all_of(name, is_name_character)) {
    return invalid(what,
                   "has other characters than letters, digits, '-', '_' and '.', or begins with "
                   "one of these three");
  }
  return absl::OkStatus();
}

absl::Status check_text(std::string_view what, std::string_view text, size_t bytes_max) {
  if (text.empty()) return invalid(what, "is empty");
  if (text.size() > bytes_max) {
    return invalid(what, "is longer than " + std::to_string(bytes_max) + " bytes");
  }
  if (!simdjson::validate_utf8(text.data(), text.size())) {
    return invalid(what, "is not valid UTF-8");
  }
  if (std::ranges::any_of(text, is_control)) return invalid(what, "has control characters");
  return absl::OkStatus();
}

absl::Status check_url(std::string_view what, std::string_view url) {
  if (url.size() > kUrlBytesMax) {
    return invalid(what, "is longer than " + std::to_string(kUrlBytesMax) + " bytes");
  }
  const size_t scheme = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
  if (scheme == 0 || url.size() == scheme || url[scheme] == '/') {
    return invalid(what, "is no URL of http or https");
  }
  if (!std::ranges::all_of(url, [](char c) { return c > ' ' && c <= '~' && c != '"'; })) {
    return invalid(what, "has characters that no URL has");
  }
  return absl::OkStatus();
}

std::string url_under(std::string_view issuer, std::string_view path) {
  if (issuer.ends_with('/')) issuer.remove_suffix(1);
  return std::string(issuer).append(path);
}

}  // namespace simdjwt::registry
