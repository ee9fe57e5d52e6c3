// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. Finding duplicate names, or a claim by its name, compares names: a token with
// thousands of members costs the square of that, and one whose names collide in a hash table the
// same.
//
// The defence. The members of header and claims are bounded.

#include <gtest/gtest.h>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

std::string object_with_members(size_t num_members, std::string_view first = R"("alg":"HS256")") {
  std::string object = "{" + std::string(first);
  for (size_t i = 1; i < num_members; ++i) object += ",\"m" + std::to_string(i) + "\":1";
  return object + "}";
}

TEST(ManyMembers, AreRefusedBeyondTheirBound) {
  Judge judge;
  EXPECT_EQ(judge(forge_claims(object_with_members(kMembersMax - 1))), Verdict::kValid);
  EXPECT_EQ(judge(forge_claims(object_with_members(kMembersMax))), Verdict::kValid);
  EXPECT_EQ(judge(forge_claims(object_with_members(kMembersMax + 1))), Verdict::kBadClaimsJson);
  EXPECT_EQ(judge(forge_claims(object_with_members(500))), Verdict::kBadClaimsJson);
}

TEST(ManyMembers, AreRefusedInTheHeader) {
  Judge judge;
  EXPECT_EQ(judge(forge(object_with_members(kMembersMax), kClaims)), Verdict::kValid);
  EXPECT_EQ(judge(forge(object_with_members(kMembersMax + 1), kClaims)), Verdict::kBadHeaderJson);
}

TEST(ManyMembers, AreCountedInTheOuterObjectOnly) {
  Judge judge;
  std::string nested = R"({"x":)" + object_with_members(400) + "}";
  EXPECT_EQ(judge(forge_claims(nested)), Verdict::kValid);
}

TEST(ManyMembers, TheLastOfThemCountsLikeTheFirst) {
  Judge judge;
  std::string claims = object_with_members(kMembersMax - 1);
  claims.back() = ',';
  EXPECT_EQ(judge(forge_claims(claims + R"("exp":1749990000})")), Verdict::kExpired);
  EXPECT_EQ(judge(forge_claims(claims + R"("alg":1})")), Verdict::kDuplicateClaim);
  EXPECT_EQ(judge(forge_claims(claims + R"("m126":1})")), Verdict::kDuplicateClaim);
}

}  // namespace
}  // namespace simdjwt::testing
