// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "net/peer_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>

namespace simdjwt::net {

PeerAddress PeerAddress::from(const sockaddr_storage& address) noexcept {
  PeerAddress peer;
  if (address.ss_family == AF_UNIX) {
    peer.family = Family::kUnix;
  } else if (address.ss_family == AF_INET) {
    const auto& ipv4 = reinterpret_cast<const sockaddr_in&>(address);
    peer.family = Family::kIpv4;
    peer.port = ntohs(ipv4.sin_port);
    std::memcpy(peer.ip.data(), &ipv4.sin_addr, sizeof(ipv4.sin_addr));
  } else if (address.ss_family == AF_INET6) {
    const auto& ipv6 = reinterpret_cast<const sockaddr_in6&>(address);
    const uint8_t* bytes = ipv6.sin6_addr.s6_addr;
    const bool is_mapped = IN6_IS_ADDR_V4MAPPED(&ipv6.sin6_addr);
    peer.family = is_mapped ? Family::kIpv4 : Family::kIpv6;
    peer.port = ntohs(ipv6.sin6_port);
    std::memcpy(peer.ip.data(), is_mapped ? bytes + 12 : bytes, is_mapped ? 4 : 16);
  }
  return peer;
}

std::string PeerAddress::host() const {
  if (family != Family::kIpv4 && family != Family::kIpv6) return "";
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(family == Family::kIpv4 ? AF_INET : AF_INET6, ip.data(), text, sizeof(text));
  return text;
}

std::string PeerAddress::to_string() const {
  switch (family) {
    case Family::kIpv4:
      return host() + ':' + std::to_string(port);
    case Family::kIpv6:
      return '[' + host() + "]:" + std::to_string(port);
    case Family::kUnix:
      return "unix";
    case Family::kUnknown:
      break;
  }
  return "unknown";
}

}  // namespace simdjwt::net
