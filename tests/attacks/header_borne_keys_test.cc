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
#include "support/signature_forge.h"

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

// The verifier's key, and one of the attacker's for the same algorithm.
struct Pair {
  Algorithm algorithm;
  std::string_view ours;
  std::string_view theirs;
};
constexpr Pair kPairs[] = {{Algorithm::kRs256, kRsaJwk, kOtherRsaJwk},
                           {Algorithm::kPs256, kRsaJwk, kOtherRsaJwk},
                           {Algorithm::kEs256, kP256Jwk, kOtherP256Jwk},
                           {Algorithm::kEdDsa, kEd25519Jwk, kOtherEd25519Jwk}};

TEST(HeaderBorneKeys, AreNeverUsedForPublicKeysEither) {
  for (const auto& [algorithm, ours, theirs] : kPairs) {
    const std::string begin = R"({"alg":")" + std::string(to_string(algorithm)) + '"';
    const std::string jwk = public_jwk(theirs);
    const Key our_key = make_jwk_key(ours, algorithm);
    const Key their_key = make_jwk_key(theirs, algorithm);
    for (const std::string& kid : {std::string(), std::string(R"(,"kid":"ours")")}) {
      SignatureJudge judge(make_jwk_key(public_jwk(ours), algorithm, kid.empty() ? "" : "ours"));
      for (const std::string& members : {
               R"(,"jwk":)" + jwk + kid,
               R"(,"jwk":)" + with_members(jwk, R"(,"kid":"ours","use":"sig")") + kid,
               R"(,"keys":[)" + jwk + ']' + kid,
               R"(,"x5c":["MIIB"],"x5t#S256":"AAAA")" + kid,
               R"(,"jku":"https://attacker.example/jwks.json")" + kid,
               R"(,"x5u":"https://attacker.example/cert.pem")" + kid,
           }) {
        const std::string header = begin + members + '}';
        EXPECT_EQ(judge(forge_signed(header, kClaims, their_key)), Verdict::kBadSignature)
            << header;
        EXPECT_EQ(judge(forge_signed(header, kClaims, our_key)), Verdict::kValid) << header;
      }
    }
  }
}

}  // namespace
}  // namespace simdjwt::testing
