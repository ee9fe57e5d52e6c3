// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. The signature is right, and the key is not worth anything: a modulus that can be
// factored, because it is short, even, or made by a library whose primes have a pattern (ROCA,
// CVE-2017-15361); an exponent of 1, under which every block is its own signature. Or the key is
// there to do harm: a modulus so long, or an exponent so large, that each token costs seconds.
//
// The defence. RFC 7518 section 3.3 wants 2048 bits or more. libcrypto loads all of these, so what
// a key must be is checked before it is asked, once, when the key is made.

#include <gtest/gtest.h>
#include <simdjwt/limits.h>

#include "support/signature_forge.h"

namespace simdjwt::testing {
namespace {

constexpr Algorithm kRsaAlgorithms[] = {Algorithm::kRs256, Algorithm::kRs384, Algorithm::kRs512,
                                        Algorithm::kPs256, Algorithm::kPs384, Algorithm::kPs512};

bool is_key(std::string_view modulus, std::string_view exponent) {
  const std::string jwk =
      R"({"kty":"RSA","n":")" + base64url(modulus) + R"(","e":")" + base64url(exponent) + R"("})";
  const bool as_rs256 = Key::from_jwk(jwk, Algorithm::kRs256).ok();
  for (const Algorithm algorithm : kRsaAlgorithms) {
    EXPECT_EQ(Key::from_jwk(jwk, algorithm).ok(), as_rs256) << to_string(algorithm);
  }
  return as_rs256;
}

// An odd number of this many bits, which nobody looks at more closely.
std::string modulus_of_bits(size_t bits) {
  std::string bytes((bits + 7) / 8, '\xb5');
  bytes[0] = static_cast<char>(1u << ((bits - 1) % 8));
  return bytes;
}

const std::string k65537("\x01\x00\x01", 3);

TEST(WeakRsaKey, OfFewBitsIsRefused) {
  for (const size_t bits : {8u, 512u, 768u, 1024u, 1536u, 2040u, 2047u}) {
    EXPECT_FALSE(is_key(modulus_of_bits(bits), k65537)) << bits;
  }
  for (const size_t bits : {2048u, 2049u, 3072u, 4096u, 8192u}) {
    EXPECT_TRUE(is_key(modulus_of_bits(bits), k65537)) << bits;
  }
}

TEST(WeakRsaKey, DoesNotGrowByLeadingZeros) {
  EXPECT_FALSE(is_key(std::string(128, '\0') + modulus_of_bits(1024), k65537));
  // RFC 7518 section 2, Base64urlUInt: the minimum number of octets.
  EXPECT_FALSE(is_key('\0' + modulus_of_bits(2048), k65537));
  EXPECT_FALSE(is_key(modulus_of_bits(2048), '\0' + k65537));
}

TEST(WeakRsaKey, OfTooManyBitsIsRefused) {
  for (const size_t bits : {kRsaBitsMax + 1, kRsaBitsMax + 8, 16384ul, 32768ul}) {
    EXPECT_FALSE(is_key(modulus_of_bits(bits), k65537)) << bits;
  }
}

TEST(WeakRsaKey, WithAnEvenModulusIsRefused) {
  std::string modulus = modulus_of_bits(2048);
  ASSERT_TRUE(is_key(modulus, k65537));
  modulus.back() = '\xb4';
  EXPECT_FALSE(is_key(modulus, k65537));
}

TEST(WeakRsaKey, WithAnExponentThatIsNoneIsRefused) {
  const std::string modulus = modulus_of_bits(2048);
  const std::string refused[] = {"",
                                 std::string("\0", 1),
                                 "\x01",
                                 "\x02",
                                 "\x04",
                                 std::string("\x01\x00\x00", 3),          // 65536
                                 std::string("\x01\x00\x00\x00\x01", 5),  // 2^32 + 1
                                 std::string("\x01\x00\x00\x00\x00\x00\x00\x00\x03", 9),
                                 modulus};
  for (const std::string& exponent : refused) EXPECT_FALSE(is_key(modulus, exponent));
  for (const std::string& exponent :
       {std::string("\x03"), std::string("\x11"), k65537, std::string("\xff\xff\xff\xff")}) {
    EXPECT_TRUE(is_key(modulus, exponent));
  }
}

TEST(WeakRsaKey, WithFactorsThatCanBeFoundIsRefused) {
  // 65537 modulo each of the primes that the pattern is about, of 2048 bits.
  constexpr std::string_view kRocaModulus =
      "tQAAAHJvY2Fyb2Nhcm9jYXJvY2Fyb2Nhcm9jYXJvY2Fyb2Nhcm9jYXJvY2Fyb2Nhcm9jYXJvY2Fyb2Nhcm9j"
      "YXJvY2Fyb2Nhcm9jYXJvY2Fyb2Nhcm9jYXJvY2Fyb2Nhcm9jYXJvY2Fyb2Nhcm9jYXJvY2Fyb2Nhcm9jYXJv"
      "Y2Fyb2Nhcm9jYXJvY2Fyb2Nhcm9jYXJvY2Fyb2Nhcm9jYXJvY2Fyb2Nhcm9jYXJvY2Fyb2Nhcm9jYXJvY2Fy"
      "b2Nhcm9jYXJvY2Fyb2Nhcm9jYXJvY2Fyb2Nhcm9jYXJvY2Fyb2Nhdt06mJRKte8kRpsnISTZNcoytq4J4MAc"
      "igbnCQ";
  const std::string jwk = R"({"kty":"RSA","n":")" + std::string(kRocaModulus) + R"(","e":"AQAB"})";
  const auto key = Key::from_jwk(jwk, Algorithm::kRs256);
  ASSERT_FALSE(key.ok());
  EXPECT_NE(key.status().message().find("CVE-2017-15361"), std::string_view::npos);
  // The next odd number has no pattern.
  std::string other(kRocaModulus);
  other.replace(other.size() - 3, 3, "nCw");
  EXPECT_TRUE(
      Key::from_jwk(R"({"kty":"RSA","n":")" + other + R"(","e":"AQAB"})", Algorithm::kRs256).ok());
}

TEST(WeakRsaKey, SkipsOnlyItselfInASet) {
  const std::string weak = R"({"kty":"RSA","kid":"weak","alg":"RS256","n":")" +
                           base64url(modulus_of_bits(1024)) + R"(","e":"AQAB"})";
  const std::string good = with_members(public_jwk(kRsaJwk), R"(,"kid":"good","alg":"RS256")");
  std::vector<std::string> skipped;
  SignatureJudge judge(
      KeySet::from_jwks(R"({"keys":[)" + weak + ',' + good + "]}", {}, &skipped).value());
  ASSERT_EQ(skipped.size(), 1u);
  EXPECT_TRUE(skipped[0].starts_with("keys[0]: ")) << skipped[0];
  EXPECT_EQ(judge(sign_with(kRsaJwk, Algorithm::kRs256, kClaims, "good")), Verdict::kValid);
  EXPECT_EQ(judge(sign_with(kRsaJwk, Algorithm::kRs256, kClaims, "weak")), Verdict::kNoMatchingKey);
}

}  // namespace
}  // namespace simdjwt::testing
