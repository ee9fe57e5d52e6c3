// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What every benchmark program needs beside Google Benchmark: a main that says on which machine and
// with which kernels it ran, and a way to refuse timing what does not answer right.

#ifndef SIMDJWT_BENCH_RUNNER_H_
#define SIMDJWT_BENCH_RUNNER_H_

#include <benchmark/benchmark.h>

#include <string>

namespace simdjwt::bench {

// Ends this benchmark with an error instead of a time, and the program with status 1.
void refuse(benchmark::State& state, const std::string& reason);

// Selects the kernels of the environment variable SIMDJWT_FORCE_KERNEL (names as
// `active_kernels()` prints them, separated by commas), adds CPU, system, compiler, OpenSSL and
// kernels to the report's context, and runs the benchmarks. Returns main's status: 1 for a bad
// argument, an unknown kernel or a refused benchmark.
int run_benchmarks(int argc, char** argv);

}  // namespace simdjwt::bench

#endif  // SIMDJWT_BENCH_RUNNER_H_
