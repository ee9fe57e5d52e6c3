// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The time of a turn: read once, then handed down.

#ifndef SIMDJWT_IO_NET_CLOCK_H_
#define SIMDJWT_IO_NET_CLOCK_H_

#include <time.h>

#include <cstdint>

namespace simdjwt::net {

struct Instant {
  int64_t unix_seconds;  // what tokens are judged by
  uint64_t steady_ms;    // what deadlines are measured in; never jumps
};

[[nodiscard]] inline Instant read_clocks() noexcept {
  timespec wall;
  timespec steady;
  clock_gettime(CLOCK_REALTIME, &wall);
  clock_gettime(CLOCK_MONOTONIC_COARSE, &steady);
  return {wall.tv_sec, static_cast<uint64_t>(steady.tv_sec) * 1000 +
                           static_cast<uint64_t>(steady.tv_nsec) / 1'000'000};
}

}  // namespace simdjwt::net

#endif  // SIMDJWT_IO_NET_CLOCK_H_
