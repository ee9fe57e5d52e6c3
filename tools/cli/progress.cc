// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cli/progress.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>

#include "cli/words.h"

namespace simdjwt::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 1s;
constexpr auto kRedrawInterval = 100ms;
constexpr uint64_t kBarColumns = 30;

uint64_t bytes_left(int fd) {
  struct stat status {};
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return 0;
  const off_t position = lseek(fd, 0, SEEK_CUR);
  return position >= 0 && position < status.st_size
             ? static_cast<uint64_t>(status.st_size - position)
             : 0;
}

}  // namespace

Progress::Progress(int input_fd)
    : enabled_(isatty(STDERR_FILENO) != 0),
      shares_terminal_(isatty(STDOUT_FILENO) != 0),
      bytes_total_(bytes_left(input_fd)),
      next_draw_(start_ + kPatience) {}

void Progress::update(uint64_t bytes_done, uint64_t tokens_done) {
  const Clock::time_point now = Clock::now();
  if (!enabled_ || now < next_draw_) return;
  next_draw_ = now + kRedrawInterval;
  visible_ = true;
  std::string line = with_thousands(tokens_done) + " tokens";
  if (bytes_total_ > 0 && bytes_done > 0) {
    const uint64_t done = std::min(bytes_done, bytes_total_);
    const auto filled = static_cast<size_t>(done * kBarColumns / bytes_total_);
    const double seconds = std::chrono::duration<double>(now - start_).count();
    const double seconds_left =
        seconds * static_cast<double>(bytes_total_ - done) / static_cast<double>(done);
    line = '[' + std::string(filled, '#') + std::string(kBarColumns - filled, '.') + "] " +
           std::to_string(done * 100 / bytes_total_) + " %, " + line + ", " +
           span_of_time(static_cast<int64_t>(seconds_left)) + " left";
  }
  (void)std::fputs(("\r\033[K" + line).c_str(), stderr);
}

void Progress::clear() {
  if (std::exchange(visible_, false)) (void)std::fputs("\r\033[K", stderr);
}

}  // namespace simdjwt::cli
