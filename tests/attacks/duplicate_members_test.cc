// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. JSON objects may name a member twice, and readers differ in which one they see. One
// that takes the first `exp` and one that takes the last judge two different tokens; put a gateway
// of one kind before a service of the other, and a claim that was checked is not the claim that is
// used. Escapes hide the second one: "\u0065xp" is exp.
//
// The defence. RFC 7515 section 4 and RFC 7519 section 4 leave a choice between refusing and taking
// the last. We refuse, in header and claims, and compare names after unescaping.

#include <gtest/gtest.h>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

TEST(DuplicateMembers, AreRefusedInTheHeader) {
  Judge judge;
  for (const char* header : {
           R"({"alg":"HS256","alg":"none"})",
           R"({"alg":"none","alg":"HS256"})",
           R"({"alg":"HS256","alg":"HS256"})",
           R"({"alg":"HS256","kid":"a","kid":"b"})",
           R"({"alg":"HS256","typ":"JWT","typ":"JWT"})",
           R"({"alg":"HS256","x":1,"x":1})",
           R"({"alg":"HS256","":1,"":1})",
           R"({"alg":"HS256","\u0061lg":"HS256"})",
           R"({"\u0061lg":"HS256","a\u006cg":"HS256"})",
           R"({"alg":"HS256","x":{},"y":[],"\u0078":null})",
           R"({"alg":"HS256","\u00e9":1,"é":1})",
           R"({"alg":"HS256","\ud83d\ude00":1,"😀":1})",
           R"({"alg":"HS256","\/":1,"/":1})",
           R"({"alg":"HS256","\n":1,"\u000A":1})",
       }) {
    EXPECT_EQ(judge(forge(header, kClaims)), Verdict::kDuplicateHeaderName) << header;
  }
}

TEST(DuplicateMembers, AreRefusedInTheClaims) {
  Judge judge;
  for (const char* claims : {
           R"({"exp":1750003600,"exp":1749990000})",
           R"({"exp":1749990000,"exp":1750003600})",
           R"({"exp":1750003600,"exp":1750003600})",
           R"({"exp":1750003600,"\u0065xp":1749990000})",
           R"({"\u0065\u0078\u0070":1749990000,"exp":1750003600})",
           R"({"sub":"alice","sub":"mallory"})",
           R"({"sub":"alice","exp":1750003600,"s\u0075b":"mallory"})",
           R"({"aud":["a"],"aud":"b"})",
           R"({"role":"user","role":"admin"})",
           R"({"":1,"":2})",
       }) {
    EXPECT_EQ(judge(forge_claims(claims)), Verdict::kDuplicateClaim) << claims;
  }
}

TEST(DuplicateMembers, AreFoundWhereverTheyStand) {
  // Among many members, at every distance.
  Judge judge;
  constexpr int kMembers = 40;
  for (int first = 0; first < kMembers; first += 3) {
    for (int second = first + 1; second < kMembers; second += 5) {
      std::string claims = "{";
      for (int i = 0; i < kMembers; ++i) {
        if (i > 0) claims += ',';
        claims += "\"claim-" + std::to_string(i == second ? first : i) + "\":" + std::to_string(i);
      }
      claims += '}';
      EXPECT_EQ(judge(forge_claims(claims)), Verdict::kDuplicateClaim) << first << ", " << second;
    }
  }
}

TEST(DuplicateMembers, AreNotNamesThatOnlyResembleOneAnother) {
  Judge judge;
  for (const char* claims : {
           R"({"exp":1750003600,"Exp":1,"EXP":1,"ex":1,"expp":1,"exp ":1," exp":1})",
           R"({"exp":1750003600,"exp\u0000":1})",
           R"({"a":1,"\u0061a":1,"aa\u0000":1})",
           R"({"\\u0061":1,"a":1})",  // a backslash, then u0061
           R"({"é":1,"e\u0301":1})",  // equal only under Unicode normalisation, which JWS forbids
           R"({"sub":"exp","iss":"sub"})",
       }) {
    EXPECT_EQ(judge(forge_claims(claims)), Verdict::kValid) << claims;
  }
}

TEST(DuplicateMembers, OfNestedObjectsAreNotOurs) {
  // Names of one object only: the same name deeper down is another member.
  Judge judge;
  for (const char* claims : {
           R"({"exp":1750003600,"x":{"exp":1}})",
           R"({"x":{"a":1},"y":{"a":1}})",
           R"({"x":[{"a":1},{"a":2}]})",
       }) {
    EXPECT_EQ(judge(forge_claims(claims)), Verdict::kValid) << claims;
  }
  EXPECT_EQ(judge(forge(R"({"x":{"alg":"none"},"alg":"HS256"})", kClaims)), Verdict::kValid);
}

}  // namespace
}  // namespace simdjwt::testing
