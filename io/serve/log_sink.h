// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// LogSink: a file, or standard error, that takes whole lines or none.

#ifndef SIMDJWT_IO_SERVE_LOG_SINK_H_
#define SIMDJWT_IO_SERVE_LOG_SINK_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <string>

#include "net/unique_fd.h"

namespace simdjwt::serve {

class LogSink {
 public:
  // Takes lines and forgets them.
  LogSink() = default;
  // "stderr", a file to append to, which is made if need be (mode 0640), or "" for nowhere. A file
  // that ends amid a line, as after a power failure, gets the end of that first.
  [[nodiscard]] static absl::StatusOr<LogSink> open(const std::string& target);

  // Writes what it can of `lines`, each at most PIPE_BUF bytes with its end, and removes that from
  // the front. Not OK if something is left, for whatever reason: a full disk, or a pipe nobody
  // reads from. Of a line that a disk takes in part, nothing stays. Does not wait for readers of a
  // pipe.
  [[nodiscard]] absl::Status write(std::string& lines);

 private:
  absl::Status write_file(std::string& lines);
  absl::Status write_stream(std::string& lines);

  net::UniqueFd fd_;
  std::string name_;
  bool is_file_ = false;
  bool may_end_amid_line_ = false;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_LOG_SINK_H_
