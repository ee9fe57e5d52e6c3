// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "bytes/constant_time.h"

#include <gtest/gtest.h>

#include <cstring>

#include "support/guarded_buffer.h"

namespace simdjwt::bytes {
namespace {

constexpr size_t kTagBytes[] = {0, 8, 32, 48, 64};

TEST(ConstantTimeEqual, AcceptsEqualTags) {
  uint8_t a[64];
  uint8_t b[64];
  for (size_t i = 0; i < 64; ++i) a[i] = b[i] = static_cast<uint8_t>(i * 37);
  for (const size_t num_bytes : kTagBytes) EXPECT_TRUE(constant_time_equal(a, b, num_bytes));
}

TEST(ConstantTimeEqual, RejectsADifferenceInAnyBit) {
  for (const size_t num_bytes : kTagBytes) {
    uint8_t a[64];
    uint8_t b[64];
    std::memset(a, 0x5a, sizeof(a));
    std::memset(b, 0x5a, sizeof(b));
    for (size_t bit = 0; bit < num_bytes * 8; ++bit) {
      b[bit / 8] = static_cast<uint8_t>(b[bit / 8] ^ (1 << bit % 8));
      EXPECT_FALSE(constant_time_equal(a, b, num_bytes)) << "bit " << bit << " of " << num_bytes;
      EXPECT_FALSE(constant_time_equal(b, a, num_bytes)) << "bit " << bit << " of " << num_bytes;
      b[bit / 8] = a[bit / 8];
    }
  }
}

// Differences that cancel out when words are added or XORed together.
TEST(ConstantTimeEqual, RejectsSwappedAndRepeatedWords) {
  uint8_t a[32] = {1};
  uint8_t b[32] = {};
  b[8] = 1;
  EXPECT_FALSE(constant_time_equal(a, b, 32));
  uint8_t twice[32] = {};
  twice[0] = twice[8] = 0x80;
  const uint8_t zero[32] = {};
  EXPECT_FALSE(constant_time_equal(twice, zero, 32));
}

TEST(ConstantTimeEqual, ReadsOnlyTheTags) {
  testing::GuardedBuffer buffer_a(64);
  testing::GuardedBuffer buffer_b(64);
  for (const size_t num_bytes : kTagBytes) {
    uint8_t* a = buffer_a.room_at_end(num_bytes);
    uint8_t* b = buffer_b.room_at_end(num_bytes);
    std::memset(a, 7, num_bytes);
    std::memset(b, 7, num_bytes);
    EXPECT_TRUE(constant_time_equal(a, b, num_bytes));
  }
}

TEST(ConstantTimeEqual, IgnoresWhatLiesBehindTheTags) {
  uint8_t a[64] = {};
  uint8_t b[64] = {};
  std::memset(b + 32, 0xff, 32);
  EXPECT_TRUE(constant_time_equal(a, b, 32));
}

}  // namespace
}  // namespace simdjwt::bytes
