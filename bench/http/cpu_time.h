// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The processor time of processes.

#ifndef SIMDJWT_BENCH_HTTP_CPU_TIME_H_
#define SIMDJWT_BENCH_HTTP_CPU_TIME_H_

#include <span>

namespace simdjwt::bench {

struct CpuSeconds {
  double user = 0;
  double system = 0;

  [[nodiscard]] double total() const { return user + system; }
  friend CpuSeconds operator-(CpuSeconds a, CpuSeconds b) {
    return {a.user - b.user, a.system - b.system};
  }
};

// Of processes, all their threads; in steps of 10 ms, as /proc/PID/stat has it. A process that is
// gone counts as 0.
[[nodiscard]] CpuSeconds cpu_seconds_of(std::span<const int> pids);

// Of this process, exactly.
[[nodiscard]] double own_cpu_seconds();

}  // namespace simdjwt::bench

#endif  // SIMDJWT_BENCH_HTTP_CPU_TIME_H_
