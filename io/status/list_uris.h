// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// ListUris: where the status lists of an issuer may be. A token names the URI of its list; nothing
// is ever fetched that these do not allow for.

#ifndef SIMDJWT_IO_STATUS_LIST_URIS_H_
#define SIMDJWT_IO_STATUS_LIST_URIS_H_

#include <absl/status/status.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jwks/url.h"

namespace simdjwt::status {

class ListUris {
 public:
  // Each has passed check(). One that ends with '/' stands for all beneath it, any other for
  // itself.
  explicit ListUris(std::vector<std::string> uris) : uris_(std::move(uris)) {}

  // Fails with what is wrong: see jwks::check_url(); and that it has a path is demanded, so that
  // none stands for hosts whose names begin alike.
  [[nodiscard]] static absl::Status check(const std::string& uri, jwks::PlainHttp plain_http);

  // Compared byte for byte, as the draft compares them. What lies beneath one has no characters
  // but those that stand for themselves wherever a URL is read, and no segment that leads out of it
  // ("."; ".."). Allocates nothing.
  [[nodiscard]] bool allow(std::string_view uri) const noexcept;

  // Those that stand for themselves, and whether this is one of them.
  [[nodiscard]] std::vector<std::string> lists() const;
  [[nodiscard]] bool is_list(std::string_view uri) const noexcept {
    return !uri.ends_with('/') && std::ranges::find(uris_, uri) != uris_.end();
  }

 private:
  std::vector<std::string> uris_;
};

}  // namespace simdjwt::status

#endif  // SIMDJWT_IO_STATUS_LIST_URIS_H_
