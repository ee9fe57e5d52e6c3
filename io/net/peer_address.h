// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// PeerAddress: who is at the other end of a connection, in 20 bytes.

#ifndef SIMDJWT_IO_NET_PEER_ADDRESS_H_
#define SIMDJWT_IO_NET_PEER_ADDRESS_H_

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <string>

namespace simdjwt::net {

struct PeerAddress {
  enum class Family : uint8_t { kUnknown, kIpv4, kIpv6, kUnix };

  std::array<uint8_t, 16> ip{};  // in network order; of IPv4 the first four
  uint16_t port = 0;
  Family family = Family::kUnknown;

  // An IPv4 address in IPv6 clothing (::ffff:192.0.2.1), which a socket that serves both shows, is
  // an IPv4 address. Families other than these three are kUnknown.
  [[nodiscard]] static PeerAddress from(const sockaddr_storage& address) noexcept;

  // "192.0.2.1", "2001:db8::1"; empty for other families.
  [[nodiscard]] std::string host() const;
  // "192.0.2.1:443", "[2001:db8::1]:443", "unix" or "unknown".
  [[nodiscard]] std::string to_string() const;

  friend bool operator==(const PeerAddress&, const PeerAddress&) = default;
};

}  // namespace simdjwt::net

#endif  // SIMDJWT_IO_NET_PEER_ADDRESS_H_
