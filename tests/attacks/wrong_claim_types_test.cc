// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. A registered claim of another JSON type than the standard's: null, a list, a number.
// Verifiers that read "no string" as "no claim" skip the check; services behind them index users by
// the text "null" or "[object Object]" (jsonwebtoken CVE-2026-25537).
//
// The defence. Absent, right and malformed are three states. Malformed is an error with a verdict
// of its own, whether or not anybody asks for the claim.

#include <gtest/gtest.h>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

TEST(WrongClaimTypes, AreRefusedForStringsThatNobodyAskedFor) {
  struct {
    const char* claim;
    Verdict verdict;
  } constexpr kClaimsOfText[] = {
      {"iss", Verdict::kBadIss}, {"sub", Verdict::kBadSub}, {"jti", Verdict::kBadJti}};
  Judge judge;
  for (const auto& [claim, verdict] : kClaimsOfText) {
    const std::string name = std::string("{\"") + claim + "\":";
    for (const char* value :
         {"null", "true", "false", "0", "1.5", "[]", R"(["alice"])", "{}", R"({"id":"alice"})"}) {
      EXPECT_EQ(judge(forge_claims(name + value + "}")), verdict) << claim << ": " << value;
    }
    for (const char* value : {R"("")", R"("alice")", R"("null")", R"("\u0000")"}) {
      EXPECT_EQ(judge(forge_claims(name + value + "}")), Verdict::kValid) << claim << ": " << value;
    }
  }
}

TEST(WrongClaimTypes, AreFreeForClaimsThatAreNotRegistered) {
  Judge judge;
  for (const char* value : {"null", "true", "0", R"("x")", "[]", "{}"}) {
    EXPECT_EQ(judge(forge_claims(R"({"role":)" + std::string(value) + "}")), Verdict::kValid);
    EXPECT_EQ(judge(forge_claims(R"({"ISS":)" + std::string(value) + "}")), Verdict::kValid);
  }
}

TEST(WrongClaimTypes, AreRefusedInTheHeader) {
  Judge judge;
  for (const char* value : {"null", "true", "0", "[]", R"(["JWT"])", "{}"}) {
    for (const char* name : {"typ", "cty", "kid"}) {
      const std::string header = R"({"alg":"HS256",")" + std::string(name) + R"(":)" + value + "}";
      EXPECT_EQ(judge(forge(header, kClaims)), Verdict::kBadHeaderParameter) << header;
    }
  }
}

TEST(WrongClaimTypes, TheFirstInTheOrderOfTheStandardDecides) {
  // Exact verdicts do not depend on the order of the members.
  Judge judge;
  EXPECT_EQ(judge(forge_claims(R"({"jti":1,"exp":"x","sub":1,"iss":1})")), Verdict::kBadIss);
  EXPECT_EQ(judge(forge_claims(R"({"iss":1,"sub":1,"exp":"x","jti":1})")), Verdict::kBadIss);
  EXPECT_EQ(judge(forge_claims(R"({"jti":1,"iat":"x","nbf":"x","exp":"x"})")), Verdict::kBadExp);
}

}  // namespace
}  // namespace simdjwt::testing
