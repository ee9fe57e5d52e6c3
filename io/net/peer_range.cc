// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "net/peer_range.h"

#include <arpa/inet.h>

#include <string>

#include "net/decimal.h"

namespace simdjwt::net {
namespace {

using Family = PeerAddress::Family;

absl::Status error_of(std::string_view text, std::string_view what) {
  return absl::InvalidArgumentError('"' + std::string(text) + "\" " + std::string(what));
}

// The first `num_bits` of two addresses.
bool is_prefix_equal(const PeerAddress& a, const PeerAddress& b, unsigned num_bits) noexcept {
  for (size_t i = 0; num_bits > 0; ++i) {
    const unsigned n = num_bits < 8 ? num_bits : 8;
    if (((a.ip[i] ^ b.ip[i]) >> (8 - n)) != 0) return false;
    num_bits -= n;
  }
  return true;
}

}  // namespace

absl::StatusOr<PeerRange> PeerRange::parse(std::string_view text) {
  PeerRange range;
  if (text == "unix") {
    range.network_.family = Family::kUnix;
    return range;
  }
  const size_t slash = text.find('/');
  const std::string host(text.substr(0, slash));
  unsigned num_bits_max = 0;
  if (inet_pton(AF_INET, host.c_str(), range.network_.ip.data()) == 1) {
    range.network_.family = Family::kIpv4;
    num_bits_max = 32;
  } else if (inet_pton(AF_INET6, host.c_str(), range.network_.ip.data()) == 1) {
    range.network_.family = Family::kIpv6;
    num_bits_max = 128;
  } else {
    return error_of(text, "is no address, network such as 10.0.0.0/8, or \"unix\"");
  }

  const auto num_bits = slash == std::string_view::npos
                            ? num_bits_max
                            : parse_decimal<unsigned>(text.substr(slash + 1));
  if (!num_bits || *num_bits > num_bits_max) {
    return error_of(text, "has no prefix length of 0 to " + std::to_string(num_bits_max));
  }
  range.prefix_bits_ = static_cast<uint8_t>(*num_bits);
  PeerAddress masked;
  for (unsigned i = 0; i < *num_bits; ++i) {
    masked.ip[i / 8] =
        static_cast<uint8_t>(masked.ip[i / 8] | (range.network_.ip[i / 8] & (0x80 >> (i % 8))));
  }
  if (masked.ip != range.network_.ip) return error_of(text, "has bits behind its prefix");
  // No peer shows as one of these: see PeerAddress::from().
  if (range.network_.family == Family::kIpv6 && *num_bits >= 96 &&
      is_prefix_equal(range.network_, {.ip = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}}, 96)) {
    return error_of(text, "is to be written as an IPv4 address");
  }
  return range;
}

bool PeerRange::contains(const PeerAddress& peer) const noexcept {
  return peer.family == network_.family && is_prefix_equal(peer, network_, prefix_bits_);
}

std::string PeerRange::to_string() const {
  if (network_.family == Family::kUnix) return "unix";
  return network_.host() + '/' + std::to_string(prefix_bits_);
}

}  // namespace simdjwt::net
