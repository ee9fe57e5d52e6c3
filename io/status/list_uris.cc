// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "status/list_uris.h"

#include <algorithm>
#include <iterator>

#include "status/status_reference.h"

namespace simdjwt::status {
namespace {

// RFC 3986 section 2, without '%': what it encodes, one server decodes and another does not.
bool is_plain(char c) {
  constexpr std::string_view kOthers = "-._~!$&'()*+,;=:@/?";
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         kOthers.find(c) != std::string_view::npos;
}

// A path and, perhaps, a query that clients fetch as they stand here.
bool is_plain_path(std::string_view path) {
  if (!std::ranges::all_of(path, is_plain)) return false;
  for (std::string_view rest = path; !rest.empty();) {
    const size_t end = std::min(rest.find_first_of("/?"), rest.size());
    const std::string_view segment = rest.substr(0, end);
    if (segment == "." || segment == "..") return false;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return true;
}

}  // namespace

absl::Status ListUris::check(const std::string& uri, jwks::PlainHttp plain_http) {
  if (absl::Status status = jwks::check_url(uri, plain_http); !status.ok()) return status;
  const size_t path = uri.find('/', uri.find("://") + 3);
  if (path == std::string::npos) return absl::InvalidArgumentError("a URL without a path");
  if (is_plain_path(std::string_view(uri).substr(path))) return absl::OkStatus();
  return absl::InvalidArgumentError("a URL that can be written more simply");
}

bool ListUris::allow(std::string_view uri) const noexcept {
  if (uri.size() > kUriBytesMax) return false;
  return std::ranges::any_of(uris_, [uri](std::string_view allowed) {
    if (uri == allowed) return !allowed.ends_with('/');
    return allowed.ends_with('/') && uri.starts_with(allowed) &&
           is_plain_path(uri.substr(allowed.size()));
  });
}

std::vector<std::string> ListUris::lists() const {
  std::vector<std::string> lists;
  std::ranges::copy_if(uris_, std::back_inserter(lists),
                       [](std::string_view uri) { return !uri.ends_with('/'); });
  return lists;
}

}  // namespace simdjwt::status
