// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// StatusGate: refuses tokens that a status list of their issuer says are not valid.

#ifndef SIMDJWT_IO_STATUS_STATUS_GATE_H_
#define SIMDJWT_IO_STATUS_STATUS_GATE_H_

#include <absl/container/flat_hash_map.h>
#include <absl/hash/hash.h>
#include <simdjwt/token_gate.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "status/list_uris.h"
#include "status/missed_list.h"
#include "status/status_list.h"

namespace simdjwt::status {

// A list as it was fetched.
struct FetchedList {
  FetchedList(StatusList fetched, int64_t until) : list(std::move(fetched)), good_until(until) {}

  const StatusList list;
  // Seconds since 1970, from when on it tells nothing any more: later, once the same was fetched
  // again.
  std::atomic<int64_t> good_until;
};

// A list that is followed.
struct FollowedList {
  std::shared_ptr<const FetchedList> fetched = nullptr;  // null: not yet
  std::shared_ptr<std::atomic<bool>> is_used;            // set by whoever looks at it
};

// For views, so that who looks for one need not copy it.
struct UriHash {
  using is_transparent = void;
  size_t operator()(std::string_view uri) const noexcept {
    return absl::Hash<std::string_view>()(uri);
  }
};
using ListTable = absl::flat_hash_map<std::string, FollowedList, UriHash, std::equal_to<>>;

// What is known of an issuer's lists.
struct KnownLists {
  std::string issuer;  // whose tokens they are about; empty: all
  std::shared_ptr<const ListUris> uris;
  std::shared_ptr<const ListTable> table;
  std::shared_ptr<MissedList> missed;
};

// Immutable: to learn of other lists is to be made anew.
class StatusGate final : public TokenGate {
 public:
  // Sorted by issuer; either one of all, or some of issuers.
  explicit StatusGate(std::vector<KnownLists> lists) noexcept : lists_(std::move(lists)) {}

  // A token without the claim "status" passes, as a policy can demand the claim; so do those of
  // issuers without lists. Any status but valid is revoked, what is suspended too. A list that is
  // not there, or no more, is missed by the token that names it.
  [[nodiscard]] Verdict judge(const VerifiedToken& token, std::optional<uint64_t> number,
                              int64_t now) const noexcept override;

  // Whether a list that the configuration names was never fetched.
  [[nodiscard]] bool lacks_lists() const;

 private:
  // Null if there are none.
  [[nodiscard]] const KnownLists* lists_of(const VerifiedToken& token) const noexcept;

  const std::vector<KnownLists> lists_;
};

}  // namespace simdjwt::status

#endif  // SIMDJWT_IO_STATUS_STATUS_GATE_H_
