// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. The formulas for points of a curve do not use one of its two constants, so they
// compute with points beside it as well: on other curves, with the same formulas, whose groups are
// small enough to find the logarithm. A verifier that takes the coordinates of a JWK as they are
// computes on whatever curve the author of the JWK chose; so does one that believes a key's "crv"
// where the algorithm demands another.
//
// The defence. Coordinates have the full width of the field (RFC 7518 section 6.2.1.2), are below
// its prime and satisfy the equation of the curve that the algorithm names, or there is no key.

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/signature_forge.h"

namespace simdjwt::testing {
namespace {

bool is_key(Algorithm algorithm, std::string_view curve, std::string_view x, std::string_view y) {
  return Key::from_jwk(R"({"kty":"EC","crv":")" + std::string(curve) + R"(","x":")" + base64url(x) +
                           R"(","y":")" + base64url(y) + R"("})",
                       algorithm)
      .ok();
}

// The base point of P-256 (SEC 2 section 2.4.2), and the prime.
const std::string kX = from_hex("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296");
const std::string kY = from_hex("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5");
const std::string kP = from_hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");

TEST(InvalidCurvePoint, BesideTheCurveIsNoKey) {
  ASSERT_TRUE(is_key(Algorithm::kEs256, "P-256", kX, kY));
  const std::string zero(32, '\0');
  const std::string one = zero.substr(1) + '\x01';
  EXPECT_TRUE(is_key(Algorithm::kEs256, "P-256", kX, difference(kP, kY)));  // its negative
  EXPECT_FALSE(is_key(Algorithm::kEs256, "P-256", kX, sum(kY, one)));
  EXPECT_FALSE(is_key(Algorithm::kEs256, "P-256", sum(kX, one), kY));
  EXPECT_FALSE(is_key(Algorithm::kEs256, "P-256", kY, kX));
  EXPECT_FALSE(is_key(Algorithm::kEs256, "P-256", zero, zero));
  EXPECT_FALSE(is_key(Algorithm::kEs256, "P-256", kX, zero));
  EXPECT_FALSE(is_key(Algorithm::kEs256, "P-256", one, one));
}

TEST(InvalidCurvePoint, BeyondThePrimeIsNoKey) {
  // The same point again, if coordinates were taken modulo the prime.
  EXPECT_FALSE(is_key(Algorithm::kEs256, "P-256", kP, kY));
  EXPECT_FALSE(
      is_key(Algorithm::kEs256, "P-256", std::string(32, '\xff'), std::string(32, '\xff')));
  // P-256 has a point with x = 5, and 5 + p still has 32 bytes.
  const std::string five = std::string(31, '\0') + '\x05';
  const std::string y_of_five =
      from_hex("459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc");
  EXPECT_TRUE(is_key(Algorithm::kEs256, "P-256", five, y_of_five));
  EXPECT_FALSE(is_key(Algorithm::kEs256, "P-256", sum(five, kP), y_of_five));
}

TEST(InvalidCurvePoint, HasCoordinatesOfFullWidth) {
  EXPECT_FALSE(is_key(Algorithm::kEs256, "P-256", '\0' + kX, kY));
  EXPECT_FALSE(is_key(Algorithm::kEs256, "P-256", kX, '\0' + kY));
  EXPECT_FALSE(is_key(Algorithm::kEs256, "P-256", kX + kY, kY));
  EXPECT_FALSE(is_key(Algorithm::kEs256, "P-256", "", kY));
  EXPECT_FALSE(is_key(Algorithm::kEs256, "P-256", kX, ""));
  EXPECT_FALSE(is_key(Algorithm::kEs256, "P-256", '\x04' + kX + kY, kY));
  // x = 5 in its one byte.
  EXPECT_FALSE(
      is_key(Algorithm::kEs256, "P-256", "\x05",
             from_hex("459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc")));
}

TEST(InvalidCurvePoint, OfAnotherCurveIsNoKeyOfThisOne) {
  const std::string_view jwks[] = {kP256Jwk, kP384Jwk, kP521Jwk, kSecp256k1Jwk};
  const char* const names[] = {"P-256", "P-384", "P-521", "secp256k1"};
  const Algorithm algorithms[] = {Algorithm::kEs256, Algorithm::kEs384, Algorithm::kEs512,
                                  Algorithm::kEs256k};
  for (size_t i = 0; i < 4; ++i) {
    const std::string jwk = public_jwk(jwks[i]);
    const std::string named = R"("crv":")" + std::string(names[i]) + '"';
    ASSERT_NE(jwk.find(named), std::string::npos);
    for (size_t j = 0; j < 4; ++j) {
      // The algorithm of one curve with the key of another, and with one that claims to be of it.
      EXPECT_EQ(Key::from_jwk(jwk, algorithms[j]).ok(), i == j) << names[i] << ' ' << names[j];
      std::string renamed = jwk;
      renamed.replace(renamed.find(named), named.size(),
                      R"("crv":")" + std::string(names[j]) + '"');
      EXPECT_EQ(Key::from_jwk(renamed, algorithms[j]).ok(), i == j) << names[i] << ' ' << names[j];
      EXPECT_EQ(Key::from_jwk(renamed, algorithms[i]).ok(), i == j) << names[i] << ' ' << names[j];
    }
  }
  for (const char* curve : {"P-192", "P-224", "brainpoolP256r1", "p-256", "P-256 ", "prime256v1",
                            "Ed25519", "X25519", ""}) {
    EXPECT_FALSE(is_key(Algorithm::kEs256, curve, kX, kY)) << curve;
  }
}

}  // namespace
}  // namespace simdjwt::testing
