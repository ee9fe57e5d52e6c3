// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// resident_bytes(): what this process holds in memory.

#ifndef SIMDJWT_BENCH_RESIDENT_MEMORY_H_
#define SIMDJWT_BENCH_RESIDENT_MEMORY_H_

#include <unistd.h>

#include <cstddef>
#include <fstream>

namespace simdjwt::bench {

inline size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  size_t total_pages = 0;
  size_t resident_pages = 0;
  statm >> total_pages >> resident_pages;
  return resident_pages * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace simdjwt::bench

#endif  // SIMDJWT_BENCH_RESIDENT_MEMORY_H_
