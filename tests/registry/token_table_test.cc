// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/token_table.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>

namespace simdjwt::registry {
namespace {

std::string jti(TokenIndex index) { return make_jti(index).value(); }

TEST(TokenTable, HoldsATokenOfItsAccountByItsWholeJti) {
  TokenTable table;
  const std::string one = jti(5);
  EXPECT_FALSE(table.holds(5, one, 1));
  ASSERT_TRUE(table.insert(5, one, 1).ok());
  EXPECT_TRUE(table.holds(5, one, 1));
  EXPECT_FALSE(table.holds(5, one, 2));
  EXPECT_FALSE(table.holds(5, one, 0));
  EXPECT_FALSE(table.holds(4, one, 1));
  EXPECT_FALSE(table.holds(5, jti(5), 1)) << "of the same index";
  EXPECT_FALSE(table.holds(5, one.substr(1), 1));
  EXPECT_FALSE(table.holds(6, one, 0)) << "none is of no account";
}

TEST(TokenTable, KeepsTheFirstJtiOfAnIndex) {
  TokenTable table;
  const std::string one = jti(5);
  ASSERT_TRUE(table.insert(5, one, 1).ok());
  ASSERT_TRUE(table.insert(5, one, 1).ok());
  EXPECT_TRUE(table.holds(5, one, 1));
}

TEST(TokenTable, RefusesNumbersThatItHasNoRoomFor) {
  TokenTable table;
  EXPECT_FALSE(table.insert(TokenIndex{1} << 32, jti(5), 1).ok());
  EXPECT_FALSE(table.insert(5, jti(5), int64_t{1} << 32).ok());
  EXPECT_FALSE(table.insert(5, jti(5), 0).ok());
  EXPECT_FALSE(table.insert(5, "short", 1).ok());
  EXPECT_FALSE(table.associate(5, int64_t{1} << 32).ok());
  EXPECT_FALSE(table.associate(5, int64_t{1} << 31).ok());
  EXPECT_FALSE(table.associate(TokenIndex{1} << 32, 1).ok());
  EXPECT_FALSE(table.is_associated(TokenIndex{1} << 32, 1));
  EXPECT_FALSE(table.is_associated(5, 0)) << "a place that is free is no server";
}

TEST(TokenTable, AssociatesExactlyWhatItIsTold) {
  TokenTable table;
  std::map<TokenIndex, std::set<ServerId>> expected;
  std::mt19937 random(3);
  for (int i = 0; i < 20'000; ++i) {
    const TokenIndex token = random() % 10 == 0 ? 7 : random() % 3000;
    const auto server = static_cast<ServerId>(1 + random() % 40);
    if (random() % 3 != 0) {
      ASSERT_TRUE(table.associate(token, server).ok());
      expected[token].insert(server);
    } else {
      table.dissociate(token, server);
      expected[token].erase(server);
    }
  }
  for (TokenIndex token = 0; token < 3000; ++token) {
    for (ServerId server = 1; server <= 40; ++server) {
      ASSERT_EQ(table.is_associated(token, server), expected[token].contains(server))
          << token << " at " << server;
    }
  }
}

}  // namespace
}  // namespace simdjwt::registry
