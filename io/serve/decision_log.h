// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// DecisionLog: a line of JSON for every denied request, and for a share of the allowed ones.
//
//   reactor 0 --> ring --+
//   reactor 1 --> ring --+--> writer thread --> file, or standard error
//
// A reactor copies a decision into its ring and goes on; when the ring is full, as the disk may be,
// the decision is dropped and counted. All formatting, hashing and writing is the writer's.

#ifndef SIMDJWT_IO_SERVE_DECISION_LOG_H_
#define SIMDJWT_IO_SERVE_DECISION_LOG_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "net/unique_fd.h"
#include "serve/counter.h"
#include "serve/decision.h"
#include "serve/decision_ring.h"
#include "serve/log_sink.h"
#include "serve/outcome.h"
#include "simdjwt/verifier.h"

namespace simdjwt::serve {

// How a log classes an outcome.
[[nodiscard]] DecisionResult result_of(Outcome outcome) noexcept;

// What a decision tells of an outcome and of the token it came of; `result` is null where there was
// none. Views of them.
[[nodiscard]] Decision decision_of(Outcome outcome, std::string_view token,
                                   const VerifyResult* result) noexcept;

struct DecisionLogOptions {
  std::string target;         // "stderr" or a file, which is appended to; empty: no log
  double allow_sample = 0.0;  // share of the allowed requests, 0 to 1
  Subjects subjects = Subjects::kPlain;
};

class DecisionLog {
 public:
  // Where one reactor puts its decisions. Used by its thread alone.
  class alignas(64) Channel {
   public:
    // Whether the next decision of this result is to be recorded. To be asked once for each request
    // and before a Decision is gathered: the answer is what samples.
    [[nodiscard]] bool wants(DecisionResult result) noexcept {
      const uint64_t share = log_.allow_share_.load(std::memory_order_relaxed);
      if (share == kOff) return false;
      if (result == DecisionResult::kDenied || result == DecisionResult::kError) return true;
      credit_ += share;
      if (credit_ < kAlways) return false;
      credit_ -= kAlways;
      return true;
    }
    // Copies the decision, token included, to where the writer finds it. Never blocks nor
    // allocates.
    void record(const Decision& decision) noexcept;

    // Decisions that found no room.
    [[nodiscard]] uint64_t num_dropped() const noexcept { return dropped_.value(); }

   private:
    friend class DecisionLog;
    explicit Channel(DecisionLog& log) : log_(log) {}

    DecisionLog& log_;
    DecisionRing ring_;
    uint64_t credit_ = 0;
    Counter dropped_;
  };

  // Starts the writer. `report` receives a sentence when writing begins to fail, and when it works
  // again; it is called by the writer's thread.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<DecisionLog>> create(
      const DecisionLogOptions& options, size_t num_reactors,
      std::function<void(const std::string&)> report);
  // Writes what the rings still hold, for at most a second where the disk is full or the reader of
  // a pipe does not read. No channel is in use any more.
  ~DecisionLog();

  [[nodiscard]] Channel& channel(size_t reactor) noexcept { return *channels_[reactor]; }

  // Opens the target of these options, anew if it is the same: what a rotated file needs. On error
  // everything stays as it was. One caller at a time.
  [[nodiscard]] absl::Status configure(const DecisionLogOptions& options);
  [[nodiscard]] absl::Status reopen() { return configure(DecisionLogOptions(options_)); }

  // --- Counters; thread-safe ---
  [[nodiscard]] uint64_t num_written() const noexcept { return written_.value(); }
  [[nodiscard]] uint64_t num_dropped() const noexcept;
  // Attempts to write that failed. The lines are kept, and tried again.
  [[nodiscard]] uint64_t num_failures() const noexcept { return failures_.value(); }

 private:
  // Shares of allowed requests in units of 2^-32.
  static constexpr uint64_t kAlways = uint64_t{1} << 32;
  static constexpr uint64_t kOff = ~uint64_t{0};

  DecisionLog(size_t num_reactors, std::function<void(const std::string&)> report);

  void wake() noexcept;
  void run();
  // Lines from the rings, until there is enough to write.
  void gather(std::string& lines, size_t& num_lines);
  // Whether all of `lines` is written; the rest is kept.
  bool write(std::string& lines);

  std::atomic<uint64_t> allow_share_{kOff};
  std::atomic<Subjects> subjects_{Subjects::kPlain};
  std::vector<std::unique_ptr<Channel>> channels_;
  const std::function<void(const std::string&)> report_;
  DecisionLogOptions options_;

  std::mutex next_sink_mutex_;
  std::optional<LogSink> next_sink_;  // takes the place of the writer's at its next turn
  LogSink sink_;                      // the writer's
  bool is_failing_ = false;           // the writer's
  std::atomic<bool> is_stopping_{false};
  std::atomic<bool> is_woken_{false};
  net::UniqueFd wake_;  // an eventfd
  Counter written_;
  Counter failures_;
  std::thread writer_;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_DECISION_LOG_H_
