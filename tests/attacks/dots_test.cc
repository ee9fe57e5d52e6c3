// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. The dots of a token say what is what. Too few: a decoder reads a missing part as
// empty. Too many: a decoder that splits on every dot allocates a string for each, and a megabyte
// of dots becomes a hundred (CVE-2025-30204, CVE-2025-27144), or it drops the parts it does not
// expect, and a signature over something else is checked. Five parts are an encrypted token, which
// is not a signed one (CVE-2023-51774).
//
// The defence. Exactly two dots, counted only up to the fifth; three parts, none of them empty;
// five parts are named for what they are, and never decrypted.

#include <gtest/gtest.h>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

TEST(Dots, AreExactlyTwo) {
  Judge judge;
  const std::string honest = forge_claims(kClaims);
  ASSERT_EQ(judge(honest), Verdict::kValid);
  const std::string undotted = base64url(kHeader) + base64url(kClaims);
  for (const std::string& token : {
           std::string(),
           std::string("."),
           std::string(".."),
           std::string("..."),
           undotted,
           undotted + '.',
           base64url(kHeader) + '.' + base64url(kClaims),
           honest + '.',
           honest + ".AAAA",
           '.' + honest,
           "AAAA." + honest,
           honest + ".AAAA.BBBB.CCCC",
           honest + '.' + honest,
       }) {
    EXPECT_EQ(judge(token), Verdict::kNotCompactJws) << token;
  }
}

TEST(Dots, SeparateNoEmptyParts) {
  Judge judge;
  for (const char* token : {".e30.AAAA", "e30..AAAA", "e30.e30.", "..AAAA", "e30..", ".e30."}) {
    EXPECT_EQ(judge(token), Verdict::kNotCompactJws) << token;
  }
  // Also under a right tag.
  EXPECT_EQ(judge(sign_parts("", base64url(kClaims))), Verdict::kNotCompactJws);
  EXPECT_EQ(judge(sign_parts(base64url(kHeader), "")), Verdict::kNotCompactJws);
}

TEST(Dots, FourOfThemMakeAnEncryptedToken) {
  Judge judge;
  const std::string header = base64url(R"({"alg":"dir","enc":"A256GCM"})");
  EXPECT_EQ(judge(header + "..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA"),
            Verdict::kEncryptedToken);
  EXPECT_EQ(judge(header + ".AAAA.AAAA.AAAA.AAAA"), Verdict::kEncryptedToken);
  EXPECT_EQ(judge(forge_claims(kClaims) + ".AAAA.AAAA"), Verdict::kEncryptedToken);
  EXPECT_EQ(judge("...."), Verdict::kEncryptedToken);
}

TEST(Dots, ByTheThousandAreOneQuickRefusal) {
  Judge judge;
  EXPECT_EQ(judge(std::string(5, '.')), Verdict::kNotCompactJws);
  EXPECT_EQ(judge(std::string(kTokenBytesMax, '.')), Verdict::kNotCompactJws);
  EXPECT_EQ(judge(std::string(1000000, '.')), Verdict::kTokenTooLarge);
  EXPECT_EQ(judge("Bearer " + std::string(1000000, '.')), Verdict::kTokenTooLarge);
}

TEST(Dots, AreFoundAtEveryDistance) {
  // The dots lie anywhere in the blocks that a kernel looks at.
  Judge judge;
  for (size_t header_blanks = 0; header_blanks < 40; ++header_blanks) {
    const std::string header = std::string(kHeader) + std::string(header_blanks, ' ');
    for (size_t claims_blanks = 0; claims_blanks < 40; claims_blanks += 3) {
      const std::string token =
          forge(header, std::string(kClaims) + std::string(claims_blanks, ' '));
      EXPECT_EQ(judge(token), Verdict::kValid) << header_blanks << ", " << claims_blanks;
    }
  }
}

}  // namespace
}  // namespace simdjwt::testing
