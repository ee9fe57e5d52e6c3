// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Metrics: what the daemon counts while it serves.
//
// Each reactor counts in memory of its own, in cache lines that nobody else writes; whoever asks
// for the metrics adds the reactors up. Labels come from the configuration and from enums, never
// from a request, so that no client can make a time series.

#ifndef SIMDJWT_IO_SERVE_METRICS_H_
#define SIMDJWT_IO_SERVE_METRICS_H_

#include <time.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "http/status.h"
#include "serve/contract.h"
#include "serve/counter.h"
#include "serve/outcome.h"
#include "simdjwt/key_set.h"
#include "simdjwt/verifier.h"

namespace simdjwt::serve {

// What durations are measured by.
[[nodiscard]] inline uint64_t steady_nanoseconds() noexcept {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

// The algorithm of a set's keys, as far as they have one in common.
struct KeyKind {
  static constexpr size_t kMixed = static_cast<size_t>(Algorithm::kEd448) + 1;  // or no key at all
  static constexpr size_t kNum = kMixed + 1;
  size_t index = kMixed;

  [[nodiscard]] static KeyKind of(const KeySet& keys) noexcept;
};
// "RS256", "mixed". Static storage.
[[nodiscard]] std::string_view to_string(KeyKind kind) noexcept;

// The outcomes under one policy, as one reactor counts them.
struct alignas(64) PolicyCounters {
  Counter accepted;
  Counter anonymous;                          // without a token, where the policy lets that pass
  std::array<Counter, kNumReasons> rejected;  // by Reason; kUnavailable counts as an error

  void count(Outcome outcome) noexcept {
    if (outcome == Outcome::kAllowed) {
      accepted.add();
    } else if (outcome == Outcome::kAnonymous) {
      anonymous.add();
    } else {
      rejected[static_cast<size_t>(reason_of(outcome))].add();
    }
  }
};

// The outcomes under one policy. Address and counters stay when the configuration is reloaded.
class PolicyMetrics {
 public:
  explicit PolicyMetrics(size_t num_reactors) : reactors_(num_reactors) {}

  [[nodiscard]] PolicyCounters& of(size_t reactor) noexcept { return reactors_[reactor]; }
  [[nodiscard]] const std::vector<PolicyCounters>& reactors() const noexcept { return reactors_; }

 private:
  std::vector<PolicyCounters> reactors_;
};

// What one reactor counts beside that.
class alignas(64) ReactorMetrics {
 public:
  explicit ReactorMetrics(size_t num_listeners) : requests_(num_listeners) {}

  // An answer was given to a client of this listener, by its number.
  void count_request(size_t listener, Contract contract, http::Status status) noexcept {
    requests_[listener][static_cast<size_t>(contract)][http::place_of(status)].add();
  }
  // A request could not be read, or not in time, and was answered with this.
  void count_parse_error(http::Status refusal) noexcept {
    parse_errors_[http::place_of(refusal)].add();
  }
  // Tokens were verified together, by keys of this kind.
  void count_batch(KeyKind kind, uint64_t nanoseconds, size_t num_tokens) noexcept {
    batch_duration.observe(nanoseconds);
    token_duration[kind.index].observe(nanoseconds / num_tokens, num_tokens);
    tokens_verified.add(num_tokens);
  }
  void count_lookups(SignatureLookups lookups) noexcept {
    signature_hits.add(lookups.hits);
    signature_misses.add(lookups.misses);
    signature_inserts.add(lookups.inserts);
    signature_evictions.add(lookups.evictions);
  }

  [[nodiscard]] uint64_t requests(size_t listener, Contract contract,
                                  http::Status status) const noexcept {
    return requests_[listener][static_cast<size_t>(contract)][http::place_of(status)].value();
  }
  [[nodiscard]] uint64_t parse_errors(http::Status refusal) const noexcept {
    return parse_errors_[http::place_of(refusal)].value();
  }

  Counter identity_headers_dropped;  // the answer would have become larger than proxies take
  Counter body_bytes;                // of requests, decoded
  Counter uploads_active;            // requests whose body is being read
  Counter answers_cut_off;           // of which some was sent, and the rest will never be
  Counter tokens_verified;           // by verify_batch()
  Counter signature_hits;            // tokens that the cache of signatures knew
  Counter signature_misses;
  Counter signature_inserts;    // of these, that it knows since
  Counter signature_evictions;  // of these, for which it forgot another
  Histogram batch_duration;     // of verify_batch(), for all tokens of a call
  // Of each token, by KeyKind: an equal share of its batch's.
  std::array<Histogram, KeyKind::kNum> token_duration;
  // From the turn of the reactor in which the request's last byte arrived to its answer. One clock
  // reading serves all requests of a turn.
  Histogram request_duration;

 private:
  using ByStatus = std::array<Counter, http::kNumStatuses>;
  std::vector<std::array<ByStatus, kNumContracts>> requests_;  // by listener
  ByStatus parse_errors_;
};

// The keys that are in use of a file.
struct FileKeys {
  std::string path;
  size_t num_keys;
};

class Metrics {
 public:
  // In the life of a process, over all reloads. Further names share the counters of kOtherPolicies.
  static constexpr size_t kPoliciesMax = 1024;
  static constexpr std::string_view kOtherPolicies = "(others)";

  explicit Metrics(size_t num_reactors, size_t num_listeners = 1);

  [[nodiscard]] size_t num_reactors() const noexcept { return reactors_.size(); }
  [[nodiscard]] size_t num_listeners() const noexcept { return num_listeners_; }
  // Written by the thread of this reactor alone.
  [[nodiscard]] ReactorMetrics& reactor(size_t index) noexcept { return *reactors_[index]; }
  [[nodiscard]] const ReactorMetrics& reactor(size_t index) const noexcept {
    return *reactors_[index];
  }

  // The counters of the policy of this name, which go on where they were if there was one before a
  // reload. Valid as long as the Metrics. Thread-safe; locks, so it is for those who load policies.
  [[nodiscard]] PolicyMetrics& policy(std::string_view name);
  // Visits all there ever were: a counter that vanished would look like one that was reset.
  void for_each_policy(
      const std::function<void(const std::string& name, const PolicyMetrics&)>& visit) const;

  // Of the policies that serve from now on. Thread-safe.
  void set_file_keys(std::vector<FileKeys> keys);
  [[nodiscard]] std::vector<FileKeys> file_keys() const;

  // The configuration, or keys it names, were loaded again, or would not load. Thread-safe.
  void count_reload(bool is_ok, int64_t unix_seconds) noexcept;
  struct Reloads {
    uint64_t num_ok;
    uint64_t num_failed;
    bool is_last_ok;
    int64_t last_ok_unix_seconds;
  };
  [[nodiscard]] Reloads reloads() const noexcept;

 private:
  const size_t num_listeners_;
  std::vector<std::unique_ptr<ReactorMetrics>> reactors_;
  mutable std::mutex policies_mutex_;  // of these two
  std::map<std::string, PolicyMetrics, std::less<>> policies_;
  std::vector<FileKeys> file_keys_;
  std::atomic<uint64_t> reloads_ok_{0};
  std::atomic<uint64_t> reloads_failed_{0};
  std::atomic<bool> is_last_reload_ok_{true};
  std::atomic<int64_t> last_reload_ok_unix_seconds_;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_METRICS_H_
