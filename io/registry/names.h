// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What names and other texts may be.

#ifndef SIMDJWT_IO_REGISTRY_NAMES_H_
#define SIMDJWT_IO_REGISTRY_NAMES_H_

#include <absl/status/status.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace simdjwt::registry {

// 1 to kNameBytesMax letters, digits, '-', '_' and '.' of ASCII, beginning with a letter or digit:
// what stands in a path or on a command line without quotes. `what` it is the name of comes first
// in the message.
[[nodiscard]] absl::Status check_name(std::string_view what, std::string_view name);

// 1 to `bytes_max` bytes of UTF-8 without control characters.
[[nodiscard]] absl::Status check_text(std::string_view what, std::string_view text,
                                      size_t bytes_max);

// An absolute http or https URL, of printable ASCII without blanks.
[[nodiscard]] absl::Status check_url(std::string_view what, std::string_view url);

// "https://id.example/token" for a path that begins with a slash, whether or not the issuer ends in
// one.
[[nodiscard]] std::string url_under(std::string_view issuer, std::string_view path);

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_NAMES_H_
