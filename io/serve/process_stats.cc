// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/process_stats.h"

#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace simdjwt::serve {
namespace {

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

double seconds_of(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// The fields of /proc/self/stat from the third one, "state", on: the second is a name in
// parentheses, with whatever blanks it has.
std::vector<double> read_stat() {
  std::ifstream file("/proc/self/stat");
  std::string line;
  std::getline(file, line);
  std::istringstream fields(line.substr(line.rfind(')') + 1));
  std::vector<double> values;
  for (std::string field; fields >> field;) {
    values.push_back(field.find_first_not_of("-0123456789") == field.npos ? std::stod(field) : 0);
  }
  return values;
}

}  // namespace

ProcessStats read_process_stats() {
  ProcessStats stats;
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) == 0) {
    stats.cpu_seconds = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
  }
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    stats.num_fds_max = static_cast<double>(limit.rlim_cur);
  }
  std::error_code error;
  for (std::filesystem::directory_iterator fd("/proc/self/fd", error), end; !error && fd != end;
       fd.increment(error)) {
    ++stats.num_open_fds;
  }
  if (stats.num_open_fds > 0) --stats.num_open_fds;  // the one that reads the directory
  // proc(5) numbers them from 1, and the first two are not there.
  constexpr size_t kNumThreads = 20 - 3;
  constexpr size_t kStartTicks = 22 - 3;
  constexpr size_t kVirtualBytes = 23 - 3;
  constexpr size_t kResidentPages = 24 - 3;
  const std::vector<double> stat = read_stat();
  if (stat.size() > kResidentPages) {
    stats.num_threads = stat[kNumThreads];
    stats.virtual_bytes = stat[kVirtualBytes];
    stats.resident_bytes = stat[kResidentPages] * static_cast<double>(sysconf(_SC_PAGESIZE));
    const double boot = seconds_of(CLOCK_REALTIME) - seconds_of(CLOCK_BOOTTIME);
    stats.start_unix_seconds = boot + stat[kStartTicks] / static_cast<double>(sysconf(_SC_CLK_TCK));
  }
  return stats;
}

}  // namespace simdjwt::serve
