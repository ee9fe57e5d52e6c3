// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. Two issuers share a key, or a verifier trusts several, and a token of one is shown
// where only the other is trusted. Comparisons that look for a part of the text, fold its case, cut
// it at a NUL or take any element of an array let "https://issuer.example.attacker.net" in
// (fast-jwt CVE-2025-30144, pyjwt GHSA-75c5-xw7c-p5pm).
//
// The defence. iss is one string, and equal byte for byte to one that is expected (RFC 7519 section
// 4.1.1, RFC 8725 section 3.8).

#include <gtest/gtest.h>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

constexpr const char* kIssuer = "https://issuer.example";

PolicyBuilder any_issuer_of(std::vector<std::string> issuers) {
  PolicyBuilder builder;
  builder.expect_iss_any_of(std::move(issuers)).ignore_aud().ignore_typ().allow_missing_exp();
  return builder;
}

std::string token_of(std::string_view iss_json) {
  return forge_claims(R"({"sub":"alice","iss":)" + std::string(iss_json) + "}");
}

TEST(WrongIssuer, IsOneByteAway) {
  PolicyBuilder builder;
  builder.expect_iss(kIssuer).ignore_aud().ignore_typ().allow_missing_exp();
  Judge judge(builder.build().value());
  ASSERT_EQ(judge(token_of(R"("https://issuer.example")")), Verdict::kValid);
  for (const char* iss : {
           R"("")",
           R"("h")",
           R"("https://issuer.exampl")",
           R"("https://issuer.example/")",
           R"("https://issuer.example.attacker.net")",
           R"("https://issuer.exampleX")",
           R"("xhttps://issuer.example")",
           R"(" https://issuer.example")",
           R"("https://issuer.example ")",
           R"("https://issuer.example\u0000")",
           R"("https://issuer.example\u0000.attacker.net")",
           R"("https://issuer.example\n")",
           R"("HTTPS://ISSUER.EXAMPLE")",
           R"("https://Issuer.example")",
           R"("http://issuer.example")",
           R"("https://issuer.example#")",
           R"("https://issuer%2eexample")",
           R"("https://issuer\uff0eexample")",
           R"("https://user@issuer.example")",
       }) {
    EXPECT_EQ(judge(token_of(iss)), Verdict::kIssMismatch) << iss;
  }
  EXPECT_EQ(judge(forge_claims(R"({"sub":"alice"})")), Verdict::kIssMissing);
}

TEST(WrongIssuer, OfManyExpectedIsStillWrong) {
  Judge judge(any_issuer_of({"https://a", "https://b", "https://c"}).build().value());
  for (const char* iss : {R"("https://a")", R"("https://b")", R"("https://c")"}) {
    EXPECT_EQ(judge(token_of(iss)), Verdict::kValid) << iss;
  }
  for (const char* iss : {R"("https://d")", R"("https://")", R"("https://ahttps://b")",
                          R"("https://a,https://b")", R"("https://a https://b")", R"("")"}) {
    EXPECT_EQ(judge(token_of(iss)), Verdict::kIssMismatch) << iss;
  }
}

TEST(WrongIssuer, DoesNotHideInAnArrayOrAnotherType) {
  Judge judge(any_issuer_of({kIssuer}).build().value());
  for (const char* iss :
       {R"(["https://issuer.example"])", R"(["https://attacker.net","https://issuer.example"])",
        R"({"https://issuer.example":1})", "null", "1", "true", "[]", "{}"}) {
    EXPECT_EQ(judge(token_of(iss)), Verdict::kBadIss) << iss;
  }
}

TEST(WrongIssuer, IsNotCorrectedByTheHeader) {
  // RFC 7519 section 5.3 lets claims be repeated in the header; they are not claims there.
  PolicyBuilder builder;
  builder.expect_iss(kIssuer).ignore_aud().ignore_typ().allow_missing_exp();
  Judge judge(builder.build().value());
  EXPECT_EQ(judge(forge(R"({"alg":"HS256","iss":"https://issuer.example"})", R"({"sub":"a"})")),
            Verdict::kIssMissing);
  EXPECT_EQ(judge(forge_claims(R"({"x":{"iss":"https://issuer.example"}})")), Verdict::kIssMissing);
}

}  // namespace
}  // namespace simdjwt::testing
