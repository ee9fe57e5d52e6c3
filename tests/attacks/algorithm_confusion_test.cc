// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. A service verifies RS256 tokens with a public key, which everyone may know. A library
// that lets the token's header choose the algorithm, or takes any bytes as a secret, can be sent an
// HS256 token whose HMAC key is the text of that public key: the forged tag is right. The same
// idea works between hashes: a header that says HS512 makes a library compare another length, or
// run another, weaker path, with a key that was made for HS256.
//
// The defence. A Key is bound to one exact algorithm when it is made, the header's alg is only
// compared with it, and a secret that is evidently a public key in PEM or a JWK does not become an
// HMAC key (RFC 8725 sections 2.1 and 3.1).

#include <gtest/gtest.h>

#include <array>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

constexpr std::string_view kPublicKeyPem =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE04N0xi21hshyvBp7I167sbE/bXqy\n"
    "qkAPfefdklMO7wZQjx7HL4LTprsNSeMh0Q2TF4W0czj6X/jUusTD2dWCbA==\n"
    "-----END PUBLIC KEY-----\n";

constexpr std::string_view kPublicKeyJwk = R"({"kty":"EC","crv":"P-256","alg":"ES256","kid":"a",)"
                                           R"("x":"04N0xi21hshyvBp7I167sbE_bXqyqkAPfefdklMO7wY",)"
                                           R"("y":"UI8exy-C06a7DUnjIdENkxeFtHM4-l_41LqEw9nVgmw"})";

TEST(AlgorithmConfusion, APublicKeyInPemIsNoSecret) {
  EXPECT_FALSE(Key::hmac(Algorithm::kHs256, kPublicKeyPem).ok());
  for (const char* label : {"CERTIFICATE", "RSA PUBLIC KEY", "PRIVATE KEY", "EC PRIVATE KEY"}) {
    const std::string pem = std::string("-----BEGIN ") + label +
                            "-----\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n-----END " + label +
                            "-----\n";
    EXPECT_FALSE(Key::hmac(Algorithm::kHs256, pem).ok()) << label;
  }
}

TEST(AlgorithmConfusion, APublicKeyInPemIsNoSecretBehindJunkEither) {
  // A check for the first bytes alone was evaded with a blank in front.
  for (const char* junk : {" ", "\n", "\r\n\t ", "x", "Bag Attributes\n", "\xef\xbb\xbf"}) {
    EXPECT_FALSE(Key::hmac(Algorithm::kHs256, junk + std::string(kPublicKeyPem)).ok()) << junk;
  }
}

TEST(AlgorithmConfusion, AJwkIsNoSecret) {
  EXPECT_FALSE(Key::hmac(Algorithm::kHs256, kPublicKeyJwk).ok());
  EXPECT_FALSE(Key::hmac(Algorithm::kHs256, " \n" + std::string(kPublicKeyJwk)).ok());
  EXPECT_FALSE(
      Key::hmac(Algorithm::kHs256, R"({"keys":[)" + std::string(kPublicKeyJwk) + "]}").ok());
  // A JWK of a shared secret belongs into from_jwk(): its text is not the secret.
  EXPECT_FALSE(
      Key::hmac(Algorithm::kHs256, R"({"kty":"oct","k":")" + base64url(kSecret) + R"("})").ok());
}

TEST(AlgorithmConfusion, AnAsymmetricJwkGivesNoHmacKey) {
  EXPECT_FALSE(Key::from_jwk(kPublicKeyJwk, Algorithm::kHs256).ok());
  // libjwt took an RSA key without alg for HS256, with an empty secret (CVE-2026-44699).
  const std::string rsa =
      R"({"kty":"RSA","n":")" + base64url(std::string(256, '\xb5')) + R"(","e":"AQAB"})";
  EXPECT_FALSE(Key::from_jwk(rsa, Algorithm::kHs256).ok());
  // Nor does one that carries a symmetric key as well.
  const std::string both = R"({"kty":"RSA","n":")" + base64url(std::string(256, '\xb5')) +
                           R"(","e":"AQAB","k":")" + base64url(kSecret) + R"("})";
  EXPECT_FALSE(Key::from_jwk(both, Algorithm::kHs256).ok());
}

TEST(AlgorithmConfusion, TheHeaderChoosesNoOtherHash) {
  constexpr std::array kAlgorithms = {Algorithm::kHs256, Algorithm::kHs384, Algorithm::kHs512};
  for (const Algorithm of_key : kAlgorithms) {
    Judge judge(KeySet::of(make_key(kSecret, "", of_key)));
    for (const Algorithm of_token : kAlgorithms) {
      const std::string header = R"({"alg":")" + std::string(to_string(of_token)) + R"("})";
      const Verdict verdict = judge(forge(header, kClaims, kSecret, of_token));
      EXPECT_EQ(verdict, of_key == of_token ? Verdict::kValid : Verdict::kAlgMismatch)
          << to_string(of_key) << " key, " << to_string(of_token) << " token";
    }
  }
}

TEST(AlgorithmConfusion, TheTagIsOfTheHashThatTheHeaderNames) {
  // The header says what the key says, but the tag was made with another hash.
  Judge judge;
  EXPECT_EQ(judge(forge(kHeader, kClaims, kSecret, Algorithm::kHs384)),
            Verdict::kBadSignatureLength);
  EXPECT_EQ(judge(forge(kHeader, kClaims, kSecret, Algorithm::kHs512)),
            Verdict::kBadSignatureLength);
  // A truncated longer hash has the right length, and is still another hash.
  const std::string input = base64url(kHeader) + '.' + base64url(kClaims);
  const std::string truncated = hmac_tag(Algorithm::kHs512, kSecret, input).substr(0, 32);
  EXPECT_EQ(judge(input + '.' + base64url(truncated)), Verdict::kBadSignature);
}

TEST(AlgorithmConfusion, TheNameOfTheAlgorithmIsExact) {
  Judge judge;
  for (const char* alg : {"hs256", "Hs256", "HS256 ", " HS256", "HS256\\u0000", "HS-256", "HS2560",
                          "HS25", "HMAC", "HmacSHA256", "S256", "A256GCMKW", "\\u212a"}) {
    const std::string header = R"({"alg":")" + std::string(alg) + R"("})";
    EXPECT_EQ(judge(forge(header, kClaims)), Verdict::kAlgUnsupported) << alg;
  }
  // The same name in escapes is the same name (RFC 7515 section 5.3).
  EXPECT_EQ(judge(forge(R"({"alg":"\u0048S256"})", kClaims)), Verdict::kValid);
  EXPECT_EQ(judge(forge(R"({"\u0061lg":"HS\u0032\u0035\u0036"})", kClaims)), Verdict::kValid);
}

TEST(AlgorithmConfusion, AnAsymmetricAlgorithmNeverMeetsASecret) {
  Judge judge;
  for (const char* alg : {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384",
                          "ES512", "ES256K", "EdDSA", "Ed25519", "ML-DSA-44"}) {
    const std::string header = R"({"alg":")" + std::string(alg) + R"("})";
    // Which of the two depends on whether the library knows the algorithm at all.
    const Verdict verdict = judge(forge(header, kClaims));
    EXPECT_TRUE(verdict == Verdict::kAlgUnsupported || verdict == Verdict::kAlgMismatch)
        << alg << ": " << to_string(verdict);
  }
}

}  // namespace
}  // namespace simdjwt::testing
