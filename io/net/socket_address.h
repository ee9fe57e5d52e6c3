// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// SocketAddress: where to listen.

#ifndef SIMDJWT_IO_NET_SOCKET_ADDRESS_H_
#define SIMDJWT_IO_NET_SOCKET_ADDRESS_H_

#include <absl/status/statusor.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace simdjwt::net {

class SocketAddress {
 public:
  // "127.0.0.1:8080", "[::1]:8080": numbers only, as what a name resolves to is not ours to guess.
  // Port 0 lets the kernel choose.
  // "unix:/path", of 1 to 107 bytes. "unix:@name": without a file, for whoever is in the same
  // network namespace.
  // "systemd:name": the sockets that were handed over under that FileDescriptorName=.
  [[nodiscard]] static absl::StatusOr<SocketAddress> parse(std::string_view text);

  // The address that a socket is bound to.
  [[nodiscard]] static SocketAddress of(int fd) noexcept;

  // As parse() takes it.
  [[nodiscard]] std::string to_string() const;

  // AF_INET, AF_INET6, AF_UNIX; AF_UNSPEC for "systemd:name".
  [[nodiscard]] int family() const noexcept { return storage_.ss_family; }
  [[nodiscard]] uint16_t port() const noexcept;  // 0 if it has none
  // Of "unix:/path"; otherwise empty.
  [[nodiscard]] std::string path() const;
  // Of "systemd:name"; otherwise empty.
  [[nodiscard]] const std::string& inherited_name() const noexcept { return inherited_name_; }

  // For bind() and connect(), if the family is known.
  [[nodiscard]] const sockaddr* data() const noexcept {
    return reinterpret_cast<const sockaddr*>(&storage_);
  }
  [[nodiscard]] socklen_t length() const noexcept { return length_; }

 private:
  sockaddr_storage storage_{};
  socklen_t length_ = 0;
  std::string inherited_name_;
};

}  // namespace simdjwt::net

#endif  // SIMDJWT_IO_NET_SOCKET_ADDRESS_H_
