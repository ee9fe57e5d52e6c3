// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. A private key leaves by the side door: in the text of an error about it, which goes
// to a log; or through its own signatures, when the halves of the key do not belong together. An
// EdDSA signature made with a false public half gives the scalar away, and so does an RSA signature
// of which one prime's part was computed wrongly (Boneh, DeMillo, Lipton 1997).
//
// The defence. Errors name members, never values. A private key is used for one signature of a text
// of ours when it is made, and that must verify under its public half.

#include <gtest/gtest.h>

#include <vector>

#include "support/signature_forge.h"

namespace simdjwt::testing {
namespace {

// The value of a member that is a string.
std::string_view member(std::string_view jwk, std::string_view name) {
  const std::string begin_text = '"' + std::string(name) + R"(":")";
  const size_t begin = jwk.find(begin_text) + begin_text.size();
  return jwk.substr(begin, jwk.find('"', begin) - begin);
}

std::string with_value(std::string_view jwk, std::string_view name, std::string_view value) {
  std::string changed(jwk);
  const std::string_view old = member(jwk, name);
  return changed.replace(changed.find(old), old.size(), value);
}

constexpr AlgorithmKey kPrivateKeys[] = {{Algorithm::kRs256, kRsaJwk},
                                         {Algorithm::kEs256, kP256Jwk},
                                         {Algorithm::kEs512, kP521Jwk},
                                         {Algorithm::kEdDsa, kEd25519Jwk},
                                         {Algorithm::kEd448, kEd448Jwk}};

TEST(LeakedPrivateKey, IsNotInTheErrorsAboutIt) {
  for (const auto& [algorithm, jwk] : kPrivateKeys) {
    const std::string d(member(jwk, "d"));
    const std::vector<std::string> broken = {
        with_members(jwk, R"(,"use":"enc")"),
        with_members(jwk, R"(,"alg":"HS256")"),
        with_members(jwk, R"(,"d":"AAAA")"),
        with_members(jwk, R"(,"kid":1)"),
        with_value(jwk, "kty", d),
        with_value(jwk, "d", d + "="),
        with_value(jwk, "d", "AA" + d + d + d + d),
        with_value(jwk, "d", "AAAA" + d.substr(4)),
        std::string(jwk.substr(0, jwk.size() - 1)),
        std::string(jwk) + 'x',
    };
    for (const std::string& text : broken) {
      std::vector<std::string> skipped;
      const auto key = Key::from_jwk(text, algorithm);
      const auto keys =
          KeySet::from_jwks(R"({"keys":[)" + text + "]}", {.algorithms = {algorithm}}, &skipped);
      EXPECT_FALSE(key.ok()) << text;
      EXPECT_FALSE(keys.ok()) << text;
      std::string told = key.status().ToString() + keys.status().ToString();
      for (const std::string& line : skipped) told += line;
      // A kty that is none is named; no other part of the text is.
      if (text == with_value(jwk, "kty", d)) continue;
      for (size_t i = 0; i + 8 <= d.size(); ++i) {
        ASSERT_EQ(told.find(d.substr(i, 8)), std::string::npos) << told;
      }
    }
  }
}

TEST(LeakedPrivateKey, OfAnotherPublicHalfDoesNotSign) {
  const struct {
    Algorithm algorithm;
    std::string_view one;
    std::string_view other;
    const char* half;
  } kMixtures[] = {{Algorithm::kEdDsa, kEd25519Jwk, kOtherEd25519Jwk, "x"},
                   {Algorithm::kEdDsa, kEd25519Jwk, kOtherEd25519Jwk, "d"},
                   {Algorithm::kEs256, kP256Jwk, kOtherP256Jwk, "d"},
                   {Algorithm::kRs256, kRsaJwk, kOtherRsaJwk, "n"}};
  for (const auto& [algorithm, one, other, half] : kMixtures) {
    EXPECT_TRUE(Key::from_jwk(one, algorithm).ok());
    EXPECT_FALSE(Key::from_jwk(with_value(one, half, member(other, half)), algorithm).ok())
        << to_string(algorithm) << ' ' << half;
  }
}

TEST(LeakedPrivateKey, OfAnotherPrimeSignsRightlyOrNotAtAll) {
  // libcrypto checks what it computed with the primes, and computes it again without them.
  const std::string expected = sign_with(kRsaJwk, Algorithm::kRs256, kClaims);
  for (const char* name : {"d", "p", "q", "dp", "dq", "qi"}) {
    const std::string jwk = with_value(kRsaJwk, name, member(kOtherRsaJwk, name));
    const auto key = Key::from_jwk(jwk, Algorithm::kRs256);
    if (key.ok()) {
      EXPECT_EQ(sign_with(jwk, Algorithm::kRs256, kClaims), expected) << name;
    }
  }
  // Not even that where all of them are another's.
  std::string jwk(kRsaJwk);
  for (const char* name : {"d", "p", "q", "dp", "dq", "qi"}) {
    jwk = with_value(jwk, name, member(kOtherRsaJwk, name));
  }
  EXPECT_FALSE(Key::from_jwk(jwk, Algorithm::kRs256).ok());
}

TEST(LeakedPrivateKey, ThatIsOutOfRangeDoesNotSign) {
  for (const auto& [algorithm, jwk] : {AlgorithmKey{Algorithm::kEs256, kP256Jwk},
                                       AlgorithmKey{Algorithm::kEs256k, kSecp256k1Jwk}}) {
    const std::string order = group_order(algorithm);
    for (const std::string& d : {std::string(32, '\0'), order, std::string(32, '\xff')}) {
      EXPECT_FALSE(Key::from_jwk(with_value(jwk, "d", base64url(d)), algorithm).ok());
    }
  }
}

}  // namespace
}  // namespace simdjwt::testing
