// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/token_lines.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace simdjwt::serve {
namespace {

using Tokens = std::vector<std::string>;

// What comes out when `text` comes in pieces of `piece_bytes`; checks the sizes of the batches.
Tokens tokens_of(std::string_view text, size_t piece_bytes) {
  Tokens tokens;
  const auto judge = [&tokens](std::span<const std::string_view> batch) {
    EXPECT_FALSE(batch.empty());
    EXPECT_LE(batch.size(), TokenLines::kBatchMax);
    tokens.insert(tokens.end(), batch.begin(), batch.end());
    return TokenLines::kBatchMax;
  };
  TokenLines lines;
  for (; !text.empty(); text.remove_prefix(std::min(piece_bytes, text.size()))) {
    // Of its own size on the heap, so that a sanitizer sees who reads on.
    const std::vector<char> piece(text.begin(), text.begin() + std::min(piece_bytes, text.size()));
    EXPECT_EQ(lines.add({piece.data(), piece.size()}, TokenLines::kBatchMax, judge), piece.size());
  }
  lines.finish(judge);
  return tokens;
}

TEST(TokenLines, AreTheSameHoweverTheStreamIsCut) {
  for (const std::string text : {"a\nbb\nccc\n\n\ndddd\ne", "a\r\nbb\nccc\r\n\r\n\ndddd\r\ne"}) {
    for (size_t piece_bytes = 1; piece_bytes <= text.size(); ++piece_bytes) {
      EXPECT_EQ(tokens_of(text, piece_bytes), Tokens({"a", "bb", "ccc", "dddd", "e"}))
          << text << piece_bytes;
    }
  }
}

TEST(TokenLines, HaveALastOneWithOrWithoutItsEnd) {
  EXPECT_EQ(tokens_of("a\nb", 100), Tokens({"a", "b"}));
  EXPECT_EQ(tokens_of("a\nb\n", 100), Tokens({"a", "b"}));
}

TEST(TokenLines, LoseOneReturnAtTheirEndAndNoOther) {
  const Tokens expected({"a\r", "b\rc", "\r", "d\r"});
  for (const size_t piece_bytes : {1UL, 2UL, 3UL, 100UL}) {
    EXPECT_EQ(tokens_of("a\r\r\nb\rc\n\r\r\nd\r", piece_bytes), expected) << piece_bytes;
  }
}

TEST(TokenLines, AreNoneInNothingAndInEmptyLines) {
  EXPECT_EQ(tokens_of("", 1), Tokens());
  EXPECT_EQ(tokens_of("\n\n\n", 2), Tokens());
}

TEST(TokenLines, ComeInBatches) {
  std::string text;
  Tokens expected;
  for (size_t i = 0; i < 2 * TokenLines::kBatchMax + 1; ++i) {
    expected.push_back(std::to_string(i));
    text += expected.back() + '\n';
  }
  EXPECT_EQ(tokens_of(text, text.size()), expected);
  EXPECT_EQ(tokens_of(text, 7), expected);
}

TEST(TokenLines, StopWhereTheyAreToldToAndGoOnFromThere) {
  std::string text = "begun\na\r\n\nb\nc\nd";
  for (const size_t num_max : {1UL, 2UL, 3UL}) {
    Tokens tokens;
    size_t num_left = 0;
    const auto judge = [&](std::span<const std::string_view> batch) {
      EXPECT_LE(batch.size(), num_max);
      tokens.insert(tokens.end(), batch.begin(), batch.end());
      num_left -= std::min(num_left, batch.size());
      return num_left;
    };
    TokenLines lines;
    EXPECT_EQ(lines.add("be", 1, judge), 2u);
    for (std::string_view rest = std::string_view(text).substr(2); !rest.empty();) {
      num_left = num_max;
      const size_t num_before = tokens.size();
      rest.remove_prefix(lines.add(rest, num_max, judge));
      EXPECT_LE(tokens.size() - num_before, num_max);
    }
    lines.finish(judge);
    EXPECT_EQ(tokens, Tokens({"begun", "a", "b", "c", "d"})) << num_max;
  }
}

TEST(TokenLines, KeepOfAnEndlessLineOnlyWhatShowsItToBeTooLarge) {
  const std::string endless(10 * kTokenBytesMax, 'x');
  for (const size_t piece_bytes : {size_t{1000}, kTokenBytesMax, kTokenBytesMax + 1}) {
    const Tokens tokens = tokens_of(endless + "\nnext\n", piece_bytes);
    ASSERT_EQ(tokens.size(), 2) << piece_bytes;
    EXPECT_GT(tokens[0].size(), kTokenBytesMax);
    EXPECT_EQ(tokens[1], "next");
  }
}

TEST(TokenLines, KeepTheLongestTokenWhole) {
  const std::string longest(kTokenBytesMax, 'x');
  EXPECT_EQ(tokens_of(longest + "\n", 1000), Tokens({longest}));
  EXPECT_EQ(tokens_of(longest + "\r\n", 1000), Tokens({longest}));
}

TEST(TokenLines, KeepEnoughOfAReturnInALineThatIsTooLarge) {
  const std::string longest(kTokenBytesMax, 'x');
  const Tokens tokens = tokens_of(longest + "\rxxx\n", 1000);
  ASSERT_EQ(tokens.size(), 1u);
  EXPECT_GT(tokens[0].size(), kTokenBytesMax);
}

}  // namespace
}  // namespace simdjwt::serve
