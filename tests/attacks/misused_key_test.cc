// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. A set holds keys for other ends: for encryption, for agreeing on keys, of a pair that
// only derives bits. Who can have such a key decrypt or agree on something gets what is as good as
// a signature, so a verifier that takes every key for every end accepts what the owner never
// signed.
//
// The defence. Where a JWK says what it is for (RFC 7517 sections 4.2 to 4.4), it must be for
// verifying, and its alg one for signatures. What an identity provider published is public: private
// halves and shared secrets in it are left out.

#include <gtest/gtest.h>

#include "support/signature_forge.h"

namespace simdjwt::testing {
namespace {

constexpr AlgorithmKey kPublishedKeys[] = {{Algorithm::kRs256, kRsaJwk},
                                           {Algorithm::kPs256, kRsaJwk},
                                           {Algorithm::kEs256, kP256Jwk},
                                           {Algorithm::kEdDsa, kEd25519Jwk}};

TEST(MisusedKey, ThatIsNotForVerifyingIsNoKey) {
  for (const auto& [algorithm, jwk] : kPublishedKeys) {
    const std::string key = public_jwk(jwk);
    for (const char* members :
         {"", R"(,"use":"sig")", R"(,"key_ops":["verify"])", R"(,"key_ops":["wrapKey","verify"])",
          R"(,"use":"sig","key_ops":["verify"])", R"(,"ext":true,"x5t":"AAAA")"}) {
      EXPECT_TRUE(Key::from_jwk(with_members(key, members), algorithm).ok()) << members;
    }
    for (const char* members :
         {R"(,"use":"enc")", R"(,"use":"Sig")", R"(,"use":"")", R"(,"use":null)",
          R"(,"use":["sig"])", R"(,"key_ops":[])", R"(,"key_ops":["encrypt"])",
          R"(,"key_ops":["wrapKey"])", R"(,"key_ops":["deriveKey","deriveBits"])",
          R"(,"key_ops":["sign"])", R"(,"key_ops":"verify")", R"(,"key_ops":["verify","verify"])",
          R"(,"use":"enc","key_ops":["verify"])", R"(,"use":"sig","key_ops":["encrypt"])"}) {
      EXPECT_FALSE(Key::from_jwk(with_members(key, members), algorithm).ok()) << members;
    }
  }
}

TEST(MisusedKey, OfAnAlgorithmThatDoesNotSignIsNoKey) {
  for (const auto& [algorithm, jwk] : kPublishedKeys) {
    const std::string key = public_jwk(jwk);
    const std::string own = R"(,"alg":")" + std::string(to_string(algorithm)) + '"';
    EXPECT_TRUE(Key::from_jwk(with_members(key, own)).ok());
    for (const char* alg : {"RSA-OAEP", "RSA-OAEP-256", "RSA1_5", "ECDH-ES", "ECDH-ES+A256KW",
                            "none", "", "HS256", "dir", "A256GCM"}) {
      const std::string named = with_members(key, R"(,"alg":")" + std::string(alg) + '"');
      EXPECT_FALSE(Key::from_jwk(named).ok()) << alg;
      EXPECT_FALSE(Key::from_jwk(named, algorithm).ok()) << alg;
    }
  }
}

TEST(MisusedKey, OfACurveForAgreementIsNoKey) {
  // X25519 and Ed25519 have the same prime, and points of 32 bytes.
  std::string jwk = public_jwk(kEd25519Jwk);
  jwk.replace(jwk.find("Ed25519"), 7, "X25519");
  EXPECT_FALSE(Key::from_jwk(jwk, Algorithm::kEdDsa).ok());
  EXPECT_FALSE(Key::from_jwk(jwk, Algorithm::kEd25519).ok());
  EXPECT_TRUE(Key::from_jwk(public_jwk(kEd25519Jwk), Algorithm::kEdDsa).ok());
}

TEST(MisusedKey, ThatWasPublishedWithItsSecretIsLeftOut) {
  for (const auto& [algorithm, jwk] : kPublishedKeys) {
    const std::string published = R"({"keys":[)" + with_members(jwk, R"(,"kid":"private")") + ',' +
                                  with_members(public_jwk(jwk), R"(,"kid":"public")") + "]}";
    std::vector<std::string> skipped;
    const KeySet keys =
        KeySet::from_jwks(published, {.algorithms = {algorithm}, .secret_keys = SecretKeys::kSkip},
                          &skipped)
            .value();
    ASSERT_EQ(keys.num_keys(), 1u);
    EXPECT_EQ(keys.key(0).kid(), "public");
    EXPECT_FALSE(keys.key(0).can_sign());
    EXPECT_EQ(skipped.size(), 1u);
  }
}

}  // namespace
}  // namespace simdjwt::testing
