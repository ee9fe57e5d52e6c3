// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "support/asymmetric_keys.h"
#include "support/judge.h"

namespace simdjwt::testing {
namespace {

using ::testing::HasSubstr;

// Verifies singly, as Judge would 80 times: some of these algorithms take a millisecond.
class Once {
 public:
  explicit Once(Key key) : verifier_(KeySet::of(std::move(key)), lenient().build().value()) {}

  Verdict operator()(std::string_view token, int64_t now = kNow) {
    return verifier_.verify(token, scratch_, now).verdict();
  }

 private:
  Verifier verifier_;
  Scratch scratch_;
};

TEST(Asymmetric, TokensOfEveryAlgorithmAreSignedAndVerified) {
  for (const AlgorithmKey& key : kAlgorithmKeys) {
    SCOPED_TRACE(describe(key));
    const std::string token = sign_with(key.jwk, key.algorithm, kClaims);
    Judge judge(KeySet::of(make_jwk_key(public_jwk(key.jwk), key.algorithm)));
    EXPECT_EQ(judge(token), Verdict::kValid);
    // The private key verifies as well.
    Once holder(make_jwk_key(key.jwk, key.algorithm));
    EXPECT_EQ(holder(token), Verdict::kValid);
    EXPECT_EQ(holder(token, kNow + 86400), Verdict::kExpired);
  }
}

TEST(Asymmetric, AChangedCharacterAnywhereIsABadSignature) {
  for (const AlgorithmKey& key : kAlgorithmKeys) {
    SCOPED_TRACE(describe(key));
    const std::string token = sign_with(key.jwk, key.algorithm, kClaims);
    Once judge(make_jwk_key(public_jwk(key.jwk), key.algorithm));
    const size_t last_dot = token.rfind('.');
    // Not the last character, which may have unused bits, and a few of the many others.
    for (size_t i = token.find('.') + 1; i + 1 < token.size(); i += 11) {
      if (i == last_dot) continue;
      std::string changed = token;
      changed[i] = changed[i] == 'A' ? 'B' : 'A';
      EXPECT_EQ(judge(changed), Verdict::kBadSignature) << i;
    }
  }
}

TEST(Asymmetric, SignaturesHaveOneLength) {
  for (const AlgorithmKey& key : kAlgorithmKeys) {
    SCOPED_TRACE(describe(key));
    const std::string token = sign_with(key.jwk, key.algorithm, kClaims);
    const Key parsed = make_jwk_key(public_jwk(key.jwk), key.algorithm);
    const size_t signature_bytes = parsed.signature_bytes();
    const size_t fixed = simdjwt::signature_bytes(key.algorithm);
    EXPECT_TRUE(fixed == 0 || fixed == signature_bytes);
    Judge judge(KeySet::of(make_jwk_key(public_jwk(key.jwk), key.algorithm)));
    const std::string input = token.substr(0, token.rfind('.') + 1);
    const std::string signature = decode_unverified(token).value().signature;
    EXPECT_EQ(signature.size(), signature_bytes);
    const auto judge_signature = [&](const std::string& bytes) {
      return judge(input + base64url(bytes));
    };
    EXPECT_EQ(judge_signature(signature.substr(1)), Verdict::kBadSignatureLength);
    EXPECT_EQ(judge_signature(signature.substr(0, signature_bytes - 1)),
              Verdict::kBadSignatureLength);
    EXPECT_EQ(judge_signature(signature + '\0'), Verdict::kBadSignatureLength);
    EXPECT_EQ(judge_signature('\0' + signature), Verdict::kBadSignatureLength);
    EXPECT_EQ(judge_signature(signature + signature), Verdict::kBadSignatureLength);
    EXPECT_EQ(judge_signature("x"), Verdict::kBadSignatureLength);
    EXPECT_EQ(judge_signature(std::string(4000, 'x')), Verdict::kBadSignatureLength);
    Once once(make_jwk_key(public_jwk(key.jwk), key.algorithm));
    for (const char byte : {'\0', '\x01', '\xff'}) {
      const std::string bytes(signature_bytes, byte);
      EXPECT_EQ(once(input + base64url(bytes)), Verdict::kBadSignature);
    }
  }
}

TEST(Asymmetric, AKeyVerifiesItsOwnAlgorithmOnly) {
  for (const AlgorithmKey& of_token : kAlgorithmKeys) {
    const std::string token = sign_with(of_token.jwk, of_token.algorithm, kClaims);
    for (const AlgorithmKey& of_key : kAlgorithmKeys) {
      if (of_key.algorithm == of_token.algorithm) continue;
      Once judge(make_jwk_key(public_jwk(of_key.jwk), of_key.algorithm));
      EXPECT_EQ(judge(token), Verdict::kAlgMismatch)
          << describe(of_token) << " against " << describe(of_key);
    }
  }
}

TEST(Asymmetric, AnotherKeyOfTheSameAlgorithmDoesNotVerify) {
  struct Pair {
    Algorithm algorithm;
    std::string_view one;
    std::string_view other;
  };
  for (const Pair& pair : {Pair{Algorithm::kRs256, kRsaJwk, kOtherRsaJwk},
                           Pair{Algorithm::kPs256, kRsaJwk, kOtherRsaJwk},
                           Pair{Algorithm::kEs256, kP256Jwk, kOtherP256Jwk},
                           Pair{Algorithm::kEd25519, kEd25519Jwk, kOtherEd25519Jwk}}) {
    Judge judge(KeySet::of(make_jwk_key(public_jwk(pair.one), pair.algorithm)));
    EXPECT_EQ(judge(sign_with(pair.one, pair.algorithm, kClaims)), Verdict::kValid);
    EXPECT_EQ(judge(sign_with(pair.other, pair.algorithm, kClaims)), Verdict::kBadSignature);
  }
}

TEST(Asymmetric, KeysWithoutKidAreTriedWhateverTheirLength) {
  std::vector<Key> keys;
  keys.push_back(make_jwk_key(public_jwk(kRsa3072Jwk), Algorithm::kRs256));
  keys.push_back(make_jwk_key(public_jwk(kOtherRsaJwk), Algorithm::kRs256));
  keys.push_back(make_jwk_key(public_jwk(kP256Jwk), Algorithm::kEs256));
  keys.push_back(make_jwk_key(public_jwk(kRsaJwk), Algorithm::kRs256));
  Judge judge(make_keys(std::move(keys)));
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(judge(sign_with(kRsaJwk, Algorithm::kRs256, kClaims)), Verdict::kValid) << round;
    EXPECT_EQ(judge(sign_with(kRsa3072Jwk, Algorithm::kRs256, kClaims)), Verdict::kValid);
    EXPECT_EQ(judge(sign_with(kOtherRsaJwk, Algorithm::kRs256, kClaims)), Verdict::kValid);
    EXPECT_EQ(judge(sign_with(kP256Jwk, Algorithm::kEs256, kClaims)), Verdict::kValid);
  }
}

TEST(Asymmetric, APublicKeyDoesNotSign) {
  for (const AlgorithmKey& key : kAlgorithmKeys) {
    Key parsed = make_jwk_key(public_jwk(key.jwk), key.algorithm);
    EXPECT_FALSE(parsed.can_sign());
    EXPECT_FALSE(Signer::create(std::move(parsed)).ok());
    EXPECT_TRUE(make_jwk_key(key.jwk, key.algorithm).can_sign());
  }
}

TEST(Asymmetric, AKeyThatIsNotThereForSigningDoesNotSign) {
  const Key verifying =
      make_jwk_key(with_members(kP256Jwk, R"(,"key_ops":["verify"])"), Algorithm::kEs256);
  EXPECT_FALSE(verifying.can_sign());
  const Key signing =
      make_jwk_key(with_members(kP256Jwk, R"(,"key_ops":["sign"])"), Algorithm::kEs256);
  EXPECT_TRUE(signing.can_sign());
  EXPECT_FALSE(
      Key::from_jwk(with_members(public_jwk(kP256Jwk), R"(,"key_ops":["sign"])"), Algorithm::kEs256)
          .ok());
}

TEST(Asymmetric, AJwkWithoutAlgNeedsOneThatFits) {
  for (const AlgorithmKey& key : kAlgorithmKeys) {
    EXPECT_FALSE(Key::from_jwk(key.jwk).ok());
    for (const AlgorithmKey& other : kAlgorithmKeys) {
      const auto as_other = Key::from_jwk(key.jwk, other.algorithm);
      const bool fits =
          key.jwk.substr(0, 25) == other.jwk.substr(0, 25) ||
          (key.jwk.starts_with(R"({"kty":"RSA")") && other.jwk.starts_with(R"({"kty":"RSA")")) ||
          (other.algorithm == Algorithm::kEdDsa && key.jwk.starts_with(R"({"kty":"OKP")"));
      EXPECT_EQ(as_other.ok(), fits) << describe(key) << " as " << to_string(other.algorithm);
    }
  }
}

TEST(Asymmetric, TheJwksAlgIsTheKeysAlgorithm) {
  const std::string jwk = with_members(public_jwk(kRsaJwk), R"(,"alg":"PS384","kid":"a")");
  const Key key = Key::from_jwk(jwk).value();
  EXPECT_EQ(key.algorithm(), Algorithm::kPs384);
  EXPECT_EQ(key.kid(), "a");
  EXPECT_FALSE(Key::from_jwk(jwk, Algorithm::kPs256).ok());
  EXPECT_FALSE(Key::from_jwk(with_members(public_jwk(kRsaJwk), R"(,"alg":"ES256")")).ok());
  EXPECT_FALSE(Key::from_jwk(with_members(public_jwk(kP256Jwk), R"(,"alg":"ES384")")).ok());
  EXPECT_FALSE(Key::from_jwk(with_members(public_jwk(kEd25519Jwk), R"(,"alg":"Ed448")")).ok());
}

}  // namespace
}  // namespace simdjwt::testing
