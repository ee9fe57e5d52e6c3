// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/credentials.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "http/request_parser.h"

namespace simdjwt::serve {
namespace {

TEST(Bearer, TakesWhatFollowsTheScheme) {
  EXPECT_EQ(credentials_of("Bearer abc", "bearer"), "abc");
  EXPECT_EQ(credentials_of("bEARER abc", "bearer"), "abc");
  EXPECT_EQ(credentials_of("Bearer    abc", "bearer"), "abc");
  EXPECT_EQ(credentials_of("Bearer a b", "bearer"), "a b");
}

TEST(Bearer, KnowsABareScheme) {
  EXPECT_EQ(credentials_of("Bearer", "bearer"), "");
  EXPECT_EQ(credentials_of("Bearer ", "bearer"), "");
}

TEST(Bearer, IsNoOtherScheme) {
  for (const char* value : {"", " ", "Basic abc", "Bearerabc", "Bear abc", "Bearers abc",
                            "Bearer\tabc", "Bearer,abc", "Bearer=abc", " Bearer abc", "abc"}) {
    EXPECT_EQ(credentials_of(value, "bearer"), std::nullopt) << value;
  }
}

TEST(Bearer, KnowsTheSyntaxOfTokens) {
  for (const char* text : {"a", "aZ09-._~+/", "a=", "a=="}) EXPECT_TRUE(is_b64token(text)) << text;
  for (const char* text : {"", "=", "==", "a b", "a=b", "a,b", "\"a\"", "a\t", "a;", "\xc3\xa4"}) {
    EXPECT_FALSE(is_b64token(text)) << text;
  }
}

// --- All sources ---

using Kind = Credentials::Kind;
using Source = TokenSource::Kind;

Credentials find(std::string_view head, const std::vector<TokenSource>& sources) {
  static http::RequestParser parser;
  static std::string kept;
  kept = head;
  parser = http::RequestParser();
  EXPECT_EQ(parser.parse(kept), http::RequestParser::Outcome::kComplete) << head;
  return find_credentials(parser.request(), sources);
}

Credentials find_among_fields(std::string_view fields, const std::vector<TokenSource>& sources,
                              std::string_view target = "/") {
  return find(
      "GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n",
      sources);
}

const std::vector<TokenSource> kAll = {{Source::kAuthorization, ""},
                                       {Source::kHeader, "x-api-token"},
                                       {Source::kCookie, "session"},
                                       {Source::kQuery, "access_token"}};

TEST(Credentials, LooksOnlyWhereItIsTold) {
  const std::string everywhere =
      "X-Api-Token: h\r\nCookie: a=b; session=c\r\nAuthorization: Bearer a\r\n";
  for (const auto& [source, token] : {std::pair(kAll[0], "a"), std::pair(kAll[1], "h"),
                                      std::pair(kAll[2], "c"), std::pair(kAll[3], "q")}) {
    const Credentials found = find_among_fields(everywhere, {source}, "/?access_token=q");
    EXPECT_EQ(found.kind, Kind::kToken);
    EXPECT_EQ(found.token, token);
    EXPECT_EQ(find_among_fields("Cookie: Session=c; xsession=c\r\nX-Api-Tokens: h\r\n", {source},
                                "/?Access_token=q&xaccess_token=q")
                  .kind,
              Kind::kNone);
  }
}

TEST(Credentials, TakesTheSameTokenTwiceForOne) {
  const Credentials found =
      find_among_fields("Authorization: Bearer t\r\nCookie: session=t\r\nX-Api-Token: Bearer t\r\n",
                        kAll, "/?access_token=t");
  EXPECT_EQ(found.kind, Kind::kToken);
  EXPECT_EQ(found.token, "t");
}

TEST(Credentials, RefusesTwoTokens) {
  for (const char* fields :
       {"Authorization: Bearer t\r\nCookie: session=u\r\n",
        "X-Api-Token: t\r\nCookie: session=u\r\n", "Cookie: session=t; session=t\r\n",
        "Cookie: session=t\r\nCookie: session=t\r\n", "X-Api-Token: t\r\nx-api-token: t\r\n",
        "Authorization: Bearer t\r\nAuthorization: Bearer t\r\n",
        "Authorization: Bearer t\r\nAuthorization: Basic t\r\n",
        "Authorization: Bearer\r\nCookie: session=u\r\n"}) {
    EXPECT_EQ(find_among_fields(fields, kAll).kind, Kind::kMultiple) << fields;
  }
  EXPECT_EQ(find_among_fields("", kAll, "/?access_token=t&access_token=t").kind, Kind::kMultiple);
  EXPECT_EQ(find_among_fields("Cookie: session=u\r\n", kAll, "/?access_token=t").kind,
            Kind::kMultiple);
}

TEST(Credentials, PassesOverWhatIsEmpty) {
  const Credentials found =
      find_among_fields("Authorization: Basic eA==\r\nX-Api-Token:\r\nCookie: session=\r\n", kAll,
                        "/?access_token=t&a");
  EXPECT_EQ(found.kind, Kind::kToken);
  EXPECT_EQ(found.token, "t");
  EXPECT_EQ(find_among_fields("X-Api-Token:\r\nCookie: session=\r\n", kAll, "/?access_token=").kind,
            Kind::kNone);
}

}  // namespace
}  // namespace simdjwt::serve
