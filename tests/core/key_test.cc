// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjwt/key.h>

#include <type_traits>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string jwk(std::string_view more_members, std::string_view secret = kSecret) {
  return R"({"kty":"oct","k":")" + base64url(secret) + '"' + std::string(more_members) + "}";
}

TEST(Algorithm, HasTheNamesOfTheRfcs) {
  // RFC 7518 section 3.1, RFC 8812 section 3.2, RFC 8037 section 3.1, RFC 9864 section 2.2.
  constexpr const char* kNames[] = {"HS256",  "HS384", "HS512",   "RS256", "RS384", "RS512",
                                    "PS256",  "PS384", "PS512",   "ES256", "ES384", "ES512",
                                    "ES256K", "EdDSA", "Ed25519", "Ed448"};
  uint8_t value = 0;
  for (const char* name : kNames) {
    const auto algorithm = static_cast<Algorithm>(value++);
    EXPECT_EQ(to_string(algorithm), name);
    EXPECT_EQ(parse_algorithm(name), algorithm);
    EXPECT_EQ(is_hmac(algorithm), name[0] == 'H');
  }
  EXPECT_EQ(value, static_cast<uint8_t>(Algorithm::kEd448) + 1);
  for (const char* name : {"", "none", "hs256", "HS256 ", "HS25", "HS2567", "RS1", "ES256k",
                           "EDDSA", "ed25519", "X25519", "ML-DSA-44"}) {
    EXPECT_EQ(parse_algorithm(name), std::nullopt) << name;
  }
}

TEST(Algorithm, KnowsTheLengthOfItsSignatures) {
  EXPECT_EQ(signature_bytes(Algorithm::kHs256), 32u);
  EXPECT_EQ(signature_bytes(Algorithm::kHs384), 48u);
  EXPECT_EQ(signature_bytes(Algorithm::kHs512), 64u);
  EXPECT_EQ(signature_bytes(Algorithm::kRs256), 0u);
  EXPECT_EQ(signature_bytes(Algorithm::kPs512), 0u);
  EXPECT_EQ(signature_bytes(Algorithm::kEs256), 64u);
  EXPECT_EQ(signature_bytes(Algorithm::kEs384), 96u);
  EXPECT_EQ(signature_bytes(Algorithm::kEs512), 132u);
  EXPECT_EQ(signature_bytes(Algorithm::kEs256k), 64u);
  EXPECT_EQ(signature_bytes(Algorithm::kEdDsa), 0u);
  EXPECT_EQ(signature_bytes(Algorithm::kEd25519), 64u);
  EXPECT_EQ(signature_bytes(Algorithm::kEd448), 114u);
}

TEST(Key, KeepsWhatItWasMadeWith) {
  const Key key = make_key(kSecret, "a", Algorithm::kHs384, {.not_before = 1, .not_after = 2});
  EXPECT_EQ(key.algorithm(), Algorithm::kHs384);
  EXPECT_EQ(key.kid(), "a");
  EXPECT_EQ(key.period().not_before, 1);
  EXPECT_EQ(key.period().not_after, 2);
  EXPECT_EQ(make_key().kid(), "");
}

TEST(Key, MovesAndDoesNotCopy) {
  static_assert(!std::is_copy_constructible_v<Key> && !std::is_copy_assignable_v<Key>);
  static_assert(std::is_nothrow_move_constructible_v<Key> &&
                std::is_nothrow_move_assignable_v<Key>);
  Key key = make_key(kSecret, "a");
  Key other = std::move(key);
  EXPECT_EQ(other.kid(), "a");
  other = make_key(kOtherSecret, "b");
  EXPECT_EQ(other.kid(), "b");
  Judge judge(KeySet::of(std::move(other)));
  EXPECT_EQ(judge(forge(R"({"alg":"HS256","kid":"b"})", "{}", kOtherSecret)), Verdict::kValid);
}

TEST(Key, TakesSecretsOfAnyBytesAndEveryLengthUpToItsBound) {
  std::string all_bytes;
  for (int i = 0; i < 256; ++i) all_bytes += static_cast<char>(i);
  // Around the block lengths of SHA-256 and SHA-512, where a longer secret is hashed first.
  for (const size_t length : {32u, 33u, 63u, 64u, 65u, 127u, 128u, 129u, 255u, 256u}) {
    for (const Algorithm algorithm : {Algorithm::kHs256, Algorithm::kHs384, Algorithm::kHs512}) {
      if (length < signature_bytes(algorithm)) continue;
      const std::string_view secret = std::string_view(all_bytes).substr(0, length);
      Judge judge(KeySet::of(make_key(secret, "", algorithm)));
      const std::string header = R"({"alg":")" + std::string(to_string(algorithm)) + R"("})";
      EXPECT_EQ(judge(forge(header, "{}", secret, algorithm)), Verdict::kValid)
          << to_string(algorithm) << ", " << length;
      EXPECT_EQ(judge(forge(header, "{}", all_bytes + 'x', algorithm)), Verdict::kBadSignature);
    }
  }
  EXPECT_TRUE(Key::hmac(Algorithm::kHs256, std::string(kHmacKeyBytesMax, 'x')).ok());
  EXPECT_FALSE(Key::hmac(Algorithm::kHs256, std::string(kHmacKeyBytesMax + 1, 'x')).ok());
}

TEST(Key, DoesNotDecodeItsSecret) {
  // Base64 text is a secret like any other, of its own bytes.
  const std::string text = base64url(kSecret);
  Judge judge(KeySet::of(make_key(text)));
  EXPECT_EQ(judge(forge(kHeader, "{}", text)), Verdict::kValid);
  EXPECT_EQ(judge(forge(kHeader, "{}", kSecret)), Verdict::kBadSignature);
}

TEST(Key, RefusesAPeriodThatEndsBeforeItBegins) {
  EXPECT_FALSE(
      Key::hmac(Algorithm::kHs256, kSecret, {.period = {.not_before = kNow + 1, .not_after = kNow}})
          .ok());
}

TEST(JwkKey, ReadsAnOctKey) {
  const Key key = Key::from_jwk(jwk(R"(,"alg":"HS512","kid":"a","use":"sig","x":[1,{}])")).value();
  EXPECT_EQ(key.algorithm(), Algorithm::kHs512);
  EXPECT_EQ(key.kid(), "a");
  Judge judge(KeySet::of(Key::from_jwk(jwk(R"(,"alg":"HS256")")).value()));
  EXPECT_EQ(judge(forge(kHeader, "{}")), Verdict::kValid);
  EXPECT_EQ(judge(forge(kHeader, "{}", kOtherSecret)), Verdict::kBadSignature);
}

TEST(JwkKey, TakesItsAlgorithmFromOnePlace) {
  EXPECT_FALSE(Key::from_jwk(jwk("")).ok());
  EXPECT_EQ(Key::from_jwk(jwk(""), Algorithm::kHs384).value().algorithm(), Algorithm::kHs384);
  EXPECT_TRUE(Key::from_jwk(jwk(R"(,"alg":"HS256")"), Algorithm::kHs256).ok());
  EXPECT_FALSE(Key::from_jwk(jwk(R"(,"alg":"HS256")"), Algorithm::kHs384).ok());
  for (const char* alg : {"null", R"("")", R"("none")", R"("hs256")", R"("RS256")", R"("A256GCM")",
                          R"("A256KW")", "256", R"(["HS256"])"}) {
    EXPECT_FALSE(Key::from_jwk(jwk(R"(,"alg":)" + std::string(alg))).ok()) << alg;
    EXPECT_FALSE(Key::from_jwk(jwk(R"(,"alg":)" + std::string(alg)), Algorithm::kHs256).ok())
        << alg;
  }
}

TEST(JwkKey, TakesItsKidFromOnePlace) {
  const std::string named = jwk(R"(,"alg":"HS256","kid":"a")");
  EXPECT_EQ(Key::from_jwk(named).value().kid(), "a");
  EXPECT_EQ(Key::from_jwk(named, std::nullopt, {.kid = "a"}).value().kid(), "a");
  EXPECT_FALSE(Key::from_jwk(named, std::nullopt, {.kid = "b"}).ok());
  EXPECT_EQ(Key::from_jwk(jwk(R"(,"alg":"HS256")"), std::nullopt, {.kid = "b"}).value().kid(), "b");
  for (const char* kid : {"null", "1", R"(["a"])", "{}"}) {
    EXPECT_FALSE(Key::from_jwk(jwk(R"(,"alg":"HS256","kid":)" + std::string(kid))).ok()) << kid;
  }
  const std::string long_kid = R"(,"alg":"HS256","kid":")" + std::string(kKidBytesMax + 1, 'k');
  EXPECT_FALSE(Key::from_jwk(jwk(long_kid + '"')).ok());
}

TEST(JwkKey, MustBeForVerifying) {
  for (const char* members :
       {R"(,"use":"sig")", R"(,"key_ops":["verify"])", R"(,"key_ops":["sign","verify"])",
        R"(,"use":"sig","key_ops":["verify"])"}) {
    EXPECT_TRUE(Key::from_jwk(jwk(members), Algorithm::kHs256).ok()) << members;
  }
  for (const char* members :
       {R"(,"use":"enc")", R"(,"use":"SIG")", R"(,"use":"")", R"(,"use":null)", R"(,"use":["sig"])",
        R"(,"key_ops":[])", R"(,"key_ops":["sign"])", R"(,"key_ops":["encrypt","decrypt"])",
        R"(,"key_ops":"verify")", R"(,"key_ops":{"verify":1})", R"(,"key_ops":null)",
        R"(,"key_ops":["Verify"])", R"(,"key_ops":["verify",1])",
        R"(,"key_ops":["verify","verify"])", R"(,"use":"enc","key_ops":["verify"])"}) {
    EXPECT_FALSE(Key::from_jwk(jwk(members), Algorithm::kHs256).ok()) << members;
  }
}

TEST(JwkKey, MustSpellItsSecretCanonically) {
  const std::string k = base64url(kSecret);  // 64 bytes: two characters for the last, 4 stray bits
  ASSERT_EQ(num_stray_bits(k), 4u);
  const auto with = [](const std::string& value) {
    return Key::from_jwk(R"({"kty":"oct","alg":"HS256","k":")" + value + R"("})");
  };
  ASSERT_TRUE(with(k).ok());
  EXPECT_FALSE(with(with_padding(k)).ok());
  EXPECT_FALSE(with(with_stray_bits(k, 1)).ok());
  EXPECT_FALSE(with(k + 'A' + 'A' + 'A').ok());  // 1 mod 4
  EXPECT_FALSE(with(' ' + k).ok());
  EXPECT_FALSE(with(k + "\\n").ok());
  EXPECT_FALSE(with(in_standard_alphabet(base64url(std::string(63, '\xfb')))).ok());
  EXPECT_TRUE(with(base64url(std::string(63, '\xfb'))).ok());
}

TEST(JwkKey, MustBeOneValidObject) {
  const std::string good = jwk(R"(,"alg":"HS256")");
  ASSERT_TRUE(Key::from_jwk(good).ok());
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string("[]"), std::string("null"),
        std::string(R"("k")"), good.substr(0, good.size() - 1), good + "x", good + good,
        "[" + good + "]", std::string(R"({"alg":"HS256","k":")" + base64url(kSecret) + R"("})"),
        std::string(R"({"kty":"OCT","alg":"HS256","k":")" + base64url(kSecret) + R"("})"),
        std::string(R"({"kty":["oct"],"alg":"HS256","k":")" + base64url(kSecret) + R"("})"),
        jwk(R"(,"alg":"HS256","alg":"HS256")"), jwk(R"(,"alg":"HS256","k":"AAAA")"),
        jwk(R"(,"alg":"HS256","\u006b":"AAAA")"), "\xef\xbb\xbf" + good}) {
    EXPECT_FALSE(Key::from_jwk(text).ok()) << text;
  }
}

TEST(JwkKey, ErrorsDoNotShowTheSecret) {
  const std::string k = base64url(kSecret);
  for (const std::string& text : {
           R"({"kty":"oct","k":")" + k + R"("})",
           R"({"kty":"oct","alg":"HS256","k":")" + k + R"(="})",
           R"({"kty":"oct","alg":"HS256","use":"enc","k":")" + k + R"("})",
           R"({"kty":"oct","alg":"HS256","k":")" + k,
           R"({"kty":"oct","alg":"HS256","k":")" + base64url(kSecret.substr(0, 20)) + R"("})",
       }) {
    const auto key = Key::from_jwk(text);
    ASSERT_FALSE(key.ok()) << text;
    EXPECT_THAT(key.status().ToString(), Not(HasSubstr(k.substr(0, 16))));
    EXPECT_THAT(key.status().ToString(), Not(HasSubstr("the secret of all")));
  }
}

}  // namespace
}  // namespace simdjwt::testing
