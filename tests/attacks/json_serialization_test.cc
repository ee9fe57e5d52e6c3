// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. JWS has two more forms, as JSON objects. A verifier that takes both has two parsers
// that can disagree: pyjwt's and others' users were given tokens that were compact to one component
// and JSON to the next, with different claims in each (Wycheproof: rejectsValidJsonSerialization).
//
// The defence. A JWT is compact (RFC 7519 section 1). A brace is no base64url, however many dots
// the text holds.

#include <gtest/gtest.h>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

std::string flattened(std::string_view more_members = "") {
  const std::string header = base64url(kHeader);
  const std::string payload = base64url(kClaims);
  const std::string tag = base64url(hmac_tag(Algorithm::kHs256, kSecret, header + '.' + payload));
  return R"({"payload":")" + payload + R"(","protected":")" + header + R"(","signature":")" + tag +
         '"' + std::string(more_members) + '}';
}

std::string general() {
  const std::string header = base64url(kHeader);
  const std::string payload = base64url(kClaims);
  const std::string tag = base64url(hmac_tag(Algorithm::kHs256, kSecret, header + '.' + payload));
  return R"({"payload":")" + payload + R"(","signatures":[{"protected":")" + header +
         R"(","signature":")" + tag + R"("}]})";
}

TEST(JsonSerialization, IsNoToken) {
  Judge judge;
  EXPECT_EQ(judge(flattened()), Verdict::kNotCompactJws);
  EXPECT_EQ(judge(general()), Verdict::kNotCompactJws);
  EXPECT_EQ(judge("{}"), Verdict::kNotCompactJws);
  EXPECT_EQ(judge(kHeader), Verdict::kNotCompactJws);
}

TEST(JsonSerialization, IsNoTokenWithTwoDotsInItEither) {
  Judge judge;
  EXPECT_EQ(judge(flattened(R"(,"header":{"url":"www.attacker.example"})")),
            Verdict::kBadBase64url);
  EXPECT_EQ(judge(R"({"a":".","b":"."})"), Verdict::kBadBase64url);
  EXPECT_EQ(judge(R"({"a":"....","b":1})"), Verdict::kEncryptedToken);
}

TEST(JsonSerialization, IsNoTokenAroundACompactOne) {
  Judge judge;
  const std::string honest = forge_claims(kClaims);
  EXPECT_EQ(judge('"' + honest + '"'), Verdict::kBadBase64url);
  EXPECT_EQ(judge(R"({"token":")" + honest + R"("})"), Verdict::kBadBase64url);
  EXPECT_EQ(judge('[' + honest + ']'), Verdict::kBadBase64url);
}

}  // namespace
}  // namespace simdjwt::testing
