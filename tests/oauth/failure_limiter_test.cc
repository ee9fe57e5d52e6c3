// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/failure_limiter.h"

#include <gtest/gtest.h>

namespace simdjwt::serve {
namespace {

net::PeerAddress ipv4(uint8_t last) {
  return {.ip = {192, 0, 2, last}, .family = net::PeerAddress::Family::kIpv4};
}
net::PeerAddress ipv6(uint8_t network, uint8_t host) {
  net::PeerAddress address{.family = net::PeerAddress::Family::kIpv6};
  address.ip[7] = network;
  address.ip[15] = host;
  return address;
}

TEST(FailureLimiter, LetsAnAddressWaitForTheRestOfTheMinute) {
  FailureLimiter limiter(3);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(limiter.seconds_to_wait(ipv4(1), 1000 + i), 0);
    limiter.note_failure(ipv4(1), 1000 + i);
  }
  EXPECT_EQ(limiter.seconds_to_wait(ipv4(1), 1002), 58);
  EXPECT_EQ(limiter.seconds_to_wait(ipv4(2), 1002), 0);
  EXPECT_EQ(limiter.seconds_to_wait(ipv4(1), 1060), 0);
  limiter.note_failure(ipv4(1), 1060);
  EXPECT_EQ(limiter.seconds_to_wait(ipv4(1), 1060), 0) << "a new minute";
}

TEST(FailureLimiter, TakesANetworkOfIpv6ForOneClient) {
  FailureLimiter limiter(1);
  limiter.note_failure(ipv6(1, 1), 1000);
  EXPECT_EQ(limiter.seconds_to_wait(ipv6(1, 2), 1000), 60);
  EXPECT_EQ(limiter.seconds_to_wait(ipv6(2, 1), 1000), 0);
}

TEST(FailureLimiter, LimitsNeitherProxiesOnUnixSocketsNorAnybodyWithoutALimit) {
  FailureLimiter limiter(1);
  const net::PeerAddress local{.family = net::PeerAddress::Family::kUnix};
  FailureLimiter none(0);
  for (int i = 0; i < 100; ++i) {
    limiter.note_failure(local, 1000);
    none.note_failure(ipv4(1), 1000);
  }
  EXPECT_EQ(limiter.seconds_to_wait(local, 1000), 0);
  EXPECT_EQ(none.seconds_to_wait(ipv4(1), 1000), 0);
}

TEST(FailureLimiter, RemembersABoundedNumberOfClients) {
  FailureLimiter limiter(1);
  for (size_t i = 0; i < 2 * FailureLimiter::kClientsMax; ++i) {
    net::PeerAddress address = ipv4(0);
    address.ip[0] = static_cast<uint8_t>(i);
    address.ip[1] = static_cast<uint8_t>(i >> 8);
    limiter.note_failure(address, 1000);
    EXPECT_EQ(limiter.seconds_to_wait(address, 1000), 60);
  }
}

}  // namespace
}  // namespace simdjwt::serve
