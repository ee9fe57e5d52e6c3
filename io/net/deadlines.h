// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Deadlines: one for each connection, in a dense array.

#ifndef SIMDJWT_IO_NET_DEADLINES_H_
#define SIMDJWT_IO_NET_DEADLINES_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace simdjwt::net {

inline constexpr uint64_t kNever = std::numeric_limits<uint64_t>::max();

// Setting a deadline, which every request does, is one store; looking for expired ones is a sweep
// over the array, at most ten times a second: 3 us for 10,000 connections, so that neither a wheel
// nor a heap would repay its links. All times are milliseconds of the steady clock.
class Deadlines {
 public:
  explicit Deadlines(size_t num_deadlines) : at_ms_(num_deadlines, kNever) {}

  void set(size_t index, uint64_t at_ms) noexcept {
    at_ms_[index] = at_ms;
    earliest_ms_ = std::min(earliest_ms_, at_ms);
  }

  // When to sweep next, or kNever. Deadlines that have moved back since the last sweep make this
  // earlier than needed, never later.
  [[nodiscard]] uint64_t next_sweep_ms() const noexcept {
    return earliest_ms_ == kNever ? kNever : std::max(earliest_ms_, swept_ms_ + kSweepIntervalMs);
  }

  // Calls expired(index) for each deadline at or before `now_ms`, which is removed; expired() may
  // set it anew.
  template <class Expired>
  void sweep(uint64_t now_ms, Expired expired) {
    if (now_ms < next_sweep_ms()) return;
    swept_ms_ = now_ms;
    earliest_ms_ = kNever;
    for (size_t i = 0; i < at_ms_.size(); ++i) {
      if (at_ms_[i] <= now_ms) {
        at_ms_[i] = kNever;
        expired(i);
      }
      earliest_ms_ = std::min(earliest_ms_, at_ms_[i]);
    }
  }

 private:
  static constexpr uint64_t kSweepIntervalMs = 100;

  std::vector<uint64_t> at_ms_;
  uint64_t earliest_ms_ = kNever;
  uint64_t swept_ms_ = 0;
};

}  // namespace simdjwt::net

#endif  // SIMDJWT_IO_NET_DEADLINES_H_
