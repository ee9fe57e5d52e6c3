// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The header of the PROXY protocol, versions 1 and 2, by which a proxy says ahead of a connection's
// own bytes who its client is (HAProxy's doc/proxy-protocol.txt).

#ifndef SIMDJWT_IO_NET_PROXY_HEADER_H_
#define SIMDJWT_IO_NET_PROXY_HEADER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "net/peer_address.h"

namespace simdjwt::net {

struct ProxyHeader {
  // The standard allows 65,551 in version 2; proxies send 28 to 52, and hundreds with the names in
  // a client's certificate.
  static constexpr size_t kBytesMax = 4096;

  enum class Outcome : uint8_t { kIncomplete, kComplete, kRefused };

  Outcome outcome;
  size_t num_bytes = 0;  // if complete: what follows is the client's
  // Absent where the proxy speaks for itself (LOCAL, such as a health check) or does not know
  // (UNKNOWN, AF_UNSPEC): then it is the socket's peer.
  std::optional<PeerAddress> client = std::nullopt;
};

// Of all bytes that have arrived so far, fewer than kBytesMax of which are ever incomplete. Another
// protocol is refused at its first byte that fits neither version. Strict: addresses and ports in
// their plainest spelling, lines ended by CRLF, stream transports only, attachments (TLVs) that
// fill the header exactly, a checksum that is right if there is one.
[[nodiscard]] ProxyHeader parse_proxy_header(std::string_view bytes) noexcept;

}  // namespace simdjwt::net

#endif  // SIMDJWT_IO_NET_PROXY_HEADER_H_
