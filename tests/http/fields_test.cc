// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "http/fields.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "http/request_parser.h"
#include "support/guarded_buffer.h"

namespace simdjwt::http {
namespace {

// Only of fields that the parser accepts; against an unreadable page at both ends.
template <typename Find>
void expect_found(Find find, std::string_view fields, std::string_view name, size_t count,
                  std::string_view value) {
  const std::string head = "GET / HTTP/1.0\r\n" + std::string(fields) + "\r\n";
  RequestParser parser;
  ASSERT_EQ(parser.parse(head), RequestParser::Outcome::kComplete) << fields;
  ASSERT_EQ(parser.request().fields, fields);
  testing::GuardedBuffer buffer(fields.size() + 1);
  for (const std::string_view guarded : {buffer.at_end(fields), buffer.at_begin(fields)}) {
    const Found found = find(guarded, name);
    EXPECT_EQ(found.count, count) << name << " in " << fields;
    EXPECT_EQ(found.value, value) << name << " in " << fields;
  }
}

void expect_field(std::string_view fields, std::string_view name, size_t count,
                  std::string_view value) {
  expect_found(find_field, fields, name, count, value);
}
void expect_cookie(std::string_view fields, std::string_view name, size_t count,
                   std::string_view value) {
  expect_found(find_cookie, fields, name, count, value);
}
void expect_parameter(std::string_view query, std::string_view name, size_t count,
                      std::string_view value) {
  testing::GuardedBuffer buffer(query.size() + 1);
  const Found found = find_parameter(buffer.at_end(query), name);
  EXPECT_EQ(found.count, count) << name << " in " << query;
  EXPECT_EQ(found.value, value) << name << " in " << query;
}

constexpr std::string_view kFields =
    "Host: a\r\nX-Api-Token: abc \r\nX:\r\nx-B3_Trace^ID:\t1 2\r\nACCEPT: x\r\naccept:y\r\n";

TEST(FindField, IgnoresTheCaseOfNames) {
  expect_field(kFields, "host", 1, "a");
  expect_field(kFields, "x-api-token", 1, "abc");
  expect_field(kFields, "x-b3_trace^id", 1, "1 2");
}

TEST(FindField, TellsEmptyFromMissing) {
  expect_field(kFields, "x", 1, "");
  expect_field(kFields, "y", 0, "");
  expect_field("", "x", 0, "");
}

TEST(FindField, CountsAndGivesTheFirst) { expect_field(kFields, "accept", 2, "x"); }

TEST(FindField, TakesNoPartOfANameForIt) {
  for (const char* name : {"hos", "ost", "host:", "hosts", "x-api", "api-token", "accept:x", ""}) {
    expect_field(kFields, name, 0, "");
  }
  // '^' and '~' differ in bit 5 only, as the two cases of a letter do.
  expect_field("X^Y: a\r\n", "x~y", 0, "");
}

TEST(FindField, TakesNoValueForAField) {
  expect_field("X: Host: b\r\n", "host", 0, "");
  expect_field("X: \tHost: b\r\n", "host", 0, "");
}

TEST(FindCookie, ReadsPairs) {
  const std::string_view fields = "Cookie: a=1; session=x.y.z;b=2\r\n";
  expect_cookie(fields, "session", 1, "x.y.z");
  expect_cookie(fields, "a", 1, "1");
  expect_cookie(fields, "b", 1, "2");
  expect_cookie(fields, "c", 0, "");
}

TEST(FindCookie, MindsTheCaseOfNames) {
  expect_cookie("cookie: session=a\r\n", "session", 1, "a");
  expect_cookie("Cookie: Session=a\r\n", "session", 0, "");
}

TEST(FindCookie, CountsOverAllFields) {
  expect_cookie("Cookie: s=a\r\nX: y\r\nCookie: s=b\r\n", "s", 2, "a");
  expect_cookie("Cookie: s=a; s=a\r\n", "s", 2, "a");
  expect_cookie("Cookie: t=a\r\nCookie: s=b\r\n", "s", 1, "b");
}

TEST(FindCookie, TakesNoPartOfANameOrValueForIt) {
  expect_cookie("Cookie: xs=a; s-x=b; y=s=c; s; =d; __s=e\r\n", "s", 0, "");
  expect_cookie("X-Cookie: s=a\r\nCookie2: s=a\r\nSet-Cookie: s=a\r\n", "s", 0, "");
}

TEST(FindCookie, LeavesValuesAsTheyAreWritten) {
  expect_cookie("Cookie: s=\"a\"\r\n", "s", 1, "\"a\"");
  expect_cookie("Cookie: s=%61\r\n", "s", 1, "%61");
  expect_cookie("Cookie: s=a=b\r\n", "s", 1, "a=b");
  expect_cookie("Cookie: s=\r\n", "s", 1, "");
  expect_cookie("Cookie: s= a\r\n", "s", 1, " a");
}

// A quoted string hides no pair: no cookie value may hold a semicolon (RFC 6265 section 4.1.1).
TEST(FindCookie, SplitsAtEverySemicolon) {
  expect_cookie("Cookie: a=\"; s=x; b=\"\r\n", "s", 1, "x");
  expect_cookie("Cookie: ;; ;s=x;\r\n", "s", 1, "x");
}

TEST(FindParameter, ReadsPairs) {
  expect_parameter("access_token=x.y.z", "access_token", 1, "x.y.z");
  expect_parameter("a=1&access_token=x&b", "access_token", 1, "x");
  expect_parameter("t=a&t=b", "t", 2, "a");
  expect_parameter("t=&u", "t", 1, "");
  expect_parameter("", "t", 0, "");
}

TEST(FindParameter, DecodesNothing) {
  expect_parameter("%74=a", "t", 0, "");
  expect_parameter("t=%61+b", "t", 1, "%61+b");
  expect_parameter("T=a& t=b&xt=c&t&t;=d&a;t=e&tt=f", "t", 0, "");
}

}  // namespace
}  // namespace simdjwt::http
