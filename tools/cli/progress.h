// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// A progress bar for those who wait.

#ifndef SIMDJWT_TOOLS_CLI_PROGRESS_H_
#define SIMDJWT_TOOLS_CLI_PROGRESS_H_

#include <chrono>
#include <cstdint>

namespace simdjwt::cli {

// On standard error, if that is a terminal, and only from the second second on. Shows the part done
// where the input is a file, else the count alone.
class Progress {
 public:
  explicit Progress(int input_fd);
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void update(uint64_t bytes_done, uint64_t tokens_done);

  // Takes the bar off the screen.
  void clear();

  // The same, if standard output is about to be printed there too.
  void make_way() {
    if (shares_terminal_) clear();
  }

 private:
  using Clock = std::chrono::steady_clock;

  const bool enabled_;
  const bool shares_terminal_;
  const uint64_t bytes_total_;  // 0: unknown
  const Clock::time_point start_ = Clock::now();
  Clock::time_point next_draw_;
  bool visible_ = false;
};

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_PROGRESS_H_
