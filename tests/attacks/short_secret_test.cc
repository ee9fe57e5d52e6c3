// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. One token is all an attacker needs to guess its secret offline, at billions of tries
// a second. "secret", a word, eight characters: these fall in minutes.
//
// The defence. A secret has at least as many bytes as the hash (RFC 7518 section 3.2). Whoever
// inherited a shorter one must say so by name. Length is all that can be checked here: draw secrets
// at random (RFC 8725 section 3.5).

#include <gtest/gtest.h>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

struct Bound {
  Algorithm algorithm;
  size_t secret_bytes_min;
};
constexpr Bound kBounds[] = {{Algorithm::kHs256, kHs256KeyBytesMin},
                             {Algorithm::kHs384, kHs384KeyBytesMin},
                             {Algorithm::kHs512, kHs512KeyBytesMin}};

TEST(ShortSecret, IsRefusedBelowTheLengthOfTheHash) {
  for (const auto& [algorithm, secret_bytes_min] : kBounds) {
    for (size_t length = 1; length < secret_bytes_min; ++length) {
      EXPECT_FALSE(Key::hmac(algorithm, kSecret.substr(0, length)).ok())
          << to_string(algorithm) << ", " << length;
    }
    EXPECT_TRUE(Key::hmac(algorithm, kSecret.substr(0, secret_bytes_min)).ok());
  }
}

TEST(ShortSecret, IsRefusedInAJwkToo) {
  for (const Bound& bound : kBounds) {
    const auto jwk_of = [&](size_t length) {
      return R"({"kty":"oct","alg":")" + std::string(to_string(bound.algorithm)) + R"(","k":")" +
             base64url(kSecret.substr(0, length)) + R"("})";
    };
    EXPECT_FALSE(Key::from_jwk(jwk_of(bound.secret_bytes_min - 1)).ok());
    EXPECT_FALSE(KeySet::from_jwks(jwk_of(bound.secret_bytes_min - 1)).ok());
    EXPECT_TRUE(Key::from_jwk(jwk_of(bound.secret_bytes_min)).ok());
  }
}

TEST(ShortSecret, WorksOnlyForThoseWhoAskForItByName) {
  constexpr std::string_view kWeak = "secret";
  auto key = Key::hmac(Algorithm::kHs256, kWeak, {.short_secrets = ShortSecrets::kAllowShort});
  ASSERT_TRUE(key.ok()) << key.status();
  Judge judge(KeySet::of(*std::move(key)));
  EXPECT_EQ(judge(forge(kHeader, kClaims, kWeak)), Verdict::kValid);
  EXPECT_EQ(judge(forge(kHeader, kClaims, "secre")), Verdict::kBadSignature);
  EXPECT_EQ(judge(forge(kHeader, kClaims, "Secret")), Verdict::kBadSignature);
}

TEST(ShortSecret, TheErrorDoesNotShowTheSecret) {
  const auto key = Key::hmac(Algorithm::kHs256, "hunter2-hunter2");
  ASSERT_FALSE(key.ok());
  EXPECT_EQ(key.status().ToString().find("hunter2"), std::string::npos) << key.status();
}

}  // namespace
}  // namespace simdjwt::testing
