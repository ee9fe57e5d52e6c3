// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// Inputs on which JWT libraries are known to differ, and what is right: HS256, a good tag over the
// bytes as they are, the clock at 1750000000.

#include <gtest/gtest.h>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

struct Case {
  const char* json;
  Verdict verdict;
};

void expect_header_verdicts(std::initializer_list<Case> cases) {
  Judge judge;
  for (const Case& c : cases) EXPECT_EQ(judge(forge(c.json, kClaims)), c.verdict) << c.json;
}

void expect_claims_verdicts(std::initializer_list<Case> cases) {
  Judge judge;
  for (const Case& c : cases) EXPECT_EQ(judge(forge_claims(c.json)), c.verdict) << c.json;
}

TEST(JsonEdges, OfHeaders) {
  expect_header_verdicts({
      {R"({"alg":"HS256","alg":"none"})", Verdict::kDuplicateHeaderName},
      {R"({"alg":"none","alg":"HS256"})", Verdict::kDuplicateHeaderName},
      {R"({"\u0061lg":"HS256"})", Verdict::kValid},
      {R"({"x":{"alg":"none"},"alg":"HS256"})", Verdict::kValid},
      {R"({"alg":"HS256","unknown":[{"a":null}]})", Verdict::kValid},
      {"\r\n {\t\"alg\" : \"HS256\" }\n", Verdict::kValid},
      {R"({"alg":"HS256","\u0063rit":["x"],"x":1})", Verdict::kCritUnsupported},
      {"\xef\xbb\xbf{\"alg\":\"HS256\"}", Verdict::kBadHeaderJson},
      {R"({"alg":"HS256","x":"\ud800"})", Verdict::kBadHeaderJson},
      {R"({"alg":"\u0048S256"})", Verdict::kValid},
      {R"({"alg":"hs256"})", Verdict::kAlgUnsupported},
      {R"({"alg":"HS256 "})", Verdict::kAlgUnsupported},
      {R"({"alg":"HS256\u0000"})", Verdict::kAlgUnsupported},
      {R"({"x":"\"alg\":\"HS256\""})", Verdict::kAlgMissing},
  });
}

TEST(JsonEdges, OfClaims) {
  expect_claims_verdicts({
      {R"({"exp":1750003600,"x":@})", Verdict::kBadClaimsJson},
      {R"({"exp":1750003600}x)", Verdict::kBadClaimsJson},
      {R"({"exp":1750003600}{"exp":1750003600})", Verdict::kBadClaimsJson},
      {"{\"exp\":1750003600,\"x\":\"\n\"}", Verdict::kBadClaimsJson},
      {"{\"exp\":1750003600,\"x\":\"\xff\"}", Verdict::kBadClaimsJson},
      {R"({"exp":1750003600,"exp":1749990000})", Verdict::kDuplicateClaim},
      {R"({"exp":1749990000,"exp":1750003600})", Verdict::kDuplicateClaim},
      // Numbers that no double or integer holds are numbers all the same, where nobody counts.
      {R"({"exp":1750003600,"x":1234567890123456789012345678901234567890})", Verdict::kValid},
      {R"({"exp":1750003600,"x":1e400})", Verdict::kValid},
  });
}

TEST(JsonEdges, OfExp) {
  expect_claims_verdicts({
      {R"({"exp":1750000000})", Verdict::kExpired},
      {R"({"exp":1750000001})", Verdict::kValid},
      {R"({"exp":1750000000.5})", Verdict::kExpired},
      {R"({"exp":1.750000001e9})", Verdict::kValid},
      {R"({"exp":"1750003600"})", Verdict::kBadExp},
      {R"({"exp":null})", Verdict::kBadExp},
      {R"({"exp":-9223372036854775809})", Verdict::kBadExp},
      {R"({"exp":-18446744073709551615})", Verdict::kBadExp},
      {R"({"exp":1e-999999999})", Verdict::kBadExp},
      {R"({"exp":9223372036854775808})", Verdict::kBadExp},
      {R"({"exp":1e300})", Verdict::kBadExp},
      {R"({"exp":1e400})", Verdict::kBadExp},
      {R"({"exp":12345678901234567890123456})", Verdict::kBadExp},
  });
}

TEST(JsonEdges, OfNbf) {
  expect_claims_verdicts({
      {R"({"nbf":1750000000})", Verdict::kValid},
      {R"({"nbf":1750000001})", Verdict::kNotYetValid},
      {R"({"nbf":4294967297})", Verdict::kNotYetValid},
      {R"({"nbf":18446744073709551617})", Verdict::kBadNbf},
      {R"({"nbf":1e400})", Verdict::kBadNbf},
  });
}

TEST(JsonEdges, OfForm) {
  Judge judge;
  const std::string honest = forge_claims(kClaims);
  const std::string tag = honest.substr(honest.rfind('.') + 1);
  const std::string input = honest.substr(0, honest.rfind('.') + 1);
  EXPECT_EQ(judge(input + with_stray_bits(tag, 1)), Verdict::kBadBase64url);
  EXPECT_EQ(judge(std::string(1000000, '.')), Verdict::kTokenTooLarge);
  EXPECT_EQ(judge(std::string(1 << 20, 'A')), Verdict::kTokenTooLarge);
  EXPECT_EQ(judge(input + std::string(65536, 'A')), Verdict::kTokenTooLarge);
}

TEST(JsonEdges, OfWhatChangesNothing) {
  // Re-encoded with other blanks or another order, or with one claim more: the same verdict, before
  // and after exp.
  Judge judge;
  for (const int64_t now : {kNow, int64_t{1750003600}}) {
    const Verdict verdict = now < 1750003600 ? Verdict::kValid : Verdict::kExpired;
    for (const char* claims : {
             R"({"sub":"alice","exp":1750003600})",
             R"({"exp":1750003600,"sub":"alice"})",
             "{ \"sub\" : \"alice\" ,\n\t\"exp\" : 1750003600 }",
             R"({"sub":"alice","exp":1750003600,"more":{"a":[1,2,3]}})",
             R"({"sub":"alice","exp":1.7500036e9})",
             R"({"sub":"\u0061lice","\u0065xp":1750003600.0})",
         }) {
      EXPECT_EQ(judge(forge_claims(claims), now), verdict) << claims;
      EXPECT_EQ(judge(forge("{ \"typ\" : \"JWT\" , \"alg\" : \"HS256\" }", claims), now), verdict);
    }
  }
}

}  // namespace
}  // namespace simdjwt::testing
