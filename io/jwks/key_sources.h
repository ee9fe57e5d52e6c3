// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// KeySources: all sources of keys of a process, kept up to date by one thread.

#ifndef SIMDJWT_IO_JWKS_KEY_SOURCES_H_
#define SIMDJWT_IO_JWKS_KEY_SOURCES_H_

#include <absl/status/statusor.h>
#include <poll.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "jwks/fetcher.h"
#include "jwks/key_source.h"
#include "jwks/refetch_signal.h"
#include "jwks/refresh_schedule.h"
#include "jwks/saved_documents.h"
#include "jwks/source_config.h"
#include "jwks/source_status.h"
#include "simdjwt/key_set.h"

namespace simdjwt::jwks {

struct KeySourcesOptions {
  FetchOptions fetch = {};
  RefreshLimits refresh = {};
  std::string cache_directory = {};  // of the last good documents; empty: they are not kept
};

// The keys of a source as they are now.
struct RemoteKeys {
  KeySet keys;  // KeySet::unavailable() if there never were any
  uint64_t generation;
  std::shared_ptr<RefetchSignal> signal;  // to be raised by whoever misses a key
};

// Used by one thread, which is all that happens between two calls of wait(); statuses() by any,
// without waiting for what that thread parses or writes.
class KeySources {
 public:
  using Clock = std::chrono::steady_clock;
  // What happened, in a sentence. Warnings are what somebody should see to.
  using Log = std::function<void(bool is_warning, const std::string& sentence)>;

  // Fails for a cache directory that cannot be used.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<KeySources>> create(KeySourcesOptions options,
                                                                          Log log);

  // The source is there from now on, if it was not before: then with the keys that were saved.
  [[nodiscard]] RemoteKeys of(const SourceConfig& config);
  // Forgets all other sources.
  void keep(const std::vector<SourceConfig>& configs);

  // Waits, as poll(2) does, for one of `others` or for a change of keys, for `timeout` at most, and
  // fetches what is due meanwhile. Whether keys have changed.
  bool wait(std::span<pollfd> others, std::chrono::milliseconds timeout);

  // What they share with others that are fetched by the same thread. Whoever writes to the eventfd
  // ends a wait(), as does a transfer that is done.
  [[nodiscard]] Fetcher& fetcher() noexcept { return fetcher_; }
  [[nodiscard]] const std::shared_ptr<const net::UniqueFd>& wake() const noexcept { return wake_; }
  [[nodiscard]] const RefreshLimits& limits() const noexcept { return limits_; }
  [[nodiscard]] const SavedDocuments& saved() const noexcept { return saved_; }

  // In the order of their names.
  [[nodiscard]] std::vector<SourceStatus> statuses() const;  // thread-safe

 private:
  // What more there is waits: each may take a thread of libcurl's, that looks up its name.
  static constexpr size_t kFetchesMax = 64;

  KeySources(KeySourcesOptions options, Log log, net::UniqueFd wake);

  // Begins what is due. When there is something to do next.
  Clock::time_point begin_due();
  bool advance();
  void tell(const std::string& name, const KeySource& source, const KeySource::Report& report);
  void publish(const SourceStatus& status);

  const RefreshLimits limits_;
  const SavedDocuments saved_;
  const Log log_;
  const std::shared_ptr<const net::UniqueFd> wake_;
  Fetcher fetcher_;
  std::minstd_rand random_{std::random_device()()};
  std::map<std::string, std::unique_ptr<KeySource>> sources_;
  mutable std::mutex mutex_;  // of the statuses alone, held for a moment at a time
  std::map<std::string, SourceStatus> statuses_;
};

}  // namespace simdjwt::jwks

#endif  // SIMDJWT_IO_JWKS_KEY_SOURCES_H_
