// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// FileText: the bytes of a small file that may hold secrets.

#ifndef SIMDJWT_IO_SERVE_FILE_TEXT_H_
#define SIMDJWT_IO_SERVE_FILE_TEXT_H_

#include <absl/status/statusor.h>
#include <sys/types.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace simdjwt::serve {

// Wiped when it is dropped.
class FileText {
 public:
  FileText(FileText&& other) noexcept : text_(std::move(other.text_)), mode_(other.mode_) {}
  FileText& operator=(FileText&&) = delete;
  ~FileText();

  // A regular file of at most `num_bytes_max`. Errors are "PATH: cause".
  [[nodiscard]] static absl::StatusOr<FileText> read(const std::string& path, size_t num_bytes_max);

  [[nodiscard]] std::string_view view() const noexcept { return text_; }
  [[nodiscard]] bool everybody_may_read() const noexcept;

 private:
  FileText() = default;
  std::string text_;
  mode_t mode_ = 0;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_FILE_TEXT_H_
