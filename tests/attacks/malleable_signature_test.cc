// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. Whoever has seen an ECDSA signature (R, S) can write down another one of the same
// message, (R, order - S), without the key. The token says the same, but its text is another: what
// recognizes tokens by their text (a list of revoked ones, a guard against replay) does not know
// it.
//
// The defence. Both are right (SEC 1 section 4.1.4; a rule for low S exists in chains of blocks and
// not in JWS), and both are accepted, so nothing here goes by the text of a token: revocation takes
// jti, sub or index from verified claims, and what the cache of signatures remembers of one
// spelling does not vouch for the other. RSA, Ed25519 and Ed448 signatures have one spelling.

#include <gtest/gtest.h>

#include "support/signature_forge.h"

namespace simdjwt::testing {
namespace {

std::string with_other_s(std::string_view token, Algorithm algorithm) {
  const std::string signature = signature_of(token);
  const std::string order = group_order(algorithm);
  return with_signature(
      token, signature.substr(0, order.size()) + difference(order, signature.substr(order.size())));
}

TEST(MalleableSignature, HighAndLowSAreBothRight) {
  for (const auto& [algorithm, jwk] :
       {AlgorithmKey{Algorithm::kEs256, kP256Jwk}, AlgorithmKey{Algorithm::kEs384, kP384Jwk},
        AlgorithmKey{Algorithm::kEs512, kP521Jwk},
        AlgorithmKey{Algorithm::kEs256k, kSecp256k1Jwk}}) {
    SCOPED_TRACE(to_string(algorithm));
    SignatureJudge judge(jwk, algorithm);
    const std::string token = sign_with(jwk, algorithm, kClaims);
    const std::string twin = with_other_s(token, algorithm);
    ASSERT_NE(token, twin);
    EXPECT_EQ(judge(token), Verdict::kValid);
    EXPECT_EQ(judge(twin), Verdict::kValid);
    EXPECT_EQ(with_other_s(twin, algorithm), token);
  }
}

TEST(MalleableSignature, OneSpellingIsNotRememberedForAnother) {
  const auto cache = SignatureCache::create(64, {1}).value();
  const Verifier verifier(KeySet::of(make_jwk_key(public_jwk(kP256Jwk), Algorithm::kEs256)),
                          lenient().build().value(), cache);
  Scratch scratch;
  const std::string token = sign_with(kP256Jwk, Algorithm::kEs256, kClaims);
  EXPECT_EQ(verifier.verify(token, scratch, kNow).verdict(), Verdict::kValid);
  // The twin of a token that is known, and then of one whose claims are known but not its R.
  const std::string twin = with_other_s(token, Algorithm::kEs256);
  EXPECT_EQ(verifier.verify(twin, scratch, kNow).verdict(), Verdict::kValid);
  std::string signature = signature_of(twin);
  signature[0] = static_cast<char>(signature[0] ^ 1);
  EXPECT_EQ(verifier.verify(with_signature(token, signature), scratch, kNow).verdict(),
            Verdict::kBadSignature);
}

TEST(MalleableSignature, Ed25519HasOneS) {
  // RFC 8032 section 5.1.7 demands S < L: with S + L the equation would hold as well.
  SignatureJudge judge(kEd25519Jwk, Algorithm::kEd25519);
  const std::string token = sign_with(kEd25519Jwk, Algorithm::kEd25519, kClaims);
  const std::string signature = signature_of(token);
  std::string s(signature.rbegin(), signature.rbegin() + 32);  // it is little-endian
  const std::string order = group_order(Algorithm::kEd25519);
  EXPECT_EQ(judge(token), Verdict::kValid);
  for (int multiple = 1; multiple < 15; ++multiple) {
    s = sum(s, order);
    EXPECT_EQ(
        judge(with_signature(token, signature.substr(0, 32) + std::string(s.rbegin(), s.rend()))),
        Verdict::kBadSignature)
        << multiple;
  }
}

TEST(MalleableSignature, Ed448HasOneS) {
  SignatureJudge judge(kEd448Jwk, Algorithm::kEd448);
  const std::string token = sign_with(kEd448Jwk, Algorithm::kEd448, kClaims);
  EXPECT_EQ(judge(token), Verdict::kValid);
  // L = 2^446 - 13818066809895115352007386748515426880336692474882178609894547503885
  const std::string order = std::string("\x00\x3f", 2) + std::string(27, '\xff') +
                            "\x7c\xca\x23\xe9\xc4\x4e\xdb\x49\xae\xd6\x36\x90\x21\x6c\xc2\x72\x8d"
                            "\xc5\x8f\x55\x23\x78\xc2\x92\xab\x58\x44\xf3";
  ASSERT_EQ(order.size(), 57u);
  const std::string signature = signature_of(token);
  const std::string s(signature.rbegin(), signature.rbegin() + 57);
  const std::string other = sum(s, order);
  EXPECT_EQ(judge(with_signature(
                token, signature.substr(0, 57) + std::string(other.rbegin(), other.rend()))),
            Verdict::kBadSignature);
}

}  // namespace
}  // namespace simdjwt::testing
