// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. A token is read before anybody knows who sent it. A megabyte of base64, a header of
// 64 KiB, a signature longer than the buffer it is decoded into: each costs its sender nothing.
// HAProxy overflowed a buffer with a signature of 21,830 characters, before it verified anything.
//
// The defence. Length is the first check, in one comparison, and each part has a bound of its own
// that is checked before the part is decoded (limits.h).

#include <gtest/gtest.h>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

// A right token of exactly `num_chars` characters.
std::string token_of_length(size_t num_chars) {
  for (size_t header_blanks = 0; header_blanks < 8; ++header_blanks) {
    const std::string header = std::string(kHeader) + std::string(header_blanks, ' ');
    const size_t others = base64url(header).size() + 2 + 43;
    const size_t payload_chars = num_chars - others;
    if (payload_chars % 4 == 1) continue;
    std::string claims = R"({"exp":1750003600})";
    claims.append(payload_chars / 4 * 3 + payload_chars % 4 * 3 / 4 - claims.size(), ' ');
    return forge(header, claims);
  }
  return "";
}

// A right token with a header of exactly `num_chars` characters, a multiple of 4.
std::string token_with_header_of_length(size_t num_chars) {
  std::string header(kHeader);
  header.append(num_chars / 4 * 3 - header.size(), ' ');
  return forge(header, kClaims);
}

TEST(OversizedToken, IsRefusedByItsLength) {
  Judge judge;
  for (size_t num_chars = kTokenBytesMax - 8; num_chars <= kTokenBytesMax; ++num_chars) {
    const std::string token = token_of_length(num_chars);
    ASSERT_EQ(token.size(), num_chars);
    EXPECT_EQ(judge(token), Verdict::kValid) << num_chars;
  }
  for (size_t num_chars = kTokenBytesMax + 1; num_chars <= kTokenBytesMax + 8; ++num_chars) {
    const std::string token = token_of_length(num_chars);
    ASSERT_EQ(token.size(), num_chars);
    EXPECT_EQ(judge(token), Verdict::kTokenTooLarge) << num_chars;
  }
}

TEST(OversizedToken, IsRefusedWhateverItHolds) {
  Judge judge;
  for (const char filling : {'A', '.', '=', '\0', '\xff', '{', '['}) {
    EXPECT_EQ(judge(std::string(1 << 20, filling)), Verdict::kTokenTooLarge);
  }
  const std::string honest = forge_claims(kClaims);
  EXPECT_EQ(judge(honest + std::string(kTokenBytesMax, 'A')), Verdict::kTokenTooLarge);
  EXPECT_EQ(judge(honest + std::string(kTokenBytesMax, ' ')), Verdict::kTokenTooLarge);
}

TEST(OversizedToken, HasABoundForItsHeader) {
  Judge judge;
  static_assert(kHeaderCharsMax % 4 == 0);
  EXPECT_EQ(judge(token_with_header_of_length(kHeaderCharsMax)), Verdict::kValid);
  EXPECT_EQ(judge(token_with_header_of_length(kHeaderCharsMax + 4)), Verdict::kHeaderTooLarge);
  EXPECT_EQ(judge(token_with_header_of_length(3 * kHeaderCharsMax)), Verdict::kHeaderTooLarge);
}

TEST(OversizedToken, HasOneLengthForItsSignature) {
  Judge judge;
  const std::string input = base64url(kHeader) + '.' + base64url(kClaims);
  for (const size_t length : {48u, 64u, 256u, 512u, 1024u, 4096u, 6000u}) {
    EXPECT_EQ(judge(input + '.' + base64url(std::string(length, 's'))),
              Verdict::kBadSignatureLength)
        << length;
  }
  EXPECT_EQ(judge(input + '.' + std::string(21830, 'A')), Verdict::kTokenTooLarge);
  EXPECT_EQ(judge(input + '.' + std::string(65536, 'A')), Verdict::kTokenTooLarge);
}

}  // namespace
}  // namespace simdjwt::testing
