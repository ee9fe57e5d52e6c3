// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Status List Tokens: status lists as they are signed and published
// (draft-ietf-oauth-status-list sections 5.1 and 8.3).

#ifndef SIMDJWT_IO_STATUS_STATUS_LIST_TOKEN_H_
#define SIMDJWT_IO_STATUS_STATUS_LIST_TOKEN_H_

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "simdjwt/key_set.h"
#include "simdjwt/signer.h"
#include "status/status_list.h"

namespace simdjwt::status {

inline constexpr std::string_view kTyp = "statuslist+jwt";
inline constexpr std::string_view kMediaType = "application/statuslist+jwt";

struct StatusListToken {
  std::string uri;     // sub: where it is published, and what tokens call it
  int64_t issued = 0;  // iat, seconds since 1970
  std::optional<int64_t> expires = {};
  std::optional<int64_t> ttl_seconds = {};  // when, after it was fetched, it is to be fetched again
  StatusList list;
};

// `signer` writes the typ kTyp. Allocates.
[[nodiscard]] absl::StatusOr<std::string> sign_status_list(const Signer& signer,
                                                           const StatusListToken& token);

// What was fetched from `uri`, if one of `keys` has signed it, and it is about that and is not out
// of date. kInvalidArgument; kNotFound, if there is no key of its kid; or kResourceExhausted for a
// list of more than `bytes_max` bytes. The issuer's clock may be `leeway_seconds` ahead.
[[nodiscard]] absl::StatusOr<StatusListToken> read_status_list(std::string_view text,
                                                               std::string_view uri,
                                                               const KeySet& keys, size_t bytes_max,
                                                               int64_t leeway_seconds, int64_t now);

// Where a token says that its status is published: the claim "status" (section 6.1).
struct StatusReference {
  uint64_t index;
  std::string_view uri;
};

// {"status_list":{"idx":0,"uri":"https://id.example/status-lists/0"}}
[[nodiscard]] std::string to_json(const StatusReference& reference);

}  // namespace simdjwt::status

#endif  // SIMDJWT_IO_STATUS_STATUS_LIST_TOKEN_H_
