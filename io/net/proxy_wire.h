// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The PROXY protocol as a wire: it takes the header off, and is gone.

#ifndef SIMDJWT_IO_NET_PROXY_WIRE_H_
#define SIMDJWT_IO_NET_PROXY_WIRE_H_

#include <memory>
#include <utility>
#include <vector>

#include "net/peer_range.h"
#include "net/wire.h"

namespace simdjwt::net {

// For a listener that only proxies may connect to, each of which has to say who its client is:
// whoever could leave the header out, or write one himself, would choose his own address.
class ProxyFactory final : public WireFactory {
 public:
  // `next` carries what follows the header and outlives this; null: it is plain.
  ProxyFactory(std::vector<PeerRange> trusted, const WireFactory* next)
      : trusted_(std::move(trusted)), next_(next) {}

  [[nodiscard]] bool needs_peer() const noexcept override { return true; }
  [[nodiscard]] bool admits(const PeerAddress& peer) const noexcept override;
  [[nodiscard]] std::unique_ptr<Wire> make() const override;

 private:
  const std::vector<PeerRange> trusted_;
  const WireFactory* const next_;
};

}  // namespace simdjwt::net

#endif  // SIMDJWT_IO_NET_PROXY_WIRE_H_
