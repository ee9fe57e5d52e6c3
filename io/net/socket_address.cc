// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "net/socket_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>
#include <optional>

#include "net/decimal.h"

namespace simdjwt::net {
namespace {

constexpr std::string_view kUnix = "unix:";
constexpr std::string_view kSystemd = "systemd:";

template <class Address>
Address& as(sockaddr_storage& storage) {
  return reinterpret_cast<Address&>(storage);
}
template <class Address>
const Address& as(const sockaddr_storage& storage) {
  return reinterpret_cast<const Address&>(storage);
}

// Returns the length of the address, or 0.
socklen_t parse_ip(std::string_view text, sockaddr_storage& storage) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return 0;
  const std::optional<uint16_t> port = parse_decimal<uint16_t>(text.substr(colon + 1));
  if (!port) return 0;
  std::string host(text.substr(0, colon));
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    auto& address = as<sockaddr_in6>(storage);
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(*port);
    return inet_pton(AF_INET6, host.c_str(), &address.sin6_addr) == 1 ? sizeof(address) : 0;
  }
  auto& address = as<sockaddr_in>(storage);
  address.sin_family = AF_INET;
  address.sin_port = htons(*port);
  return inet_pton(AF_INET, host.c_str(), &address.sin_addr) == 1 ? sizeof(address) : 0;
}

// `name` is a path, or "@name". Returns the length of the address, or 0.
socklen_t parse_unix(std::string_view name, sockaddr_storage& storage) {
  auto& address = as<sockaddr_un>(storage);
  const bool is_abstract = name.starts_with('@');
  if (is_abstract ? name.size() < 2 : !name.starts_with('/')) return 0;
  if (name.size() >= sizeof(address.sun_path) || name.find('\0') != name.npos) return 0;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, name.data(), name.size());
  if (is_abstract) address.sun_path[0] = '\0';
  // A path ends with a null byte; of an abstract name each byte counts.
  const size_t length = offsetof(sockaddr_un, sun_path) + name.size() + (is_abstract ? 0 : 1);
  return static_cast<socklen_t>(length);
}

}  // namespace

absl::StatusOr<SocketAddress> SocketAddress::parse(std::string_view text) {
  SocketAddress address;
  if (text.starts_with(kSystemd) && text.size() > kSystemd.size()) {
    address.inherited_name_ = text.substr(kSystemd.size());
    return address;
  }
  address.length_ = text.starts_with(kUnix)
                        ? parse_unix(text.substr(kUnix.size()), address.storage_)
                        : parse_ip(text, address.storage_);
  if (address.length_ > 0) return address;
  return absl::InvalidArgumentError(
      "expected an address such as \"127.0.0.1:8080\", \"[::1]:8080\", \"unix:/path\" of at most "
      "107 bytes, \"unix:@name\" or \"systemd:name\"");
}

SocketAddress SocketAddress::of(int fd) noexcept {
  SocketAddress address;
  address.length_ = sizeof(address.storage_);
  getsockname(fd, &as<sockaddr>(address.storage_), &address.length_);
  return address;
}

uint16_t SocketAddress::port() const noexcept {
  // The port lies at the same place in both families.
  return family() == AF_INET || family() == AF_INET6 ? ntohs(as<sockaddr_in>(storage_).sin_port)
                                                     : 0;
}

std::string SocketAddress::path() const {
  // Null-terminated by the room behind it, if by nothing else.
  return family() == AF_UNIX ? as<sockaddr_un>(storage_).sun_path : "";
}

std::string SocketAddress::to_string() const {
  char host[INET6_ADDRSTRLEN] = "";
  switch (family()) {
    case AF_INET:
      inet_ntop(AF_INET, &as<sockaddr_in>(storage_).sin_addr, host, sizeof(host));
      return std::string(host) + ':' + std::to_string(port());
    case AF_INET6:
      inet_ntop(AF_INET6, &as<sockaddr_in6>(storage_).sin6_addr, host, sizeof(host));
      return '[' + std::string(host) + "]:" + std::to_string(port());
    case AF_UNIX: {
      if (const std::string path = this->path(); !path.empty()) return std::string(kUnix) + path;
      const size_t prefix = offsetof(sockaddr_un, sun_path) + 1;
      const std::string_view name(as<sockaddr_un>(storage_).sun_path + 1,
                                  length_ > prefix ? length_ - prefix : 0);
      return std::string(kUnix) + '@' + std::string(name);
    }
    default:
      return std::string(kSystemd) + inherited_name_;
  }
}

}  // namespace simdjwt::net
