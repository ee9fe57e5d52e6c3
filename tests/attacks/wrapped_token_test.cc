// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. Something in front of the verifier trims, decodes or cuts, and something behind it
// does not, or the other way round: a NUL ends the token for one and not for the other, "%2E" is a
// dot after decoding, "Bearer" stands inside. Each leniency is a second spelling, and a way to make
// two components see two tokens.
//
// The defence. The bytes given are the token, all of them. Nothing is trimmed or decoded.

#include <gtest/gtest.h>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

TEST(WrappedToken, IsRefusedWithAnythingInFrontOrBehind) {
  Judge judge;
  const std::string honest = forge_claims(kClaims);
  ASSERT_EQ(judge(honest), Verdict::kValid);
  for (const std::string& extra : {std::string(" "),        std::string("\n"),
                                   std::string("\r\n"),     std::string("\t"),
                                   std::string(1, '\0'),    std::string(64, '\0'),
                                   std::string("="),        std::string("\""),
                                   std::string("'"),        std::string("%"),
                                   std::string("%20"),      std::string("+"),
                                   std::string("/"),        std::string(","),
                                   std::string(";"),        std::string("~"),
                                   std::string("\x7f"),     std::string("\x80"),
                                   std::string("\xff"),     std::string("\xef\xbb\xbf"),
                                   std::string("\xc2\xa0"), std::string("Bearer ")}) {
    EXPECT_EQ(judge(extra + honest), Verdict::kBadBase64url) << extra;
    EXPECT_EQ(judge(honest + extra), Verdict::kBadBase64url) << extra;
  }
}

TEST(WrappedToken, IsNotDecodedOnceMore) {
  Judge judge;
  const std::string honest = forge_claims(kClaims);
  const size_t dot = honest.find('.');
  std::string percent = honest;
  percent.replace(dot, 1, "%2E");
  EXPECT_EQ(judge(percent), Verdict::kNotCompactJws);
  std::string letter = honest;
  letter.replace(0, 1, "%65");  // 'e'
  EXPECT_EQ(judge(letter), Verdict::kBadBase64url);
  EXPECT_EQ(judge(base64url(honest)), Verdict::kNotCompactJws);
}

TEST(WrappedToken, ANulEndsNothing) {
  Judge judge;
  const std::string honest = forge_claims(kClaims);
  const std::string other = forge_claims(R"({"sub":"mallory"})");
  EXPECT_EQ(judge(honest + '\0' + other.substr(0, 20)), Verdict::kBadBase64url);
  for (size_t i = 0; i < honest.size(); ++i) {
    std::string cut = honest;
    cut[i] = '\0';
    EXPECT_NE(judge(cut), Verdict::kValid) << i;
  }
}

TEST(WrappedToken, ATokenInsideATokenIsOnlyText) {
  // cty "JWT" announces a nested token (RFC 7519 section 5.2). Its text is not a claims object, and
  // it is not unwrapped.
  Judge judge;
  const std::string inner = forge_claims(kClaims);
  EXPECT_EQ(judge(forge(R"({"alg":"HS256","cty":"JWT"})", inner)), Verdict::kBadClaimsJson);
}

}  // namespace
}  // namespace simdjwt::testing
