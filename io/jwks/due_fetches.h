// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// DueFetches: begins what is due of many sources, so many at a time at most.

#ifndef SIMDJWT_IO_JWKS_DUE_FETCHES_H_
#define SIMDJWT_IO_JWKS_DUE_FETCHES_H_

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "jwks/refresh_schedule.h"

namespace simdjwt::jwks {

// Of one pass over the sources. What more there is waits: when a fetch is done, another begins.
class DueFetches {
 public:
  using Time = RefreshSchedule::Time;

  // `num_fetching` of `num_max` are under way.
  DueFetches(Time now, size_t num_fetching, size_t num_max) noexcept
      : now_(now), num_left_(num_max - std::min(num_fetching, num_max)) {}

  // Whether no other may begin.
  [[nodiscard]] bool is_full() const noexcept { return num_left_ == 0; }

  // Begins the fetch of a source that is due, unless is_full(), and tells whether it has. A Source
  // is whatever has due() and begin(), as a RefreshSchedule.
  template <class Source>
  bool begin(Source& source) {
    if (is_full()) return false;
    if (source.due() > now_) {
      consider(source.due());
      return false;
    }
    source.begin(now_);
    --num_left_;
    return true;
  }

  // There is something else to do then.
  void consider(Time time) noexcept { next_ = std::min(next_, time); }

  // When there is something to do next.
  [[nodiscard]] Time next() const noexcept { return next_; }

 private:
  const Time now_;
  size_t num_left_;
  Time next_ = now_ + std::chrono::hours(1);
};

}  // namespace simdjwt::jwks

#endif  // SIMDJWT_IO_JWKS_DUE_FETCHES_H_
