// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// resident_bytes(): what a process holds in memory.

#ifndef SIMDJWT_TESTS_SUPPORT_RESIDENT_MEMORY_H_
#define SIMDJWT_TESTS_SUPPORT_RESIDENT_MEMORY_H_

#include <unistd.h>

#include <cstddef>
#include <fstream>
#include <string>

namespace simdjwt::testing {

inline size_t resident_bytes(pid_t pid = getpid()) {
  std::ifstream statm("/proc/" + std::to_string(pid) + "/statm");
  size_t total_pages = 0;
  size_t resident_pages = 0;
  statm >> total_pages >> resident_pages;
  return resident_pages * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_SUPPORT_RESIDENT_MEMORY_H_
