// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. RFC 7518 section 3.6 defines an algorithm "none": a token without a signature. In
// 2015 many libraries let the token say so itself, and everyone could write tokens. When the exact
// word was refused, "None" and "nOnE" still went through. So the attacker takes a token apart,
// replaces its header, edits the claims, and sends it without a signature, with an old one, or, if
// he happens to own a key, with a right one.
//
// The defence. "none" has no value in Algorithm; the key decides, and every spelling is refused
// with a verdict of its own, so that an operator sees who tries (RFC 8725 sections 3.1 and 3.2).

#include <gtest/gtest.h>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

std::string header_with_alg(std::string_view alg) {
  return R"({"alg":")" + std::string(alg) + R"(","typ":"JWT"})";
}

TEST(AlgNone, IsRefusedInEverySpellingEvenWithARightTag) {
  Judge judge;
  for (unsigned cases = 0; cases < 16; ++cases) {
    std::string alg = "none";
    for (unsigned i = 0; i < 4; ++i) {
      if ((cases >> i & 1) != 0) alg[i] = static_cast<char>(alg[i] - 'a' + 'A');
    }
    EXPECT_EQ(judge(forge(header_with_alg(alg), kClaims)), Verdict::kAlgNone) << alg;
  }
}

TEST(AlgNone, IsRefusedWhenSpeltWithEscapes) {
  Judge judge;
  for (const char* alg : {R"(\u006eone)", R"(n\u006Fne)", R"(\u006e\u006f\u006e\u0065)"}) {
    EXPECT_EQ(judge(forge(header_with_alg(alg), kClaims)), Verdict::kAlgNone) << alg;
  }
  EXPECT_EQ(judge(forge(R"({"\u0061lg":"none"})", kClaims)), Verdict::kAlgNone);
}

TEST(AlgNone, IsRefusedWithoutASignature) {
  // An unsecured JWS ends in a dot (RFC 7519 section 6.1). An empty part is no token to us.
  Judge judge;
  const std::string unsigned_token =
      base64url(header_with_alg("none")) + '.' + base64url(kClaims) + '.';
  EXPECT_EQ(judge(unsigned_token), Verdict::kNotCompactJws);
}

TEST(AlgNone, IsRefusedWithTheSignatureOfAnotherToken) {
  Judge judge;
  const std::string honest = forge_claims(kClaims);
  ASSERT_EQ(judge(honest), Verdict::kValid);
  const std::string forged = base64url(header_with_alg("none")) + honest.substr(honest.find('.'));
  EXPECT_EQ(judge(forged), Verdict::kAlgNone);
}

TEST(AlgNone, IsRefusedWhateverHidesBesideIt) {
  Judge judge;
  for (const char* header : {
           R"({"alg":"none","kid":""})",
           R"({"alg":"none","enc":"none"})",
           R"({"typ":"JWT","alg":"none"})",
           R"( { "alg" : "none" } )",
       }) {
    EXPECT_EQ(judge(forge(header, kClaims)), Verdict::kAlgNone) << header;
  }
}

TEST(AlgNone, IsNotMetByWordsThatOnlyLookLikeIt) {
  Judge judge;
  for (const char* alg : {"none ", " none", "nonee", "non", "no\\u0000ne", "none\\u0000", "null",
                          "", "undefined", "n\\u00f6ne"}) {
    EXPECT_EQ(judge(forge(header_with_alg(alg), kClaims)), Verdict::kAlgUnsupported) << alg;
  }
}

TEST(AlgNone, ASignedTokenNamesItsAlgorithm) {
  Judge judge;
  EXPECT_EQ(judge(forge(R"({"typ":"JWT"})", kClaims)), Verdict::kAlgMissing);
  EXPECT_EQ(judge(forge("{}", kClaims)), Verdict::kAlgMissing);
  for (const char* header : {R"({"alg":null})", R"({"alg":true})", R"({"alg":256})",
                             R"({"alg":["HS256"]})", R"({"alg":{"HS256":1}})"}) {
    EXPECT_EQ(judge(forge(header, kClaims)), Verdict::kBadHeaderParameter) << header;
  }
}

}  // namespace
}  // namespace simdjwt::testing
