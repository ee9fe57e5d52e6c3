// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// ListSource: one status list, fetched again and again.

#ifndef SIMDJWT_IO_STATUS_LIST_SOURCE_H_
#define SIMDJWT_IO_STATUS_LIST_SOURCE_H_

#include <absl/status/status.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "jwks/fetcher.h"
#include "jwks/refresh_schedule.h"
#include "jwks/saved_documents.h"
#include "simdjwt/key_set.h"
#include "status/status_gate.h"
#include "status/status_list_token.h"

namespace simdjwt::status {

// Whatever goes wrong, the last good list stays until it is out of date: at its exp, and never
// longer after it was fetched than the limits let anything be fresh. It is fetched again when its
// ttl says so, or else what HTTP says of caching. It is saved, for another process to begin with.
// Used by one thread.
class ListSource {
 public:
  using Time = jwks::RefreshSchedule::Time;

  // What a list is judged by when it arrives.
  struct Demands {
    const KeySet& keys;
    size_t bytes_max;
    int64_t now;  // seconds since 1970
  };

  // What came of a fetch that has ended.
  struct Report {
    absl::Status status;
    absl::Status saved = absl::OkStatus();
    bool is_changed = false;  // followed() is another
  };

  // Due at once. The URI is one that may be fetched; the others outlive this.
  ListSource(std::string uri, const jwks::RefreshLimits& limits, jwks::Fetcher& fetcher,
             const jwks::SavedDocuments& saved, Time now);

  [[nodiscard]] FollowedList followed() const { return {fetched_, is_used_}; }
  [[nodiscard]] size_t num_bytes() const noexcept;
  // When what followed() has was fetched, in seconds since 1970; nullopt if nothing was.
  [[nodiscard]] std::optional<int64_t> fetched_at() const noexcept { return fetched_at_; }
  // When it was last used, as far as one knows; when it was made, if never.
  [[nodiscard]] Time last_used(Time now) noexcept;

  // Takes the list that was saved, if there is none yet. Whether there is one now.
  bool recall(const Demands& demands);
  // Nobody will need what was saved.
  void forget() const;

  [[nodiscard]] Time due() const noexcept { return schedule_.due(); }
  [[nodiscard]] bool is_fetching() const noexcept { return transfer_ != nullptr; }
  void begin(Time now);
  // Somebody needs it anew.
  void want(Time now) noexcept { schedule_.want(now); }
  // Takes what has arrived. `lot` is a random number of [0, 1).
  [[nodiscard]] std::optional<Report> advance(const Demands& demands, Time now, double lot);

 private:
  // What was fetched then. Whether it is another list.
  bool take(StatusListToken token, int64_t fetched_at);
  // What it is saved by.
  [[nodiscard]] std::string saved_name() const;
  [[nodiscard]] std::chrono::seconds lifetime_of(const StatusListToken& token,
                                                 std::optional<std::chrono::seconds> by_http,
                                                 int64_t now) const noexcept;

  const std::string uri_;
  const jwks::RefreshLimits limits_;
  jwks::Fetcher& fetcher_;
  const jwks::SavedDocuments& saved_;
  jwks::RefreshSchedule schedule_;
  std::unique_ptr<jwks::Transfer> transfer_;
  std::shared_ptr<FetchedList> fetched_;
  std::optional<int64_t> fetched_at_;
  const std::shared_ptr<std::atomic<bool>> is_used_ = std::make_shared<std::atomic<bool>>(false);
  Time last_used_;
};

}  // namespace simdjwt::status

#endif  // SIMDJWT_IO_STATUS_LIST_SOURCE_H_
