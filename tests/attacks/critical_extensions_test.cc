// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. A header parameter named in "crit" must be understood, or the token refused: with it
// an issuer can say "this token is only good under that extension", for instance a bound that an
// extension adds. Libraries that skip crit accept tokens that their issuer had restricted
// (CVE-2025-59420 and others; RFC 7515 section 4.1.11).
//
// The defence. crit is read, must be well-formed, and no extension is implemented.

#include <gtest/gtest.h>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

Verdict verdict_of_header(const std::string& members) {
  Judge judge;
  return judge(forge(R"({"alg":"HS256",)" + members + "}", kClaims));
}

TEST(CriticalExtensions, AreRefusedSinceNoneIsImplemented) {
  for (const char* members : {
           R"("crit":["x"],"x":1)",
           R"("x":1,"crit":["x"])",
           R"("crit":["exp"],"exp":1750003600)",
           R"("crit":["http://example.invalid/UNDEFINED"],"http://example.invalid/UNDEFINED":true)",
           R"("crit":["x","y"],"x":1,"y":2)",
           R"("\u0063rit":["x"],"x":1)",
           R"("crit":["x"],"\u0078":1)",
           R"("crit":["x"],"x":null)",
       }) {
    EXPECT_EQ(verdict_of_header(members), Verdict::kCritUnsupported) << members;
  }
}

TEST(CriticalExtensions, AreAListOfPresentAndDistinctNames) {
  for (const char* members : {
           R"("crit":[])", R"("crit":null)", R"("crit":"x","x":1)", R"("crit":{"x":1},"x":1)",
           R"("crit":true)", R"("crit":1)", R"("crit":[1])", R"("crit":[null])",
           R"("crit":[["x"]],"x":1)", R"("crit":["x",1],"x":1)",
           R"("crit":["x"])",                 // not present
           R"("crit":["x","x"],"x":1)",       // twice
           R"("crit":["x","\u0078"],"x":1)",  // twice, in two spellings
           R"("crit":["x"],"y":{"x":1})",     // present only deeper down
           R"("crit":["x"],"y":"\"x\":1")",   // present only in a text
       }) {
    EXPECT_EQ(verdict_of_header(members), Verdict::kCritMalformed) << members;
  }
}

TEST(CriticalExtensions, AreNotTheParametersOfTheStandardItself) {
  // RFC 7515 section 4.1.11 forbids to list what RFC 7515 and 7518 define.
  for (const char* members :
       {R"("crit":["alg"])", R"("crit":["crit"])", R"("crit":["kid"],"kid":"a")",
        R"("crit":["typ"],"typ":"JWT")", R"("crit":["enc"],"enc":"A128GCM")"}) {
    EXPECT_EQ(verdict_of_header(members), Verdict::kCritMalformed) << members;
  }
}

TEST(CriticalExtensions, AreRefusedBeforeTheSignatureIsLookedAt) {
  Judge judge;
  EXPECT_EQ(judge(forge(R"({"alg":"HS256","crit":["x"],"x":1})", kClaims, kOtherSecret)),
            Verdict::kCritUnsupported);
}

TEST(CriticalExtensions, AreNotMeantByOtherNames) {
  for (const char* members : {R"("Crit":["x"],"x":1)", R"("critical":["x"],"x":1)",
                              R"("x":{"crit":["x"]})", R"("x":"\"crit\":[\"x\"]")"}) {
    EXPECT_EQ(verdict_of_header(members), Verdict::kValid) << members;
  }
}

TEST(CriticalExtensions, AClaimOfThatNameIsOnlyAClaim) {
  Judge judge;
  EXPECT_EQ(judge(forge_claims(R"({"crit":["x"],"x":1})")), Verdict::kValid);
}

}  // namespace
}  // namespace simdjwt::testing
