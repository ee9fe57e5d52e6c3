// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. HMAC takes a key of no bytes without complaint, and so does OpenSSL. A secret that a
// configuration left out, a lookup that failed, or a JWK read through the wrong member, then makes
// a verifier whose key everyone knows (CVE-2020-28637, CVE-2019-20933, CVE-2026-44699).
//
// The defence. No constructor makes a key of an empty secret, with no option either, and a set
// without keys does not build.

#include <gtest/gtest.h>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

TEST(EmptySecret, MakesNoKey) {
  for (const Algorithm algorithm : {Algorithm::kHs256, Algorithm::kHs384, Algorithm::kHs512}) {
    EXPECT_FALSE(Key::hmac(algorithm, "").ok());
    EXPECT_FALSE(Key::hmac(algorithm, {}).ok());
    EXPECT_FALSE(Key::hmac(algorithm, "", {.short_secrets = ShortSecrets::kAllowShort}).ok());
  }
}

TEST(EmptySecret, MakesNoKeyFromAJwk) {
  const KeyOptions lax = {.short_secrets = ShortSecrets::kAllowShort};
  for (const char* jwk : {
           R"({"kty":"oct","alg":"HS256","k":""})",
           R"({"kty":"oct","alg":"HS256"})",
           R"({"kty":"oct","alg":"HS256","k":null})",
           R"({"kty":"oct","alg":"HS256","k":[]})",
           R"({"kty":"oct","alg":"HS256","k":0})",
       }) {
    EXPECT_FALSE(Key::from_jwk(jwk).ok()) << jwk;
    EXPECT_FALSE(Key::from_jwk(jwk, Algorithm::kHs256, lax).ok()) << jwk;
    EXPECT_FALSE(KeySet::from_jwks(jwk, {.algorithms = {Algorithm::kHs256},
                                         .short_secrets = ShortSecrets::kAllowShort})
                     .ok())
        << jwk;
  }
}

TEST(EmptySecret, ASetWithoutKeysVerifiesNothing) {
  EXPECT_FALSE(KeySetBuilder().build().ok());
  EXPECT_FALSE(KeySet::from_jwks(R"({"keys":[]})").ok());
  EXPECT_FALSE(KeySet::from_jwks("{}").ok());
}

TEST(EmptySecret, TokensUnderTheEmptyKeyAreRefused) {
  Judge judge;
  EXPECT_EQ(judge(forge(kHeader, kClaims, "")), Verdict::kBadSignature);
  // HMAC pads its key with zeros: these are the same key as the empty one.
  EXPECT_EQ(judge(forge(kHeader, kClaims, std::string(32, '\0'))), Verdict::kBadSignature);
}

}  // namespace
}  // namespace simdjwt::testing
