// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Whether an address is one of the internet at large.

#ifndef SIMDJWT_IO_JWKS_PUBLIC_ADDRESS_H_
#define SIMDJWT_IO_JWKS_PUBLIC_ADDRESS_H_

#include "net/peer_address.h"

namespace simdjwt::jwks {

// False for whatever the registries of special-purpose addresses (RFC 6890) reserve: loopback,
// private, link-local (where clouds keep their secrets), shared, documentation, multicast. An IPv4
// address within an IPv6 one, as NAT64 has it (RFC 6052), counts as itself; other tunnels, and all
// of IPv6 but its unicast space, are not public.
[[nodiscard]] bool is_public(const net::PeerAddress& address);

}  // namespace simdjwt::jwks

#endif  // SIMDJWT_IO_JWKS_PUBLIC_ADDRESS_H_
