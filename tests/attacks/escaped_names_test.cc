// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. "\u0065xp" is the name exp to every JSON reader, but not to code that compares the
// raw bytes of names, as fast readers do. Where the issuer writes claims that a user can name, or
// the signer is another library, an expired token with an escaped exp has no exp at all for such a
// verifier: it never expires.
//
// The defence. Names are compared after unescaping, in header and claims.

#include <gtest/gtest.h>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

TEST(EscapedNames, AreTheClaimsTheySpell) {
  Judge judge;
  EXPECT_EQ(judge(forge_claims(R"({"\u0065xp":1749990000})")), Verdict::kExpired);
  EXPECT_EQ(judge(forge_claims(R"({"\u0065\u0078\u0070":1749990000})")), Verdict::kExpired);
  EXPECT_EQ(judge(forge_claims(R"({"e\u0078p":"1750003600"})")), Verdict::kBadExp);
  EXPECT_EQ(judge(forge_claims(R"({"nb\u0066":1750003600})")), Verdict::kNotYetValid);
  EXPECT_EQ(judge(forge_claims(R"({"i\u0061t":1750003600})")), Verdict::kIssuedInFuture);
  EXPECT_EQ(judge(forge_claims(R"({"\u0069ss":1})")), Verdict::kBadIss);
  EXPECT_EQ(judge(forge_claims(R"({"\u0073ub":1})")), Verdict::kBadSub);
  EXPECT_EQ(judge(forge_claims(R"({"\u0061ud":1})")), Verdict::kBadAud);
  EXPECT_EQ(judge(forge_claims(R"({"\u006ati":1})")), Verdict::kBadJti);
}

TEST(EscapedNames, SatisfyWhatThePolicyExpects) {
  PolicyBuilder builder;
  builder.expect_iss("https://issuer").expect_aud("api").expect_typ("JWT").expect_exp();
  Judge judge(builder.build().value());
  EXPECT_EQ(judge(forge(R"({"alg":"HS256","\u0074yp":"\u004aWT"})",
                        R"({"\u0069ss":"https:\/\/issuer","\u0061ud":["\u0061pi"],)"
                        R"("\u0065xp":1750003600})")),
            Verdict::kValid);
}

TEST(EscapedNames, AreFoundByRules) {
  PolicyBuilder builder = lenient();
  builder.forbid_claim("debug").expect_string("role", "user");
  Judge judge(builder.build().value());
  EXPECT_EQ(judge(forge_claims(R"({"\u0072ole":"\u0075ser"})")), Verdict::kValid);
  EXPECT_EQ(judge(forge_claims(R"({"role":"user","d\u0065bug":true})")), Verdict::kClaimForbidden);
}

TEST(EscapedNames, OtherSpellingsOfLettersAreOtherNames) {
  Judge judge;
  for (const char* claims : {
           R"({"\\u0065xp":1})",  // a backslash and letters
           R"({"\u0045xp":1})",   // Exp
           R"({"\uff45xp":1})",   // full-width e
           R"({"\u0435xp":1})",   // Cyrillic e
           R"({"e\u0000xp":1})",  // a NUL inside
           R"({"exp\u200b":1})",  // a zero-width blank behind
           R"({"\u00e9xp":1})",
       }) {
    EXPECT_EQ(judge(forge_claims(claims)), Verdict::kValid) << claims;
  }
}

}  // namespace
}  // namespace simdjwt::testing
