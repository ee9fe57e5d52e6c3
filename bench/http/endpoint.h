// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Endpoint: where a server is to be found, for both ends of a benchmark.

#ifndef SIMDJWT_BENCH_HTTP_ENDPOINT_H_
#define SIMDJWT_BENCH_HTTP_ENDPOINT_H_

#include <absl/status/statusor.h>
#include <sys/socket.h>

#include <string>
#include <string_view>

#include "net/unique_fd.h"

namespace simdjwt::bench {

class Endpoint {
 public:
  // "127.0.0.1:8080", "[::1]:8080" or "unix:/path".
  [[nodiscard]] static absl::StatusOr<Endpoint> parse(std::string_view text);

  // A connected, blocking socket that sends what it is given at once. Blocking calls give up after
  // ten seconds.
  [[nodiscard]] absl::StatusOr<net::UniqueFd> connect() const;

  // A listening socket whose connections do the same. Takes the place of a Unix socket that lies
  // there.
  [[nodiscard]] absl::StatusOr<net::UniqueFd> listen() const;

  // As it was written.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  [[nodiscard]] net::UniqueFd make_socket() const;
  [[nodiscard]] absl::Status failure(std::string_view what) const;

  std::string text_;
  sockaddr_storage address_{};
  socklen_t length_ = 0;
};

// Lets this process open as many descriptors as it may, and returns how many those are.
unsigned raise_descriptor_limit();

}  // namespace simdjwt::bench

#endif  // SIMDJWT_BENCH_HTTP_ENDPOINT_H_
