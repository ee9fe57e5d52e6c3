// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. Send no signature, half of one, a longer one, or one of zeros, and hope that the
// comparison runs over the attacker's length, stops at a NUL, or that a failed computation left
// zeros to compare with (CVE-2020-28042 and its kin).
//
// The defence. The length of the decoded signature must be exactly that of the algorithm before
// anything is compared, and all bytes are compared.

#include <gtest/gtest.h>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

const std::string kInput = base64url(kHeader) + '.' + base64url(kClaims);

std::string token_with_tag(std::string_view tag) { return kInput + '.' + base64url(tag); }

TEST(MissingSignature, AnEmptyOneIsNoToken) {
  Judge judge;
  EXPECT_EQ(judge(kInput + '.'), Verdict::kNotCompactJws);
  EXPECT_EQ(judge(kInput), Verdict::kNotCompactJws);
}

TEST(MissingSignature, EveryOtherLengthIsRefused) {
  Judge judge;
  const std::string tag = hmac_tag(Algorithm::kHs256, kSecret, kInput);
  ASSERT_EQ(judge(token_with_tag(tag)), Verdict::kValid);
  for (size_t length = 1; length < 32; ++length) {
    EXPECT_EQ(judge(token_with_tag(tag.substr(0, length))), Verdict::kBadSignatureLength) << length;
  }
  for (size_t extra = 1; extra <= 100; ++extra) {
    EXPECT_EQ(judge(token_with_tag(tag + std::string(extra, '\0'))), Verdict::kBadSignatureLength)
        << extra;
  }
  EXPECT_EQ(judge(token_with_tag(tag + tag)), Verdict::kBadSignatureLength);
}

TEST(MissingSignature, ZerosAndOnesAreNoSignature) {
  Judge judge;
  EXPECT_EQ(judge(token_with_tag(std::string(32, '\0'))), Verdict::kBadSignature);
  EXPECT_EQ(judge(token_with_tag(std::string(32, '\xff'))), Verdict::kBadSignature);
}

TEST(MissingSignature, ATagWithAZeroByteInFrontIsComparedToItsEnd) {
  // strcmp() would call any two tags equal that begin with NUL. Look for claims whose right tag
  // does, then change what stands behind it.
  for (int i = 0; i < 100000; ++i) {
    const std::string input =
        base64url(kHeader) + '.' + base64url(R"({"n":)" + std::to_string(i) + "}");
    std::string tag = hmac_tag(Algorithm::kHs256, kSecret, input);
    if (tag[0] != '\0') continue;
    Judge judge;
    EXPECT_EQ(judge(input + '.' + base64url(tag)), Verdict::kValid);
    for (size_t k = 1; k < tag.size(); ++k) {
      std::string other = tag;
      other[k] = static_cast<char>(other[k] ^ 1);
      EXPECT_EQ(judge(input + '.' + base64url(other)), Verdict::kBadSignature) << k;
    }
    return;
  }
  FAIL() << "no tag with a zero byte in front";
}

TEST(MissingSignature, TheTagOfOtherPartsIsNone) {
  // Not over the decoded bytes, not without the dot, not over one part alone.
  Judge judge;
  const std::string decoded = std::string(kHeader) + '.' + std::string(kClaims);
  const std::string undotted = base64url(kHeader) + base64url(kClaims);
  for (const std::string& message :
       {decoded, undotted, base64url(kHeader), base64url(kClaims), kInput + '.', std::string()}) {
    EXPECT_EQ(judge(token_with_tag(hmac_tag(Algorithm::kHs256, kSecret, message))),
              Verdict::kBadSignature)
        << message;
  }
}

}  // namespace
}  // namespace simdjwt::testing
