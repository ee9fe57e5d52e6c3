// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "net/listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "net/inherited_sockets.h"

namespace simdjwt::net {
namespace {

constexpr int kUserTimeoutMs = 20'000;  // unacknowledged data: then the peer is gone
constexpr auto kBindPatience = std::chrono::seconds(2);
constexpr auto kBindRetryInterval = std::chrono::milliseconds(20);

absl::Status failure(std::string_view what, const SocketAddress& address, const std::string& why) {
  std::string text(what);
  text.append(" ").append(address.to_string()).append(": ").append(why);
  return absl::UnavailableError(text);
}

absl::Status bind_failure(const SocketAddress& address, int error) {
  std::string why = std::strerror(error);
  if (error == EADDRINUSE) why.append(" (another process listens there)");
  if (error == EACCES) why.append(" (ports below 1024 need CAP_NET_BIND_SERVICE)");
  return failure("cannot listen on", address, why);
}

absl::StatusOr<UniqueFd> make_socket(const SocketAddress& address) {
  UniqueFd fd(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return failure("cannot make a socket for", address, std::strerror(errno));
  return fd;
}

void set_option(int fd, int level, int option, int value) {
  setsockopt(fd, level, option, &value, sizeof(value));
}

// Accepted sockets inherit these, which saves a system call for each.
void set_tcp_options(int fd) {
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, kUserTimeoutMs);
}

// Calls bind() until it returns something else than EADDRINUSE or time is over.
template <class Bind>
int bind_patiently(Bind bind) {
  const auto give_up = std::chrono::steady_clock::now() + kBindPatience;
  while (true) {
    const int error = bind();
    if (error != EADDRINUSE || std::chrono::steady_clock::now() > give_up) return error;
    std::this_thread::sleep_for(kBindRetryInterval);
  }
}

}  // namespace

int allowed_backlog() {
  int allowed = kBacklog;
  std::ifstream("/proc/sys/net/core/somaxconn") >> allowed;
  return allowed > 0 ? std::min(allowed, kBacklog) : kBacklog;
}

absl::StatusOr<ListenerGroup> ListenerGroup::listen(const ListenOptions& options,
                                                    size_t num_reactors) {
  ListenerGroup group(num_reactors);
  absl::Status status;
  switch (options.address.family()) {
    case AF_UNSPEC:
      status = group.inherit(options.address);
      break;
    case AF_UNIX:
      status = group.listen_unix(options);
      break;
    default:
      status = group.listen_tcp(options.address);
  }
  if (!status.ok()) return status;
  return group;
}

// The sockets share the port by SO_REUSEPORT; so could another instance of this program, and take
// half of the connections unnoticed. A first socket is therefore bound without it, and only if that
// succeeds, bound again with it.
absl::Status ListenerGroup::listen_tcp(const SocketAddress& address) {
  SocketAddress chosen = address;
  const auto bind_socket = [&chosen](bool share, UniqueFd& bound) {
    absl::StatusOr<UniqueFd> fd = make_socket(chosen);
    if (!fd.ok()) return fd.status();
    set_option(fd->get(), SOL_SOCKET, SO_REUSEADDR, 1);
    if (share) set_option(fd->get(), SOL_SOCKET, SO_REUSEPORT, 1);
    if (chosen.family() == AF_INET6) set_option(fd->get(), IPPROTO_IPV6, IPV6_V6ONLY, 1);
    set_tcp_options(fd->get());
    const int error = bind_patiently([&fd, &chosen] {
      return ::bind(fd->get(), chosen.data(), chosen.length()) == 0 ? 0 : errno;
    });
    if (error != 0) return bind_failure(chosen, error);
    chosen = SocketAddress::of(fd->get());
    bound = *std::move(fd);
    return absl::OkStatus();
  };
  const bool share = sockets_.size() > 1;
  if (share) {
    UniqueFd probe;
    if (absl::Status status = bind_socket(false, probe); !status.ok()) return status;
  }
  for (std::vector<UniqueFd>& sockets : sockets_) {
    UniqueFd fd;
    if (absl::Status status = bind_socket(share, fd); !status.ok()) return status;
    if (::listen(fd.get(), kBacklog) != 0) return bind_failure(chosen, errno);
    sockets.push_back(std::move(fd));
  }
  addresses_.push_back(chosen);
  return absl::OkStatus();
}

absl::Status ListenerGroup::listen_unix(const ListenOptions& options) {
  const SocketAddress& address = options.address;
  absl::StatusOr<UniqueFd> fd = make_socket(address);
  if (!fd.ok()) return fd.status();
  if (address.path().empty()) {
    const int error = bind_patiently([&fd, &address] {
      return ::bind(fd->get(), address.data(), address.length()) == 0 ? 0 : errno;
    });
    if (error != 0) return bind_failure(address, error);
  } else {
    absl::StatusOr<SocketFile> file = absl::UnknownError("");
    bind_patiently([&] {
      file = SocketFile::bind(fd->get(), address.path(), options.mode, options.owner);
      return absl::IsAlreadyExists(file.status()) ? EADDRINUSE : 0;
    });
    if (!file.ok())
      return failure("cannot listen on", address, std::string(file.status().message()));
    file_ = *std::move(file);
  }
  if (::listen(fd->get(), kBacklog) != 0) return bind_failure(address, errno);
  return share(*std::move(fd));
}

absl::Status ListenerGroup::inherit(const SocketAddress& address) {
  absl::StatusOr<std::vector<UniqueFd>> sockets = inherited_sockets(address.inherited_name());
  if (!sockets.ok())
    return failure("cannot take over", address, std::string(sockets.status().message()));
  is_shared_ = true;
  for (UniqueFd& socket : *sockets) {
    const int family = SocketAddress::of(socket.get()).family();
    if (family == AF_INET || family == AF_INET6) set_tcp_options(socket.get());
    if (absl::Status status = share(std::move(socket)); !status.ok()) return status;
  }
  return absl::OkStatus();
}

// Gives it to all reactors.
absl::Status ListenerGroup::share(UniqueFd socket) {
  addresses_.push_back(SocketAddress::of(socket.get()));
  is_shared_ = is_shared_ || sockets_.size() > 1;
  for (std::vector<UniqueFd>& sockets : sockets_) {
    UniqueFd copy = socket.duplicate();
    if (!copy) return failure("cannot share", addresses_.back(), std::strerror(errno));
    sockets.push_back(std::move(copy));
  }
  return absl::OkStatus();
}

}  // namespace simdjwt::net
