// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cpu_time.h"

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

namespace simdjwt::bench {
namespace {

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

}  // namespace

CpuSeconds cpu_seconds_of(std::span<const int> pids) {
  const auto ticks_per_second = static_cast<double>(sysconf(_SC_CLK_TCK));
  CpuSeconds sum;
  for (const int pid : pids) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string line;
    std::getline(file, line);
    // The second field, the name in parentheses, may hold spaces; utime and stime are the 14th and
    // 15th.
    const size_t name_end = line.rfind(')');
    if (name_end == std::string::npos) continue;
    std::istringstream fields(line.substr(name_end + 1));
    std::string skipped;
    for (int field = 3; field < 14; ++field) fields >> skipped;
    uint64_t user = 0;
    uint64_t system = 0;
    fields >> user >> system;
    sum.user += static_cast<double>(user) / ticks_per_second;
    sum.system += static_cast<double>(system) / ticks_per_second;
  }
  return sum;
}

double own_cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

}  // namespace simdjwt::bench
