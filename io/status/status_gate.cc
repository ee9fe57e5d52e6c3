// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "status/status_gate.h"

#include <algorithm>
#include <optional>

#include "status/status_reference.h"

namespace simdjwt::status {

const KnownLists* StatusGate::lists_of(const VerifiedToken& token) const noexcept {
  if (lists_.front().issuer.empty()) return &lists_.front();
  const std::string_view issuer = token.iss().value_or(std::string_view());
  const auto found = std::ranges::lower_bound(lists_, issuer, {}, &KnownLists::issuer);
  return found != lists_.end() && found->issuer == issuer ? &*found : nullptr;
}

bool StatusGate::lacks_lists() const {
  return std::ranges::any_of(lists_, [](const KnownLists& lists) {
    const std::vector<std::string> named = lists.uris->lists();
    return std::ranges::any_of(named, [&lists](const std::string& uri) {
      const auto found = lists.table->find(uri);
      return found == lists.table->end() || found->second.fetched == nullptr;
    });
  });
}

Verdict StatusGate::judge(const VerifiedToken& token, std::optional<uint64_t> /*number*/,
                          int64_t now) const noexcept {
  const std::optional<Claim> claim = token.claim("status");
  if (!claim) return Verdict::kValid;
  const KnownLists* const lists = lists_of(token);
  if (lists == nullptr) return Verdict::kValid;
  UriRoom room;
  const std::optional<StatusReference> reference = read_status_reference(claim->raw_json(), room);
  if (!reference) return Verdict::kBadStatus;
  const auto found = lists->table->find(reference->uri);
  if (found == lists->table->end()) {
    if (!lists->uris->allow(reference->uri)) return Verdict::kBadStatus;
    lists->missed->tell(reference->uri);
    return Verdict::kStatusUnavailable;
  }
  const FollowedList& followed = found->second;
  // One write between two fetches, not one a token.
  if (!followed.is_used->load(std::memory_order_relaxed)) {
    followed.is_used->store(true, std::memory_order_relaxed);
  }
  // Relaxed: the list itself was there before the table that leads to it.
  if (followed.fetched == nullptr ||
      now >= followed.fetched->good_until.load(std::memory_order_relaxed)) {
    return Verdict::kStatusUnavailable;
  }
  const std::optional<uint8_t> status = followed.fetched->list.get(reference->index);
  if (!status) return Verdict::kBadStatus;
  return *status == kValid ? Verdict::kValid : Verdict::kRevoked;
}

}  // namespace simdjwt::status
