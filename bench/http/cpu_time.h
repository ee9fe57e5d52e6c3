// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The processor time of processes.

#ifndef SIMDJWT_BENCH_HTTP_CPU_TIME_H_
#define SIMDJWT_BENCH_HTTP_CPU_TIME_H_

#include <span>

namespace simdjwt::bench {

// User and system time of processes, all their threads, in seconds; in steps of 10 ms, as
// /proc/PID/stat has it. A process that is gone counts as 0.
[[nodiscard]] double cpu_seconds_of(std::span<const int> pids);

// Of this process, exactly.
[[nodiscard]] double own_cpu_seconds();

}  // namespace simdjwt::bench

#endif  // SIMDJWT_BENCH_HTTP_CPU_TIME_H_
