// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. One issuer signs several kinds of tokens with one key: access tokens, identity
// tokens, logout tokens. Shown where another kind is expected, they verify, and their claims mean
// something else (RFC 8725 section 2.8).
//
// The defence. Explicit typing: the policy must say which typ it expects, or that it does not. The
// comparison is the one of media types, ASCII case folded and "application/" implied (RFC 7515
// section 4.1.9), and no looser.

#include <gtest/gtest.h>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

Policy expecting(std::string_view typ) {
  PolicyBuilder builder;
  builder.ignore_iss().ignore_aud().allow_missing_exp().expect_typ(typ);
  return builder.build().value();
}

std::string token_of_typ(std::string_view typ) {
  return forge(R"({"alg":"HS256","typ":")" + std::string(typ) + R"("})", kClaims);
}

TEST(TokenTypeConfusion, IsRefusedByName) {
  Judge judge(expecting("at+jwt"));
  for (const char* typ : {"at+jwt", "AT+JWT", "At+Jwt", "application/at+jwt", "Application/AT+jwt",
                          "at\\u002bjwt", "application\\/at+jwt"}) {
    EXPECT_EQ(judge(token_of_typ(typ)), Verdict::kValid) << typ;
  }
  for (const char* typ : {"JWT",
                          "id+jwt",
                          "logout+jwt",
                          "at+jw",
                          "at+jwtx",
                          "xat+jwt",
                          "at+jwt ",
                          " at+jwt",
                          "at jwt",
                          "",
                          "application/",
                          "application/JWT",
                          "application/application/at+jwt",
                          "text/at+jwt",
                          "/at+jwt",
                          "application//at+jwt",
                          "at+jwt; charset=utf-8",
                          "at+jwt\\u0000",
                          "applicationat+jwt",
                          "at+jwt/at+jwt"}) {
    EXPECT_EQ(judge(token_of_typ(typ)), Verdict::kTypMismatch) << typ;
  }
  EXPECT_EQ(judge(forge(R"({"alg":"HS256"})", kClaims)), Verdict::kTypMissing);
  EXPECT_EQ(judge(forge(R"({"alg":"HS256"})", R"({"typ":"at+jwt"})")), Verdict::kTypMissing);
}

TEST(TokenTypeConfusion, IsRefusedHoweverThePolicySpellsIt) {
  for (const char* expected : {"application/at+jwt", "APPLICATION/AT+JWT", "AT+jwt"}) {
    Judge judge(expecting(expected));
    EXPECT_EQ(judge(token_of_typ("at+jwt")), Verdict::kValid) << expected;
    EXPECT_EQ(judge(token_of_typ("application/at+jwt")), Verdict::kValid) << expected;
    EXPECT_EQ(judge(token_of_typ("JWT")), Verdict::kTypMismatch) << expected;
  }
  // With another top-level type nothing is implied.
  Judge text(expecting("text/jwt"));
  EXPECT_EQ(text(token_of_typ("text/jwt")), Verdict::kValid);
  EXPECT_EQ(text(token_of_typ("TEXT/JWT")), Verdict::kValid);
  EXPECT_EQ(text(token_of_typ("jwt")), Verdict::kTypMismatch);
  EXPECT_EQ(text(token_of_typ("application/jwt")), Verdict::kTypMismatch);
}

TEST(TokenTypeConfusion, FoldsOnlyAsciiLetters) {
  Judge judge(expecting("k[a]@z`+jwt"));
  EXPECT_EQ(judge(token_of_typ("K[A]@Z`+JWT")), Verdict::kValid);
  // Neighbours of the letters in ASCII differ by the same bit, and are different.
  EXPECT_EQ(judge(token_of_typ("k{a}@z`+jwt")), Verdict::kTypMismatch);
  EXPECT_EQ(judge(token_of_typ("k[a]`z@+jwt")), Verdict::kTypMismatch);
  // The Kelvin sign folds to k in Unicode.
  EXPECT_EQ(judge(token_of_typ("\\u212a[a]@z`+jwt")), Verdict::kTypMismatch);
  // Turkish dotless i.
  Judge idtoken(expecting("id+jwt"));
  EXPECT_EQ(idtoken(token_of_typ("\\u0131d+jwt")), Verdict::kTypMismatch);
  EXPECT_EQ(idtoken(token_of_typ("\\u0130d+jwt")), Verdict::kTypMismatch);
}

}  // namespace
}  // namespace simdjwt::testing
