// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// PeerRange: a set of peers that is trusted as one.

#ifndef SIMDJWT_IO_NET_PEER_RANGE_H_
#define SIMDJWT_IO_NET_PEER_RANGE_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "net/peer_address.h"

namespace simdjwt::net {

class PeerRange {
 public:
  // "192.0.2.1", "10.0.0.0/8", "2001:db8::/32", or "unix": whoever may connect to a unix socket.
  // Refuses a network with bits behind its prefix: one of the two is a mistake.
  [[nodiscard]] static absl::StatusOr<PeerRange> parse(std::string_view text);

  [[nodiscard]] bool contains(const PeerAddress& peer) const noexcept;
  // "192.0.2.1/32" and the like, or "unix".
  [[nodiscard]] std::string to_string() const;

 private:
  PeerAddress network_;
  uint8_t prefix_bits_ = 0;
};

}  // namespace simdjwt::net

#endif  // SIMDJWT_IO_NET_PEER_RANGE_H_
