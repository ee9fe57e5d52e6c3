// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "api/failure_limiter.h"

#include <gtest/gtest.h>

namespace simdjwt::api {
namespace {

using net::PeerAddress;

PeerAddress ipv4(uint8_t last) {
  PeerAddress address;
  address.family = PeerAddress::Family::kIpv4;
  address.ip = {192, 0, 2, last};
  return address;
}
PeerAddress ipv6(uint8_t network, uint8_t last) {
  PeerAddress address;
  address.family = PeerAddress::Family::kIpv6;
  address.ip[7] = network;
  address.ip[15] = last;
  return address;
}

class FailureLimiterTest : public ::testing::Test {
 protected:
  void fail(const PeerAddress& client, int64_t now, int times = FailureLimiter::kFailuresMax) {
    for (int i = 0; i < times; ++i) limiter_.note_failure(client, now);
  }

  static constexpr int64_t kNow = 1'795'420'800;
  FailureLimiter limiter_;
};

TEST_F(FailureLimiterTest, LetsPeopleMistypeAFewTimes) {
  fail(ipv4(1), kNow, FailureLimiter::kFailuresMax - 1);
  EXPECT_EQ(limiter_.seconds_to_wait(ipv4(1), kNow), 0);
  fail(ipv4(1), kNow, 1);
  EXPECT_EQ(limiter_.seconds_to_wait(ipv4(1), kNow), 60);
  EXPECT_EQ(limiter_.seconds_to_wait(ipv4(2), kNow), 0);
}

TEST_F(FailureLimiterTest, ForgivesAfterAMinute) {
  fail(ipv4(1), kNow);
  EXPECT_EQ(limiter_.seconds_to_wait(ipv4(1), kNow + 59), 1);
  EXPECT_EQ(limiter_.seconds_to_wait(ipv4(1), kNow + 60), 0);
  fail(ipv4(1), kNow + 60, 1);
  EXPECT_EQ(limiter_.seconds_to_wait(ipv4(1), kNow + 60), 0) << "counts anew";
}

TEST_F(FailureLimiterTest, TakesANetworkOfIpv6ForOneClient) {
  fail(ipv6(1, 1), kNow);
  EXPECT_EQ(limiter_.seconds_to_wait(ipv6(1, 2), kNow), 60);
  EXPECT_EQ(limiter_.seconds_to_wait(ipv6(2, 1), kNow), 0);
}

TEST_F(FailureLimiterTest, RemembersABoundedNumberOfClients) {
  for (size_t i = 0; i < 3 * FailureLimiter::kClientsMax; ++i) {
    PeerAddress client = ipv4(static_cast<uint8_t>(i));
    client.ip[2] = static_cast<uint8_t>(i >> 8);
    fail(client, kNow);
    EXPECT_EQ(limiter_.seconds_to_wait(client, kNow), 60);
  }
}

}  // namespace
}  // namespace simdjwt::api
