// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. RFC 7515 lets a header carry the key (jwk, x5c) or say where it is to be fetched
// (jku, x5u). A verifier that follows is told by the attacker whom to trust: he signs with a key of
// his own and puts it beside the signature (CVE-2018-0114), or makes the verifier send requests
// into its own network.
//
// The defence. Keys come from the KeySet alone. These parameters are as unknown as any other, and
// core has no way to fetch anything (RFC 8725 section 3.10).

#include <gtest/gtest.h>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

// Everything a header can say about the key of kOtherSecret.
std::vector<std::string> headers_with_keys() {
  const std::string k = base64url(kOtherSecret);
  const std::string jwk = R"({"kty":"oct","alg":"HS256","k":")" + k + R"("})";
  const std::vector<std::string> members = {
      R"("jwk":)" + jwk,
      R"("jwk":{"kty":"oct","kid":"attacker","k":")" + k + R"("},"kid":"attacker")",
      R"("k":")" + k + '"',
      R"("key":")" + k + '"',
      R"("keys":[)" + jwk + "]",
      R"("jku":"https://attacker.example/jwks.json")",
      R"("jku":"file:///dev/null")",
      R"("x5u":"https://attacker.example/cert.pem")",
      R"("x5u":"http://169.254.169.254/latest/meta-data")",
      R"("x5c":[")" + k + R"("])",
      R"("x5t":"AAAAAAAAAAAAAAAAAAAAAAAAAAA")",
      R"("x5t#S256":")" + base64url(std::string(32, 'x')) + '"',
      R"("secret":")" + std::string(kOtherSecret) + '"',
  };
  std::vector<std::string> headers;
  for (const std::string& member : members) headers.push_back(R"({"alg":"HS256",)" + member + "}");
  return headers;
}

TEST(HeaderBorneKeys, AreNeverUsed) {
  Judge judge;
  for (const std::string& header : headers_with_keys()) {
    EXPECT_EQ(judge(forge(header, kClaims, kOtherSecret)), Verdict::kBadSignature) << header;
  }
}

TEST(HeaderBorneKeys, AreIgnoredInTokensOfOurOwn) {
  // Unknown parameters must be ignored (RFC 7515 section 4), and these are unknown to us.
  Judge judge;
  for (const std::string& header : headers_with_keys()) {
    EXPECT_EQ(judge(forge(header, kClaims)), Verdict::kValid) << header;
  }
}

TEST(HeaderBorneKeys, DoNotReplaceTheKeyOfAKid) {
  std::vector<Key> keys;
  keys.push_back(make_key(kSecret, "ours"));
  Judge judge(make_keys(std::move(keys)));
  const std::string header =
      R"({"alg":"HS256","kid":"ours","jwk":{"kty":"oct","kid":"ours","k":")" +
      base64url(kOtherSecret) + R"("}})";
  EXPECT_EQ(judge(forge(header, kClaims, kOtherSecret)), Verdict::kBadSignature);
  EXPECT_EQ(judge(forge(header, kClaims)), Verdict::kValid);
}

}  // namespace
}  // namespace simdjwt::testing
