// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/file_text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "net/unique_fd.h"

namespace simdjwt::serve {

FileText::~FileText() { explicit_bzero(text_.data(), text_.size()); }

bool FileText::everybody_may_read() const noexcept { return (mode_ & S_IROTH) != 0; }

absl::StatusOr<FileText> FileText::read(const std::string& path, size_t num_bytes_max) {
  const auto failure = [&path](std::string_view cause) {
    return absl::InvalidArgumentError(path + ": " + std::string(cause));
  };
  const net::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat facts;
  if (!fd || fstat(fd.get(), &facts) != 0) return failure(std::strerror(errno));
  if (!S_ISREG(facts.st_mode)) return failure("not a regular file");
  if (static_cast<size_t>(facts.st_size) > num_bytes_max) return failure("too large");
  FileText file;
  file.mode_ = facts.st_mode;
  file.text_.resize(static_cast<size_t>(facts.st_size));
  size_t num_read = 0;
  while (num_read < file.text_.size()) {
    const ssize_t n = ::read(fd.get(), file.text_.data() + num_read, file.text_.size() - num_read);
    if (n < 0) return failure(std::strerror(errno));
    if (n == 0) return failure("changed while it was read");
    num_read += static_cast<size_t>(n);
  }
  return file;
}

}  // namespace simdjwt::serve
