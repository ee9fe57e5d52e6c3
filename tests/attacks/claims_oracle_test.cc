// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. A verifier that reads claims before it has checked the signature tells anyone what it
// thinks of any claims: which issuer it expects, whether a token has expired, whether an id is
// revoked. It also runs its JSON reader and its tables on bytes that nobody has signed. And where
// "expired" and "wrongly signed" can be reported together, callers test the wrong one of the two
// (golang-jwt CVE-2024-51744).
//
// The defence. Nothing of the claims is looked at before the signature passed. A failed signature
// is the whole result.

#include <gtest/gtest.h>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

constexpr const char* kBadClaims[] = {
    R"({"exp":1})",
    R"({"nbf":9999999999})",
    R"({"iss":"https://attacker.example"})",
    R"({"iss":1})",
    R"({"exp":1,"exp":2})",
    R"({"x":@})",
    "no json",
    "\xff",
};

TEST(ClaimsOracle, TellsNothingUnderABadSignature) {
  PolicyBuilder builder;
  builder.expect_iss("https://issuer.example").expect_aud("api").ignore_typ().expect_exp();
  Judge judge(builder.build().value());
  for (const char* claims : kBadClaims) {
    EXPECT_EQ(judge(forge(kHeader, claims, kOtherSecret)), Verdict::kBadSignature) << claims;
    EXPECT_NE(judge(forge(kHeader, claims)), Verdict::kBadSignature) << claims;
  }
}

TEST(ClaimsOracle, TellsNothingWhenAllFailuresAreCollected) {
  const Verifier verifier(KeySet::of(make_key()),
                          lenient().require_claim("x").collect_all_failures().build().value());
  Scratch scratch;
  for (const char* claims : kBadClaims) {
    const VerifyResult result =
        verifier.verify(forge(kHeader, claims, kOtherSecret), scratch, kNow);
    EXPECT_EQ(result.verdict(), Verdict::kBadSignature) << claims;
    VerdictSet alone;
    alone.add(Verdict::kBadSignature);
    EXPECT_TRUE(result.failures() == alone) << claims;
  }
}

TEST(ClaimsOracle, TellsNothingOfTypBeforeTheSignature) {
  // typ stands in the header, but it is the policy's to judge.
  PolicyBuilder builder;
  builder.ignore_iss().ignore_aud().allow_missing_exp().expect_typ("at+jwt");
  Judge judge(builder.build().value());
  EXPECT_EQ(judge(forge(kHeader, kClaims)), Verdict::kTypMismatch);
  EXPECT_EQ(judge(forge(kHeader, kClaims, kOtherSecret)), Verdict::kBadSignature);
}

}  // namespace
}  // namespace simdjwt::testing
