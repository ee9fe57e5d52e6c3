// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "net/deadlines.h"

#include <gtest/gtest.h>

#include <vector>

namespace simdjwt::net {
namespace {

std::vector<size_t> sweep(Deadlines& deadlines, uint64_t now_ms) {
  std::vector<size_t> expired;
  deadlines.sweep(now_ms, [&expired](size_t index) { expired.push_back(index); });
  return expired;
}

TEST(Deadlines, ExpireOnceAndNotBefore) {
  Deadlines deadlines(3);
  deadlines.set(0, 5000);
  deadlines.set(2, 4000);
  EXPECT_EQ(deadlines.next_sweep_ms(), 4000);
  EXPECT_EQ(sweep(deadlines, 3999), std::vector<size_t>());
  EXPECT_EQ(sweep(deadlines, 4000), std::vector<size_t>({2}));
  EXPECT_EQ(sweep(deadlines, 4999), std::vector<size_t>());
  EXPECT_EQ(sweep(deadlines, 9000), std::vector<size_t>({0}));
  EXPECT_EQ(deadlines.next_sweep_ms(), kNever);
}

TEST(Deadlines, AreMovedAndRemoved) {
  Deadlines deadlines(2);
  deadlines.set(0, 1000);
  deadlines.set(1, 1000);
  deadlines.set(0, 3000);
  deadlines.set(1, kNever);
  EXPECT_EQ(sweep(deadlines, 1000), std::vector<size_t>());
  EXPECT_EQ(deadlines.next_sweep_ms(), 3000);
  deadlines.set(0, 2000);
  EXPECT_EQ(deadlines.next_sweep_ms(), 2000);
  EXPECT_EQ(sweep(deadlines, 2000), std::vector<size_t>({0}));
}

TEST(Deadlines, MayBeSetAnewWhileTheyExpire) {
  Deadlines deadlines(1);
  deadlines.set(0, 1000);
  deadlines.sweep(1000, [&deadlines](size_t index) { deadlines.set(index, 2000); });
  EXPECT_EQ(deadlines.next_sweep_ms(), 2000);
  EXPECT_EQ(sweep(deadlines, 2000), std::vector<size_t>({0}));
}

// However dense they are, they do not keep the reactor busy.
TEST(Deadlines, AreSweptTenTimesASecondAtMost) {
  Deadlines deadlines(100);
  for (size_t i = 0; i < 100; ++i) deadlines.set(i, 1000 + i);
  EXPECT_EQ(sweep(deadlines, 1000).size(), 1);
  EXPECT_EQ(deadlines.next_sweep_ms(), 1100);
  EXPECT_EQ(sweep(deadlines, 1099).size(), 0);
  EXPECT_EQ(sweep(deadlines, 1100).size(), 99);
}

}  // namespace
}  // namespace simdjwt::net
