// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/log_sink.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

#include "net/os_error.h"
#include "serve/decision.h"

namespace simdjwt::serve {
namespace {

static_assert(kDecisionLineBytesMax <= PIPE_BUF, "a line is written to a pipe in one piece");

// As write(2), but not interrupted.
ssize_t write_some(int fd, std::string_view bytes) {
  ssize_t n;
  do {
    n = ::write(fd, bytes.data(), bytes.size());
  } while (n < 0 && errno == EINTR);
  return n;
}

bool ends_amid_line(int fd) {
  const off_t size = lseek(fd, 0, SEEK_END);
  char last;
  return size > 0 && pread(fd, &last, 1, size - 1) == 1 && last != '\n';
}

}  // namespace

absl::StatusOr<LogSink> LogSink::open(const std::string& target) {
  LogSink sink;
  if (target.empty()) return sink;
  sink.name_ = target;
  // Not to hang on a FIFO that nobody reads, O_NONBLOCK; it means nothing to files.
  sink.fd_ = net::UniqueFd(
      target == "stderr"
          ? fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)
          : ::open(target.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0640));
  struct stat facts;
  if (!sink.fd_ || fstat(sink.fd_.get(), &facts) != 0) return net::os_error(target, errno);
  sink.is_file_ = S_ISREG(facts.st_mode);
  sink.may_end_amid_line_ = sink.is_file_ && target != "stderr";
  return sink;
}

absl::Status LogSink::write(std::string& lines) {
  if (!fd_) lines.clear();
  if (lines.empty()) return absl::OkStatus();
  return is_file_ ? write_file(lines) : write_stream(lines);
}

absl::Status LogSink::write_file(std::string& lines) {
  // Now and not when it was opened: the thread that writes to the file until then could be amid
  // one.
  if (may_end_amid_line_) {
    if (ends_amid_line(fd_.get()) && write_some(fd_.get(), "\n") < 0)
      return net::os_error(name_, errno);
    may_end_amid_line_ = false;
  }
  const ssize_t n = write_some(fd_.get(), lines);
  if (n <= 0) return net::os_error(name_, n < 0 ? errno : ENOSPC);
  auto num_kept = static_cast<size_t>(n);
  if (num_kept < lines.size()) {
    // The disk became full amid a line. Take that part back, unless another process has appended
    // since: then the rest of the line has to follow sometime.
    const size_t end_of_line = lines.rfind('\n', num_kept - 1) + 1;  // 0 if there is none
    const off_t end = lseek(fd_.get(), 0, SEEK_CUR);
    const auto num_cut = static_cast<off_t>(num_kept - end_of_line);
    if (end == lseek(fd_.get(), 0, SEEK_END) && ftruncate(fd_.get(), end - num_cut) == 0) {
      num_kept = end_of_line;
    }
  }
  lines.erase(0, num_kept);
  return lines.empty() ? absl::OkStatus() : net::os_error(name_, ENOSPC);
}

absl::Status LogSink::write_stream(std::string& lines) {
  while (!lines.empty()) {
    // What is ready takes PIPE_BUF bytes without blocking.
    pollfd ready{.fd = fd_.get(), .events = POLLOUT, .revents = 0};
    if (poll(&ready, 1, 0) < 1) return net::os_error(name_, EAGAIN);
    const std::string_view piece = std::string_view(lines).substr(0, PIPE_BUF);
    const size_t end_of_line = piece.rfind('\n') + 1;
    const ssize_t n =
        write_some(fd_.get(), piece.substr(0, end_of_line > 0 ? end_of_line : piece.size()));
    if (n < 0) return net::os_error(name_, errno);
    lines.erase(0, static_cast<size_t>(n));
  }
  return absl::OkStatus();
}

}  // namespace simdjwt::serve
