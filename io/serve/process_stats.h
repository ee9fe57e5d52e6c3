// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What the kernel knows of this process.

#ifndef SIMDJWT_IO_SERVE_PROCESS_STATS_H_
#define SIMDJWT_IO_SERVE_PROCESS_STATS_H_

namespace simdjwt::serve {

// What could not be read is 0.
struct ProcessStats {
  double cpu_seconds = 0;
  double num_open_fds = 0;
  double num_fds_max = 0;
  double num_threads = 0;
  double virtual_bytes = 0;
  double resident_bytes = 0;
  double start_unix_seconds = 0;
};

[[nodiscard]] ProcessStats read_process_stats();

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_PROCESS_STATS_H_
