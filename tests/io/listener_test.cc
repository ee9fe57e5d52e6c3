// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "net/listener.h"

#include <gtest/gtest.h>

#include <vector>

namespace simdjwt::net {
namespace {

TEST(SocketAddress, ReadsBothFamilies) {
  for (const char* text : {"127.0.0.1:8080", "0.0.0.0:0", "[::1]:65535", "[::]:1"}) {
    const auto address = SocketAddress::parse(text);
    ASSERT_TRUE(address.ok()) << text;
    EXPECT_EQ(address->to_string(), text);
  }
  EXPECT_EQ(SocketAddress::parse("[::1]:8080")->port(), 8080);
}

TEST(SocketAddress, RefusesEverythingElse) {
  for (const char* text :
       {"", ":", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536",
        "127.0.0.1:-1", "127.0.0.1:+1", "127.0.0.1: 1", "127.0.0.1:1 ", "127.1:80", "localhost:80",
        "::1:80", "[::1:80", "[127.0.0.1]:80", "256.0.0.1:80", "http://127.0.0.1:80"}) {
    EXPECT_FALSE(SocketAddress::parse(text).ok()) << text;
  }
}

TEST(ListenerGroup, SharesOneAddressAmongItsSockets) {
  auto group = ListenerGroup::listen(*SocketAddress::parse("127.0.0.1:0"), 3);
  ASSERT_TRUE(group.ok()) << group.status();
  EXPECT_EQ(group->sockets().size(), 3);
  EXPECT_NE(group->address().port(), 0);
}

// Also for a group: SO_REUSEPORT must not let two servers share a port by mistake.
TEST(ListenerGroup, RefusesAnAddressThatIsTaken) {
  for (const size_t num_sockets : std::vector<size_t>{1, 2}) {
    auto first = ListenerGroup::listen(*SocketAddress::parse("127.0.0.1:0"), num_sockets);
    ASSERT_TRUE(first.ok()) << first.status();
    auto second = ListenerGroup::listen(first->address(), num_sockets);
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.status().message(),
              "cannot listen on " + first->address().to_string() +
                  ": Address already in use (another process listens there)");
  }
}

}  // namespace
}  // namespace simdjwt::net
