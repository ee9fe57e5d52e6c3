// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "net/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <charconv>
#include <chrono>
#include <cstring>
#include <thread>

namespace simdjwt::net {
namespace {

constexpr int kBacklog = 4096;          // the kernel takes less if net.core.somaxconn says so
constexpr int kUserTimeoutMs = 20'000;  // unacknowledged data: then the peer is gone
constexpr auto kBindPatience = std::chrono::seconds(2);
constexpr auto kBindRetryInterval = std::chrono::milliseconds(20);

absl::Status error_of(int error, std::string_view what, const SocketAddress& address) {
  std::string text(what);
  text.append(" ").append(address.to_string()).append(": ").append(std::strerror(error));
  if (error == EADDRINUSE) text.append(" (another process listens there)");
  if (error == EACCES) text.append(" (ports below 1024 need CAP_NET_BIND_SERVICE)");
  return absl::UnavailableError(text);
}

void set_option(int fd, int level, int option, int value) {
  setsockopt(fd, level, option, &value, sizeof(value));
}

const sockaddr* as_sockaddr(const sockaddr_storage& storage) {
  return reinterpret_cast<const sockaddr*>(&storage);
}

}  // namespace

absl::StatusOr<SocketAddress> SocketAddress::parse(std::string_view text) {
  const absl::Status malformed = absl::InvalidArgumentError(
      "expected an address and a port such as \"127.0.0.1:8080\" or \"[::1]:8080\"");
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return malformed;
  uint16_t port = 0;
  const std::string_view digits = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size()) return malformed;

  std::string host(text.substr(0, colon));
  SocketAddress address;
  if (host.starts_with('[') && host.ends_with(']')) {
    auto* ipv6 = reinterpret_cast<sockaddr_in6*>(&address.storage_);
    ipv6->sin6_family = AF_INET6;
    ipv6->sin6_port = htons(port);
    address.length_ = sizeof(sockaddr_in6);
    host = host.substr(1, host.size() - 2);
    if (inet_pton(AF_INET6, host.c_str(), &ipv6->sin6_addr) != 1) return malformed;
  } else {
    auto* ipv4 = reinterpret_cast<sockaddr_in*>(&address.storage_);
    ipv4->sin_family = AF_INET;
    ipv4->sin_port = htons(port);
    address.length_ = sizeof(sockaddr_in);
    if (inet_pton(AF_INET, host.c_str(), &ipv4->sin_addr) != 1) return malformed;
  }
  return address;
}

uint16_t SocketAddress::port() const noexcept {
  // The port lies at the same place in both families.
  return ntohs(reinterpret_cast<const sockaddr_in*>(&storage_)->sin_port);
}

std::string SocketAddress::to_string() const {
  char host[INET6_ADDRSTRLEN] = "";
  if (storage_.ss_family == AF_INET6) {
    inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(&storage_)->sin6_addr, host,
              sizeof(host));
    return '[' + std::string(host) + "]:" + std::to_string(port());
  }
  inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(&storage_)->sin_addr, host,
            sizeof(host));
  return std::string(host) + ':' + std::to_string(port());
}

absl::StatusOr<ListenerGroup> ListenerGroup::listen(SocketAddress address, size_t num_sockets) {
  ListenerGroup group;
  group.address_ = address;
  SocketAddress& chosen = group.address_;
  const auto give_up = std::chrono::steady_clock::now() + kBindPatience;

  // The sockets of a group share the port by SO_REUSEPORT; so could another instance of this
  // program, and take half of the connections unnoticed. The first socket therefore binds without
  // it, and only a successful one is bound again with it.
  bool share = false;
  while (group.sockets_.size() < num_sockets) {
    UniqueFd fd(::socket(chosen.storage_.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd) return error_of(errno, "cannot make a socket for", chosen);
    set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
    if (share) set_option(fd.get(), SOL_SOCKET, SO_REUSEPORT, 1);
    if (chosen.storage_.ss_family == AF_INET6) set_option(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1);
    // Accepted sockets inherit these, which saves a system call for each.
    set_option(fd.get(), IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(fd.get(), SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(fd.get(), IPPROTO_TCP, TCP_USER_TIMEOUT, kUserTimeoutMs);

    if (::bind(fd.get(), as_sockaddr(chosen.storage_), chosen.length_) != 0) {
      const int error = errno;
      if (error != EADDRINUSE || std::chrono::steady_clock::now() > give_up) {
        return error_of(error, "cannot listen on", chosen);
      }
      std::this_thread::sleep_for(kBindRetryInterval);
      continue;
    }
    getsockname(fd.get(), reinterpret_cast<sockaddr*>(&chosen.storage_), &chosen.length_);
    if (num_sockets > 1 && !share) {
      share = true;
      continue;
    }
    if (::listen(fd.get(), kBacklog) != 0) return error_of(errno, "cannot listen on", chosen);
    group.sockets_.push_back(std::move(fd));
  }
  return group;
}

}  // namespace simdjwt::net
