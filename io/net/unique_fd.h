// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// UniqueFd: a file descriptor that is closed with its owner.

#ifndef SIMDJWT_IO_NET_UNIQUE_FD_H_
#define SIMDJWT_IO_NET_UNIQUE_FD_H_

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace simdjwt::net {

class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) noexcept : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() {
    if (fd_ >= 0) ::close(fd_);
  }

  [[nodiscard]] int get() const noexcept { return fd_; }
  // Another descriptor of the same file; false, with errno, if there is none left.
  [[nodiscard]] UniqueFd duplicate() const noexcept {
    return UniqueFd(fcntl(fd_, F_DUPFD_CLOEXEC, 0));
  }
  [[nodiscard]] explicit operator bool() const noexcept { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

}  // namespace simdjwt::net

#endif  // SIMDJWT_IO_NET_UNIQUE_FD_H_
