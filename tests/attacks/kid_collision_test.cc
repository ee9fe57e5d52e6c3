// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. Two keys answer to one kid: an RSA key and one of an elliptic curve, a key of the
// issuer's and one that was smuggled into its set. Which of them is meant is anybody's guess; a
// verifier that takes the last, or tries whichever fits the token, lets the token choose. One that
// throws the whole set away can be kept from ever learning that its issuer's keys have changed.
//
// The defence. A kid opens one key for each algorithm, and each key its one algorithm alone. Where
// a kid and an algorithm could mean two keys they mean none, and the other keys stay.

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

std::string header_of(std::string_view alg, std::string_view kid) {
  return R"({"alg":")" + std::string(alg) + R"(","kid":")" + std::string(kid) + R"("})";
}

TEST(KidCollision, BetweenTwoKeysOfAnAlgorithmOpensNeither) {
  const std::string own = jwk(kRsaJwk, "RS256", "a");
  const std::string other = jwk(kP256Jwk, "ES256", "b");
  const Key key = make_jwk_key(kRsaJwk, Algorithm::kRs256);
  const Key other_key = make_jwk_key(kP256Jwk, Algorithm::kEs256);
  const Key intruder = make_jwk_key(kOtherRsaJwk, Algorithm::kRs256);
  for (const std::string& smuggled :
       {jwk(kOtherRsaJwk, "RS256", "a"), jwk(kOtherRsaJwk, "RS256", "\\u0061")}) {
    for (const std::string& json :
         {set_of(own + ',' + other, smuggled), set_of(smuggled, own + ',' + other)}) {
      std::vector<std::string> skipped;
      SignatureJudge judge(KeySet::from_jwks(json, {}, &skipped).value());
      EXPECT_EQ(skipped.size(), 2u);
      EXPECT_EQ(judge(forge_signed(header_of("RS256", "a"), kClaims, key)),
                Verdict::kNoMatchingKey);
      EXPECT_EQ(judge(forge_signed(header_of("RS256", "a"), kClaims, intruder)),
                Verdict::kNoMatchingKey);
      EXPECT_EQ(judge(forge_signed(R"({"alg":"RS256"})", kClaims, intruder)),
                Verdict::kAlgMismatch);
      EXPECT_EQ(judge(forge_signed(header_of("ES256", "b"), kClaims, other_key)), Verdict::kValid);
    }
    EXPECT_FALSE(KeySet::from_jwks(set_of(own, smuggled)).ok()) << "no key is left";
  }
}

TEST(KidCollision, BetweenAlgorithmsLetsEachKeyServeItsOwnAlone) {
  // One RSA key under two algorithms, and a key of another type: alternatives, says their issuer.
  SignatureJudge judge(
      KeySet::from_jwks(set_of(jwk(kRsaJwk, "RS256", "a") + ',' + jwk(kRsaJwk, "PS256", "a"),
                               jwk(kP256Jwk, "ES256", "a")))
          .value());
  const Key rs256 = make_jwk_key(kRsaJwk, Algorithm::kRs256);
  const Key ps256 = make_jwk_key(kRsaJwk, Algorithm::kPs256);
  const Key es256 = make_jwk_key(kP256Jwk, Algorithm::kEs256);
  const Key eddsa = make_jwk_key(kEd25519Jwk, Algorithm::kEdDsa);
  EXPECT_EQ(judge(forge_signed(header_of("RS256", "a"), kClaims, rs256)), Verdict::kValid);
  EXPECT_EQ(judge(forge_signed(header_of("PS256", "a"), kClaims, ps256)), Verdict::kValid);
  EXPECT_EQ(judge(forge_signed(header_of("ES256", "a"), kClaims, es256)), Verdict::kValid);
  EXPECT_EQ(judge(forge_signed(header_of("RS256", "a"), kClaims, ps256)), Verdict::kBadSignature);
  EXPECT_EQ(judge(forge_signed(header_of("PS256", "a"), kClaims, rs256)), Verdict::kBadSignature);
  EXPECT_EQ(judge(forge_signed(header_of("RS256", "a"), kClaims, es256)),
            Verdict::kBadSignatureLength);
  EXPECT_EQ(judge(forge_signed(header_of("ES256", "a"), kClaims, rs256)),
            Verdict::kBadSignatureLength);
  EXPECT_EQ(judge(forge_signed(header_of("EdDSA", "a"), kClaims, eddsa)), Verdict::kAlgMismatch);
  EXPECT_EQ(judge(forge_signed(header_of("ES384", "a"), kClaims, es256)), Verdict::kAlgMismatch);
}

TEST(KidCollision, BetweenSecretsAndPublicKeysIsNoSet) {
  const std::string secret =
      R"({"kty":"oct","alg":"HS256","kid":"a","k":")" + base64url(std::string(32, 'k')) + R"("})";
  const std::string rsa = jwk(kRsaJwk, "RS256", "a");
  EXPECT_FALSE(KeySet::from_jwks(set_of(secret, rsa)).ok());
  EXPECT_FALSE(KeySet::from_jwks(set_of(rsa, secret)).ok());
  const KeySet published =
      KeySet::from_jwks(set_of(rsa, secret), {.secret_keys = SecretKeys::kSkip}).value();
  EXPECT_EQ(published.num_keys(), 1u);
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
  // Encryption keys stand in many sets beside those for signatures, some under the same kid.
  for (const char* kid : {"enc", "sig"}) {
    std::vector<std::string> skipped;
    const std::string for_encryption =
        with_members(public_jwk(kOtherRsaJwk),
                     R"(,"alg":"RSA-OAEP","use":"enc","kid":")" + std::string(kid) + '"');
    SignatureJudge judge(
        KeySet::from_jwks(set_of(for_encryption, jwk(kRsaJwk, "RS256", "sig")), {}, &skipped)
            .value());
    EXPECT_EQ(skipped.size(), 1u);
    EXPECT_EQ(judge(sign_with(kRsaJwk, Algorithm::kRs256, kClaims, "sig")), Verdict::kValid);
    EXPECT_NE(judge(sign_with(kOtherRsaJwk, Algorithm::kRs256, kClaims, kid)), Verdict::kValid);
  }
}

}  // namespace
}  // namespace simdjwt::testing
