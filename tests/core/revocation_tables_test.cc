// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What Revocations are made of, as one thread sees it. What verifiers make of it is in
// revocation_test.cc, what several threads see in concurrency/.

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>

#include "state/revocation_bits.h"
#include "state/tag_table.h"

namespace simdjwt::testing {
namespace {

using internal::RevocationBits;
using internal::Tag;
using internal::TagTable;

constexpr Tag::Key kKey = {1, 2, 3};

Tag tag(size_t number) { return {kKey, std::to_string(number)}; }

// --- Bits ---

TEST(RevocationBits, HoldsNothingAtFirst) {
  const RevocationBits bits;
  for (const uint32_t number : {0u, 1u, 65535u, 65536u, 4294967295u}) {
    EXPECT_FALSE(bits.contains(number)) << number;
  }
}

TEST(RevocationBits, HoldsExactlyWhatWasInserted) {
  RevocationBits bits;
  std::set<uint32_t> expected;
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const auto number = static_cast<uint32_t>(random() % (1u << (1 + random() % 21)));
    EXPECT_EQ(bits.insert(number), expected.insert(number).second) << number;
  }
  for (uint32_t number = 0; number < 1u << 22; ++number) {
    ASSERT_EQ(bits.contains(number), expected.contains(number)) << number;
  }
}

// Where one segment ends and the next begins.
TEST(RevocationBits, KeepsNeighboursApartAtEachPowerOfTwo) {
  for (uint32_t power = 1u << 10; power <= 1u << 26; power <<= 1) {
    RevocationBits bits;
    EXPECT_TRUE(bits.insert(power));
    EXPECT_FALSE(bits.contains(power - 1)) << power;
    EXPECT_FALSE(bits.contains(power + 1)) << power;
    EXPECT_FALSE(bits.contains(power ^ 64)) << power;
    EXPECT_FALSE(bits.contains(2 * power)) << power;
    EXPECT_TRUE(bits.insert(power - 1));
    EXPECT_TRUE(bits.contains(power));
    EXPECT_FALSE(bits.insert(power));
  }
}

// --- Tags ---

TEST(Tag, DependsOnKeyScopeAndText) {
  const Tag one(kKey, "text");
  EXPECT_EQ(one.first(), Tag(kKey, "text").first());
  EXPECT_EQ(one.second(), Tag(kKey, "text").second());
  EXPECT_NE(one.second(), Tag(kKey, "test").second());
  EXPECT_NE(one.second(), Tag(Tag::Key{9}, "text").second());
  EXPECT_NE(one.second(), Tag(one, "text").second());
  // Where the scope ends and the text begins makes a difference.
  EXPECT_NE(Tag(Tag(kKey, "ab"), "c").second(), Tag(Tag(kKey, "a"), "bc").second());
  EXPECT_NE(Tag(Tag(kKey, ""), "abc").second(), Tag(Tag(kKey, "abc"), "").second());
}

// The vector of the authors of SipHash for 128 bits: key 00..0f, input 00..0e; the lowest bit, 1
// there too, is ours.
TEST(Tag, IsSipHash) {
  Tag::Key key;
  std::string text;
  for (uint8_t i = 0; i < 16; ++i) key[i] = i;
  for (char i = 0; i < 15; ++i) text += i;
  const Tag tag(key, text);
  EXPECT_EQ(tag.first(), 0x11a8b03399e99354U | 1);
  EXPECT_EQ(tag.second(), 0xd9c3cf970fec087eU);
}

// --- Tables ---

TEST(TagTable, FindsExactlyWhatWasPutIn) {
  TagTable table;
  EXPECT_TRUE(table.is_unused());
  EXPECT_EQ(table.find(tag(0)), std::nullopt);
  for (size_t i = 0; i < 10'000; ++i) {
    table.raise(tag(i), static_cast<int64_t>(i) - 10);
    ASSERT_EQ(table.size(), i + 1);
  }
  EXPECT_FALSE(table.is_unused());
  for (size_t i = 0; i < 20'000; ++i) {
    const auto value = table.find(tag(i));
    ASSERT_EQ(value.has_value(), i < 10'000) << i;
    if (value) {
      ASSERT_EQ(*value, static_cast<int64_t>(i) - 10);
    }
  }
}

TEST(TagTable, RaisesValuesAndLowersNone) {
  TagTable table;
  table.raise(tag(1), 5);
  table.raise(tag(1), 3);
  EXPECT_EQ(table.find(tag(1)), 5);
  table.raise(tag(1), 8);
  EXPECT_EQ(table.find(tag(1)), 8);
  EXPECT_EQ(table.size(), 1u);
}

TEST(TagTable, ErasesWhatIsBelowAndNothingElse) {
  TagTable table;
  std::map<size_t, int64_t> expected;
  std::mt19937 random(2);
  for (int round = 0; round < 200; ++round) {
    for (int i = 0; i < 50; ++i) {
      const size_t number = random() % 4000;
      const int64_t value = round + static_cast<int64_t>(random() % 20);
      table.raise(tag(number), value);
      int64_t& old = expected.emplace(number, value).first->second;
      old = std::max(old, value);
    }
    const size_t num_erased =
        std::erase_if(expected, [&](const auto& entry) { return entry.second < round; });
    ASSERT_EQ(table.erase_below(round), num_erased);
    ASSERT_EQ(table.size(), expected.size());
    for (size_t number = 0; number < 4000; ++number) {
      const auto found = expected.find(number);
      ASSERT_EQ(table.find(tag(number)),
                found == expected.end() ? std::nullopt : std::optional(found->second))
          << number;
    }
  }
}

// What comes and goes at the same rate for ever takes no more and more room.
TEST(TagTable, StaysAsLargeAsWhatItHolds) {
  TagTable table;
  for (size_t i = 0; i < 400'000; ++i) {
    table.raise(tag(i), static_cast<int64_t>(i));
    if (i % 100 == 0) table.erase_below(static_cast<int64_t>(i) - 1000);
  }
  EXPECT_LE(table.size(), 1101u);
  EXPECT_LE(table.num_slots(), 4096u);
}

TEST(TagTable, IsEmptyAgainOnceEverythingWasErased) {
  TagTable table;
  for (size_t i = 0; i < 1000; ++i) table.raise(tag(i), 1);
  const size_t num_slots = table.num_slots();
  for (int round = 0; round < 100; ++round) {
    EXPECT_EQ(table.erase_below(2), 1000u);
    EXPECT_EQ(table.find(tag(1)), std::nullopt);
    for (size_t i = 0; i < 1000; ++i) table.raise(tag(i + 1000), 1);
  }
  EXPECT_EQ(table.num_slots(), num_slots);
}

}  // namespace
}  // namespace simdjwt::testing
