// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Listening sockets, for all reactors.

#ifndef SIMDJWT_IO_NET_LISTENER_H_
#define SIMDJWT_IO_NET_LISTENER_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "net/socket_address.h"
#include "net/socket_file.h"
#include "net/unique_fd.h"

namespace simdjwt::net {

// How many clients may wait at a socket until they are accepted, unless allowed_backlog() is less.
inline constexpr int kBacklog = 4096;
// What net.core.somaxconn allows, or kBacklog where it cannot be read: the kernel takes less than
// it is asked for without a word.
[[nodiscard]] int allowed_backlog();

struct ListenOptions {
  SocketAddress address;
  // Of a unix socket with a path: permission bits, and "user:group", "user" or ":group".
  std::optional<uint32_t> mode = std::nullopt;
  std::string owner = {};
};

// What listens on one address: of TCP, a socket for each reactor, which the kernel spreads
// connections over (SO_REUSEPORT). A unix socket cannot be had more than once, and an inherited one
// is what it is: of these, all reactors accept from the same.
class ListenerGroup {
 public:
  // Fails with a sentence that names address and cause. An address in use is tried again for two
  // seconds: a predecessor's ring may outlive its process by some milliseconds.
  [[nodiscard]] static absl::StatusOr<ListenerGroup> listen(const ListenOptions& options,
                                                            size_t num_reactors);

  // The addresses bound, with the ports that the kernel chose. Several sockets may have been
  // inherited under one name.
  [[nodiscard]] const std::vector<SocketAddress>& addresses() const noexcept { return addresses_; }

  // The sockets of a reactor, one for each address. To be moved from.
  [[nodiscard]] std::vector<UniqueFd>& sockets(size_t reactor) noexcept {
    return sockets_[reactor];
  }
  // Once the reactors have theirs, or copies of them.
  void close_sockets() noexcept { sockets_.clear(); }
  // Whether others accept from them, too.
  [[nodiscard]] bool is_shared() const noexcept { return is_shared_; }

  // Removes the file of a unix socket, if it still is ours, as the destructor does. Before the
  // reactors stop: whoever has connected will be served, and a successor may listen already.
  void remove_file() noexcept { file_.reset(); }

 private:
  explicit ListenerGroup(size_t num_reactors) : sockets_(num_reactors) {}
  [[nodiscard]] absl::Status listen_tcp(const SocketAddress& address);
  [[nodiscard]] absl::Status listen_unix(const ListenOptions& options);
  [[nodiscard]] absl::Status inherit(const SocketAddress& address);
  [[nodiscard]] absl::Status share(UniqueFd socket);

  std::vector<SocketAddress> addresses_;
  std::vector<std::vector<UniqueFd>> sockets_;
  std::optional<SocketFile> file_;
  bool is_shared_ = false;
};

}  // namespace simdjwt::net

#endif  // SIMDJWT_IO_NET_LISTENER_H_
