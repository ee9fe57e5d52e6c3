// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/issue.h"

#include "registry/account_key.h"
#include "registry/registry_fixture.h"

namespace simdjwt::registry {
namespace {

const Account kAlice{.id = 1, .name = "alice"};

std::string claims_of(const TokenRequest& request) {
  EXPECT_EQ(check_request(request, {}, kNow), absl::OkStatus());
  return make_claims(request, kIssuer, kAlice, "JTI", kNow);
}

absl::Status check(TokenRequest request, const LifePolicy& life = {}) {
  return check_request(request, life, kNow);
}

TEST(Issue, StandardClaims) {
  EXPECT_EQ(claims_of({.description = "d"}),
            R"({"iss":"https://tokens.example","sub":"alice","jti":"JTI","iat":1795428000})");
  EXPECT_EQ(
      claims_of({.description = "d",
                 .expires = kNow + 60,
                 .sub = "b\"ob",
                 .audiences = {"https://a.example"},
                 .scope = "read write"}),
      R"({"iss":"https://tokens.example","sub":"b\"ob","aud":"https://a.example","jti":"JTI",)"
      R"("iat":1795428000,"exp":1795428060,"scope":"read write"})");
  EXPECT_NE(claims_of({.description = "d", .audiences = {"a", "b"}}).find(R"("aud":["a","b"])"),
            std::string::npos);
}

TEST(Issue, DjangoClaims) {
  const std::string claims = claims_of(
      {.description = "d", .claims = Template::kDjango, .expires = kNow + 60, .user_id = "42"});
  EXPECT_TRUE(claims.ends_with(R"("exp":1795428060,"token_type":"access","user_id":42})"));
  const TokenRequest text{
      .description = "d", .claims = Template::kDjango, .expires = kNow + 60, .user_id = "\"x7\""};
  EXPECT_TRUE(claims_of(text).ends_with(R"("user_id":"x7"})"));
}

TEST(Issue, DjangoDemandsAnExpiryAndAUser) {
  TokenRequest request{.description = "d", .claims = Template::kDjango, .user_id = "42"};
  EXPECT_FALSE(check(request).ok());
  request.expires = kNow + 60;
  EXPECT_EQ(check(request), absl::OkStatus());
  for (const char* user_id : {"", "x", "1.5", "true", "{}", "[1]", "1 2", "null"}) {
    request.user_id = user_id;
    EXPECT_FALSE(check(request).ok()) << user_id;
  }
}

TEST(Issue, CustomClaims) {
  TokenRequest request{.description = "d",
                       .claims = Template::kCustom,
                       .custom_claims = R"( {"iss":"me","n":1e2,"a":[{}]} )"};
  EXPECT_EQ(claims_of(request), R"({"jti":"JTI","iat":1795428000,"iss":"me","n":1e2,"a":[{}]})");
  request.custom_claims = " { } ";
  EXPECT_EQ(claims_of(request), R"({"jti":"JTI","iat":1795428000})");
  for (const char* json : {"", "[]", "1", "{", R"({"jti":1})", R"({"\u0065xp":1})", R"({"iat":1})",
                           R"({"a":1}x)", "{}{}"}) {
    request.custom_claims = json;
    EXPECT_FALSE(check(request).ok()) << json;
  }
  request.custom_claims = "{}";
  request.sub = "alice";
  EXPECT_FALSE(check(request).ok());
}

TEST(Issue, KeepsToThePolicyOfTheAccount) {
  const LifePolicy life{.seconds_min = 60, .seconds_max = 3600, .may_be_indefinite = false};
  const auto lasts = [&](int64_t seconds) {
    return check({.description = "d", .expires = kNow + seconds}, life).ok();
  };
  EXPECT_FALSE(lasts(-1));
  EXPECT_FALSE(lasts(0));
  EXPECT_FALSE(lasts(59));
  EXPECT_TRUE(lasts(60));
  EXPECT_TRUE(lasts(3600));
  EXPECT_FALSE(lasts(3601));
  EXPECT_FALSE(check({.description = "d"}, life).ok());
  EXPECT_TRUE(check({.description = "d"}).ok());
  EXPECT_TRUE(check({.description = "d", .expires = 253402300799}).ok());
  EXPECT_FALSE(check({.description = "d", .expires = 253402300800}).ok());
}

TEST(Issue, RefusesTextsThatAreNone) {
  EXPECT_FALSE(check({}).ok());
  EXPECT_FALSE(check({.description = std::string(201, 'x')}).ok());
  EXPECT_TRUE(check({.description = std::string(200, 'x')}).ok());
  EXPECT_FALSE(check({.description = "a\nb"}).ok());
  EXPECT_FALSE(check({.description = "\xff"}).ok());
  EXPECT_FALSE(check({.description = "d", .sub = "\xff"}).ok());
  EXPECT_FALSE(check({.description = "d", .audiences = {""}}).ok());
  EXPECT_FALSE(check({.description = "d", .scope = "a\nb"}).ok());
  EXPECT_FALSE(check({.description = "d", .user_id = "42"}).ok());
  EXPECT_FALSE(check({.description = "d", .custom_claims = "{}"}).ok());
}

TEST(Issue, SignsDeterministically) {
  for (const Algorithm algorithm : kTokenAlgorithms) {
    const SecretText secret = make_secret(algorithm).value().text;
    const std::string token = sign_token(algorithm, secret, R"({"a":1})").value();
    EXPECT_EQ(sign_token(algorithm, secret, R"({"a":1})").value(), token);
    EXPECT_NE(sign_token(algorithm, secret, R"({"a":2})").value(), token);
    EXPECT_FALSE(sign_token(algorithm, secret, R"({"exp":"x"})").ok());
  }
}

}  // namespace
}  // namespace simdjwt::registry
