// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Listening TCP sockets.

#ifndef SIMDJWT_IO_NET_LISTENER_H_
#define SIMDJWT_IO_NET_LISTENER_H_

#include <absl/status/statusor.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "net/unique_fd.h"

namespace simdjwt::net {

// An IPv4 or IPv6 address with a port.
class SocketAddress {
 public:
  // "127.0.0.1:8080", "[::1]:8080". Numbers only: what a name resolves to is not ours to guess.
  // Port 0 lets the kernel choose.
  [[nodiscard]] static absl::StatusOr<SocketAddress> parse(std::string_view text);

  [[nodiscard]] std::string to_string() const;
  [[nodiscard]] uint16_t port() const noexcept;

 private:
  friend class ListenerGroup;
  sockaddr_storage storage_{};
  socklen_t length_ = 0;
};

// One listening socket for each reactor, all on one address: the kernel spreads connections over
// them (SO_REUSEPORT).
class ListenerGroup {
 public:
  // Fails with a sentence that names address and cause. An address in use is tried again for two
  // seconds: a predecessor's ring may outlive its process by some milliseconds.
  [[nodiscard]] static absl::StatusOr<ListenerGroup> listen(SocketAddress address,
                                                            size_t num_sockets);

  // With the port that the kernel chose.
  [[nodiscard]] const SocketAddress& address() const noexcept { return address_; }
  // To be moved from.
  [[nodiscard]] std::vector<UniqueFd>& sockets() noexcept { return sockets_; }

 private:
  ListenerGroup() = default;
  SocketAddress address_;
  std::vector<UniqueFd> sockets_;
};

}  // namespace simdjwt::net

#endif  // SIMDJWT_IO_NET_LISTENER_H_
