// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. The key is the right one and the signature is one of its owner's, but of another
// algorithm: PKCS #1 v1.5 where PSS is demanded, another hash, another curve, another name. Who
// checks no more than the family (libjwt let RS512 pass where RS256 was pinned) lets the token
// choose the weaker of two, or takes a signature from one protocol for one of another.
//
// The defence. A key is bound to one exact algorithm when it is made. Two names are two algorithms
// even if they compute the same, as EdDSA and Ed25519 do (RFC 9864 section 2.2).

#include <gtest/gtest.h>

#include "support/signature_forge.h"

namespace simdjwt::testing {
namespace {

// Pairs that share a key.
struct Pair {
  Algorithm demanded;
  Algorithm used;
  std::string_view jwk;
};
constexpr Pair kPairs[] = {
    {Algorithm::kRs256, Algorithm::kPs256, kRsaJwk},
    {Algorithm::kPs256, Algorithm::kRs256, kRsaJwk},
    {Algorithm::kRs256, Algorithm::kRs384, kRsaJwk},
    {Algorithm::kRs256, Algorithm::kRs512, kRsaJwk},
    {Algorithm::kRs512, Algorithm::kRs256, kRsaJwk},
    {Algorithm::kPs256, Algorithm::kPs384, kRsaJwk},
    {Algorithm::kPs512, Algorithm::kPs256, kRsaJwk},
};

TEST(BorrowedAlgorithm, IsRefusedByItsName) {
  for (const Pair& pair : kPairs) {
    SignatureJudge judge(pair.jwk, pair.demanded);
    EXPECT_EQ(judge(sign_with(pair.jwk, pair.used, kClaims)), Verdict::kAlgMismatch);
    EXPECT_EQ(judge(sign_with(pair.jwk, pair.demanded, kClaims)), Verdict::kValid);
  }
}

TEST(BorrowedAlgorithm, IsRefusedUnderAFalseName) {
  for (const Pair& pair : kPairs) {
    SCOPED_TRACE(std::string(to_string(pair.used)) + " as " +
                 std::string(to_string(pair.demanded)));
    SignatureJudge judge(pair.jwk, pair.demanded);
    const std::string header = header_of(pair.demanded);
    EXPECT_EQ(judge(forge_signed(header, kClaims, make_jwk_key(pair.jwk, pair.used))),
              Verdict::kBadSignature);
    EXPECT_EQ(judge(forge_signed(header, kClaims, make_jwk_key(pair.jwk, pair.demanded))),
              Verdict::kValid);
  }
}

TEST(BorrowedAlgorithm, OfAnotherCurveOfTheSameWidthIsRefused) {
  // ES256 and ES256K: signatures of the same length, over the same hash.
  SignatureJudge p256(kP256Jwk, Algorithm::kEs256);
  SignatureJudge secp256k1(kSecp256k1Jwk, Algorithm::kEs256k);
  const Key p256_key = make_jwk_key(kP256Jwk, Algorithm::kEs256);
  const Key secp256k1_key = make_jwk_key(kSecp256k1Jwk, Algorithm::kEs256k);
  const std::string es256 = header_of(Algorithm::kEs256);
  const std::string es256k = header_of(Algorithm::kEs256k);
  EXPECT_EQ(p256(forge_signed(es256, kClaims, p256_key)), Verdict::kValid);
  EXPECT_EQ(p256(forge_signed(es256, kClaims, secp256k1_key)), Verdict::kBadSignature);
  EXPECT_EQ(p256(forge_signed(es256k, kClaims, p256_key)), Verdict::kAlgMismatch);
  EXPECT_EQ(secp256k1(forge_signed(es256k, kClaims, secp256k1_key)), Verdict::kValid);
  EXPECT_EQ(secp256k1(forge_signed(es256k, kClaims, p256_key)), Verdict::kBadSignature);
  EXPECT_EQ(secp256k1(forge_signed(es256, kClaims, secp256k1_key)), Verdict::kAlgMismatch);
}

TEST(BorrowedAlgorithm, HasOneNameOnly) {
  // The same key, the same signature scheme, three names.
  SignatureJudge eddsa(kEd25519Jwk, Algorithm::kEdDsa);
  SignatureJudge ed25519(kEd25519Jwk, Algorithm::kEd25519);
  const Key key = make_jwk_key(kEd25519Jwk, Algorithm::kEdDsa);
  const std::string old_name = forge_signed(R"({"alg":"EdDSA"})", kClaims, key);
  const std::string new_name = forge_signed(R"({"alg":"Ed25519"})", kClaims, key);
  const std::string other_name = forge_signed(R"({"alg":"Ed448"})", kClaims, key);
  EXPECT_EQ(eddsa(old_name), Verdict::kValid);
  EXPECT_EQ(eddsa(new_name), Verdict::kAlgMismatch);
  EXPECT_EQ(eddsa(other_name), Verdict::kAlgMismatch);
  EXPECT_EQ(ed25519(old_name), Verdict::kAlgMismatch);
  EXPECT_EQ(ed25519(new_name), Verdict::kValid);
  EXPECT_EQ(ed25519(other_name), Verdict::kAlgMismatch);
  // Whoever wants both names has a key for each.
  const std::string jwk = public_jwk(kEd25519Jwk);
  const std::string both = R"({"keys":[)" + with_members(jwk, R"(,"alg":"EdDSA")") + ',' +
                           with_members(jwk, R"(,"alg":"Ed25519")") + "]}";
  SignatureJudge each(KeySet::from_jwks(both).value());
  EXPECT_EQ(each(old_name), Verdict::kValid);
  EXPECT_EQ(each(new_name), Verdict::kValid);
  EXPECT_EQ(each(other_name), Verdict::kAlgMismatch);
}

TEST(BorrowedAlgorithm, OfACurveThatDoesNotFitGivesNoKey) {
  const struct {
    std::string_view jwk;
    Algorithm algorithm;
  } kMisfits[] = {{kP384Jwk, Algorithm::kEs256},    {kP256Jwk, Algorithm::kEs384},
                  {kP521Jwk, Algorithm::kEs384},    {kSecp256k1Jwk, Algorithm::kEs256},
                  {kP256Jwk, Algorithm::kEs256k},   {kEd448Jwk, Algorithm::kEd25519},
                  {kEd25519Jwk, Algorithm::kEd448}, {kP256Jwk, Algorithm::kEdDsa},
                  {kEd25519Jwk, Algorithm::kEs256}, {kRsaJwk, Algorithm::kEs256},
                  {kEd25519Jwk, Algorithm::kRs256}, {kP256Jwk, Algorithm::kPs256}};
  for (const auto& [jwk, algorithm] : kMisfits) {
    EXPECT_FALSE(Key::from_jwk(jwk, algorithm).ok()) << to_string(algorithm);
    const std::string named =
        with_members(public_jwk(jwk), R"(,"alg":")" + std::string(to_string(algorithm)) + '"');
    EXPECT_FALSE(Key::from_jwk(named).ok()) << to_string(algorithm);
  }
}

}  // namespace
}  // namespace simdjwt::testing
