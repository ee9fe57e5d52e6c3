// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. Two keys answer to one kid: an RSA key and one of an elliptic curve, a key of the
// issuer's and one that was smuggled into its set. Which of them is meant is anybody's guess; a
// verifier that takes the last, or tries whichever fits the token, lets the token choose.
//
// The defence. A set in which a kid could mean two keys is no set. A kid opens its one key, and
// that key its one algorithm.

#include <gtest/gtest.h>

#include "support/signature_forge.h"

namespace simdjwt::testing {
namespace {

std::string jwk(std::string_view private_jwk, std::string_view alg, std::string_view kid) {
  return with_members(public_jwk(private_jwk),
                      R"(,"alg":")" + std::string(alg) + R"(","kid":")" + std::string(kid) + '"');
}

std::string set_of(const std::string& one, const std::string& other) {
  return R"({"keys":[)" + one + ',' + other + "]}";
}

TEST(KidCollision, BetweenTwoKeysIsRefused) {
  const std::string rsa = jwk(kRsaJwk, "RS256", "a");
  for (const std::string& other : {jwk(kOtherRsaJwk, "RS256", "a"), jwk(kRsaJwk, "PS256", "a"), rsa,
                                   jwk(kP256Jwk, "ES256", "a"), jwk(kEd25519Jwk, "EdDSA", "a"),
                                   jwk(kP256Jwk, "ES256", "\\u0061")}) {
    EXPECT_FALSE(KeySet::from_jwks(set_of(rsa, other)).ok()) << other;
    EXPECT_FALSE(KeySet::from_jwks(set_of(other, rsa)).ok()) << other;
  }
  EXPECT_TRUE(KeySet::from_jwks(set_of(rsa, jwk(kP256Jwk, "ES256", "A"))).ok());
}

TEST(KidCollision, DoesNotOpenTheKeyOfAnotherKid) {
  SignatureJudge judge(
      KeySet::from_jwks(set_of(jwk(kRsaJwk, "RS256", "rsa"), jwk(kP256Jwk, "ES256", "ec")))
          .value());
  const Key rsa = make_jwk_key(kRsaJwk, Algorithm::kRs256);
  const Key ec = make_jwk_key(kP256Jwk, Algorithm::kEs256);
  EXPECT_EQ(judge(forge_signed(R"({"alg":"RS256","kid":"rsa"})", kClaims, rsa)), Verdict::kValid);
  EXPECT_EQ(judge(forge_signed(R"({"alg":"ES256","kid":"ec"})", kClaims, ec)), Verdict::kValid);
  EXPECT_EQ(judge(forge_signed(R"({"alg":"RS256","kid":"ec"})", kClaims, rsa)),
            Verdict::kAlgMismatch);
  EXPECT_EQ(judge(forge_signed(R"({"alg":"ES256","kid":"rsa"})", kClaims, ec)),
            Verdict::kAlgMismatch);
  EXPECT_EQ(judge(forge_signed(R"({"alg":"RS256","kid":"RSA"})", kClaims, rsa)),
            Verdict::kNoMatchingKey);
  // Without a kid the algorithm finds its key among the few.
  EXPECT_EQ(judge(forge_signed(R"({"alg":"RS256"})", kClaims, rsa)), Verdict::kValid);
  EXPECT_EQ(judge(forge_signed(R"({"alg":"ES256"})", kClaims, ec)), Verdict::kValid);
}

TEST(KidCollision, WithAKeyThatCannotBeUsedDoesNotGiveItsName) {
  // Encryption keys stand in many sets beside those for signatures, with kids of their own.
  std::vector<std::string> skipped;
  const std::string for_encryption =
      with_members(public_jwk(kOtherRsaJwk), R"(,"alg":"RSA-OAEP","use":"enc","kid":"enc")");
  SignatureJudge judge(
      KeySet::from_jwks(set_of(for_encryption, jwk(kRsaJwk, "RS256", "sig")), {}, &skipped)
          .value());
  EXPECT_EQ(skipped.size(), 1u);
  EXPECT_EQ(judge(sign_with(kRsaJwk, Algorithm::kRs256, kClaims, "sig")), Verdict::kValid);
  EXPECT_EQ(judge(sign_with(kOtherRsaJwk, Algorithm::kRs256, kClaims, "enc")),
            Verdict::kNoMatchingKey);
  // Two of the same type and kid are refused even so.
  EXPECT_FALSE(KeySet::from_jwks(set_of(for_encryption, jwk(kRsaJwk, "RS256", "enc"))).ok());
}

}  // namespace
}  // namespace simdjwt::testing
