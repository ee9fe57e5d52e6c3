// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jwks/public_address.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "net/peer_range.h"

namespace simdjwt::jwks {
namespace {

using net::PeerAddress;
using net::PeerRange;
using Family = PeerAddress::Family;

using Ranges = std::vector<PeerRange>;

Ranges ranges(std::initializer_list<std::string_view> texts) {
  Ranges ranges;
  for (const std::string_view text : texts) ranges.push_back(PeerRange::parse(text).value());
  return ranges;
}

bool is_in(const Ranges& ranges, const PeerAddress& address) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&address](const PeerRange& range) { return range.contains(address); });
}

// The IPv4 address in the last four bytes.
PeerAddress embedded_ipv4(const PeerAddress& address) {
  return {.ip = {address.ip[12], address.ip[13], address.ip[14], address.ip[15]},
          .family = Family::kIpv4};
}

}  // namespace

bool is_public(const PeerAddress& address) {
  // IANA's special-purpose address registries, with all of multicast.
  static const Ranges reserved_ipv4 =
      ranges({"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
              "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
              "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"});
  static const Ranges unicast_ipv6 = ranges({"2000::/3"});
  static const Ranges reserved_ipv6 =
      ranges({"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"});
  static const Ranges nat64 = ranges({"64:ff9b::/96"});

  if (is_in(nat64, address)) return is_public(embedded_ipv4(address));
  if (address.family == Family::kIpv4) return !is_in(reserved_ipv4, address);
  return is_in(unicast_ipv6, address) && !is_in(reserved_ipv6, address);
}

}  // namespace simdjwt::jwks
