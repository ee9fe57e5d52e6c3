// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// ListSources: all status lists that a process follows, kept up to date by one thread.

#ifndef SIMDJWT_IO_STATUS_LIST_SOURCES_H_
#define SIMDJWT_IO_STATUS_LIST_SOURCES_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "jwks/key_sources.h"
#include "jwks/source_status.h"
#include "simdjwt/key_set.h"
#include "status/list_source.h"
#include "status/status_gate.h"

namespace simdjwt::status {

// Whose lists are followed.
struct ListsConfig {
  std::vector<std::string> uris = {};  // see ListUris
  std::string keys = {};               // whose they are signed by, in words

  // "https://id.example/status-lists/ by https://id.example/jwks". Those of one name are the same.
  [[nodiscard]] std::string name() const;
};

struct ListLimits {
  size_t lists_max = 256;                    // of each config
  size_t list_bytes_max = size_t{16} << 20;  // 2^27 tokens, a bit for each
  size_t bytes_max = size_t{256} << 20;      // of all lists
  std::chrono::hours unused{24};             // what nobody asks for is not fetched any more
  std::chrono::minutes unused_when_full{1};  // nor then, if there is no room for another
};

// How the lists of a config fare, for those who watch.
struct ListsStatus {
  std::string name;
  std::array<uint64_t, jwks::kNumFetchResults> fetches = {};  // that have ended
  size_t num_lists = 0;                                       // that were fetched
  size_t num_missing = 0;                                     // that never were
  std::optional<int64_t> oldest_unix_seconds = {};            // when the oldest one was
};

// Used by one thread, which is the one of `keys`; statuses() by any. What KeySources::wait() waits
// for, these wait for, too: begin_due() comes before it, advance() behind it.
class ListSources {
 public:
  using Clock = std::chrono::steady_clock;
  using Log = jwks::KeySources::Log;

  // `keys` outlives this.
  ListSources(jwks::KeySources& keys, Log log, const ListLimits& limits = {});

  // The lists are followed from now on, if they were not before, and are verified by these keys:
  // those that were saved count at once, and all are fetched again. `refetch`, if it is not null,
  // is raised where a key is missing.
  void verify_by(const ListsConfig& config, KeySet keys,
                 std::shared_ptr<jwks::RefetchSignal> refetch);
  // What is known of them, which verify_by() was called for, and how often it has changed.
  struct Known {
    KnownLists lists;
    uint64_t generation;
  };
  [[nodiscard]] Known of(const ListsConfig& config) const;
  // Forgets all others.
  void keep(const std::vector<ListsConfig>& configs);

  // Begins what is due. When there is something to do next.
  Clock::time_point begin_due();
  // Takes what has arrived, and learns which lists are missed. Whether what of() tells has changed.
  bool advance();

  // In the order of their names.
  [[nodiscard]] std::vector<ListsStatus> statuses() const;  // thread-safe

 private:
  // What more there is waits.
  static constexpr size_t kFetchesMax = 16;

  struct Group {
    KeySet keys = KeySet::unavailable();
    std::shared_ptr<jwks::RefetchSignal> refetch;
    std::shared_ptr<const ListUris> uris;
    std::shared_ptr<MissedList> missed;
    std::map<std::string, std::unique_ptr<ListSource>> sources;  // by URI
    std::shared_ptr<const ListTable> table = std::make_shared<const ListTable>();
    uint64_t generation = 0;
    Clock::time_point deaf_until = Clock::time_point::min();  // to what is missed
    ListsStatus status;
  };

  [[nodiscard]] ListSource::Demands demands(const Group& group, const ListSource& source) const;
  // Takes the list that was saved, where there is none. Whether there is one now.
  bool recall(const Group& group, const std::string& uri, ListSource& source);
  // Null if there is no room for it.
  ListSource* add(Group& group, const std::string& uri, Clock::time_point now);
  // Adds what is missed. Whether something was.
  bool listen(Group& group, Clock::time_point now);
  // Whether one was: to make room for another, or because it is due and nobody asks for it. Never
  // what the configuration names.
  bool forget_one(Group& group, Clock::time_point now);
  bool forget_unused(Group& group, Clock::time_point now);
  bool advance(Group& group, Clock::time_point now);
  void tell(Group& group, const std::string& uri, const ListSource& source,
            const ListSource::Report& report);
  void renew_table(Group& group);
  void publish(Group& group);
  [[nodiscard]] size_t num_bytes() const;

  jwks::KeySources& keys_;
  const Log log_;
  const ListLimits limits_;
  std::minstd_rand random_{std::random_device()()};
  std::map<std::string, Group> groups_;
  mutable std::mutex mutex_;  // of the statuses alone, held for a moment at a time
  std::map<std::string, ListsStatus> statuses_;
};

}  // namespace simdjwt::status

#endif  // SIMDJWT_IO_STATUS_LIST_SOURCES_H_
