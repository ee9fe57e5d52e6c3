// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The PROXY protocol: a verdict on all bytes is the verdict on some prefix of them, reached in any
// steps, and what is accepted obeys the bounds of the standard.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/require.h"
#include "net/proxy_header.h"

namespace {

using simdjwt::net::parse_proxy_header;
using simdjwt::net::PeerAddress;
using simdjwt::net::ProxyHeader;
using Outcome = ProxyHeader::Outcome;

ProxyHeader parse_copy(std::string_view bytes) {
  const ExactInput input(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  return parse_proxy_header(input.text());
}

void require_well_formed(std::string_view header, const ProxyHeader& result) {
  require(header.size() <= ProxyHeader::kBytesMax);
  if (header.starts_with("PROXY ")) {
    require(header.size() <= 107 && header.ends_with("\r\n"));
    require(header.find('\n') == header.size() - 1);
    require(result.client.has_value() == header.starts_with("PROXY TCP"));
  } else {
    require(header.size() >= 16 && (header[12] & 0xfe) == 0x20);
    require(static_cast<uint8_t>(header[14]) * 256u + static_cast<uint8_t>(header[15]) ==
            header.size() - 16);
  }
  require(!result.client || result.client->family != PeerAddress::Family::kUnknown);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const ProxyHeader at_once = parse_copy(bytes);
  if (at_once.outcome == Outcome::kComplete) {
    require(at_once.num_bytes <= size);
    require_well_formed(bytes.substr(0, at_once.num_bytes), at_once);
  }
  if (at_once.outcome == Outcome::kIncomplete) require(size < ProxyHeader::kBytesMax);

  for (size_t num_bytes = 0; num_bytes <= size; ++num_bytes) {
    const ProxyHeader now = parse_copy(bytes.substr(0, num_bytes));
    if (now.outcome == Outcome::kIncomplete) continue;
    require(now.outcome == at_once.outcome && now.num_bytes == at_once.num_bytes);
    require(now.client == at_once.client);
    require(now.outcome == Outcome::kRefused || now.num_bytes == num_bytes);
    return 0;
  }
  require(at_once.outcome == Outcome::kIncomplete);
  return 0;
}
