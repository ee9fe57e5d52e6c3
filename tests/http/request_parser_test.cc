// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "http/request_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "http/parse_every_way.h"

namespace simdjwt::http {
namespace {

using testing::parse_every_way;
using testing::parse_in_steps;
using testing::Parsed;
using Outcome = RequestParser::Outcome;

std::string get(std::string_view fields, std::string_view target = "/check") {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n";
}

// --- What is accepted ---

TEST(RequestParser, ReadsTheSmallestRequest) {
  const std::string text = "GET / HTTP/1.1\r\nHost:\r\n\r\n";
  const Parsed parsed = parse_every_way(text);
  EXPECT_EQ(parsed.outcome, Outcome::kComplete);
  EXPECT_EQ(parsed.head_bytes, text.size());
  EXPECT_EQ(parsed.method, Method::kGet);
  EXPECT_EQ(parsed.path, "/");
  EXPECT_EQ(parsed.authorization, "");
  EXPECT_EQ(parsed.num_authorizations, 0);
  EXPECT_TRUE(parsed.keep_alive);
}

TEST(RequestParser, ReadsWhatNginxSends) {
  const Parsed parsed = parse_every_way(
      "GET /check HTTP/1.1\r\nX-Original-URI: /ka/p\r\nHost: ka\r\nUser-Agent: curl/7.88.1\r\n"
      "Accept: */*\r\nAuthorization: Bearer tok\r\n\r\n");
  EXPECT_EQ(parsed.outcome, Outcome::kComplete);
  EXPECT_EQ(parsed.path, "/check");
  EXPECT_EQ(parsed.authorization, "Bearer tok");
  EXPECT_EQ(parsed.num_authorizations, 1);
}

TEST(RequestParser, ReadsWhatCaddySends) {
  const Parsed parsed = parse_every_way(
      "GET /check?b=1 HTTP/1.1\r\nHost: example.com:8443\r\nAuthorization: Bearer tok\r\n"
      "Content-Type: application/x-www-form-urlencoded\r\nX-Forwarded-For: 127.0.0.1\r\n"
      "X-Forwarded-Host: example.com\r\nX-Forwarded-Method: POST\r\nX-Forwarded-Proto: http\r\n"
      "X-Forwarded-Uri: /p/a?b=1\r\nAccept-Encoding: gzip\r\n\r\n");
  EXPECT_EQ(parsed.outcome, Outcome::kComplete);
  EXPECT_EQ(parsed.path, "/check");
  EXPECT_EQ(parsed.authorization, "Bearer tok");
}

TEST(RequestParser, StopsBehindTheFirstRequest) {
  const std::string first = get("Authorization: Bearer one\r\n");
  const Parsed parsed = parse_every_way(first + get("Authorization: Bearer two\r\n"));
  EXPECT_EQ(parsed.outcome, Outcome::kComplete);
  EXPECT_EQ(parsed.head_bytes, first.size());
  EXPECT_EQ(parsed.authorization, "Bearer one");
}

TEST(RequestParser, BeginsEachRequestAfresh) {
  const std::string first = get("Authorization: Bearer one\r\nConnection: close\r\n");
  const std::string second = "HEAD /livez HTTP/1.1\r\nHost: b\r\n\r\n";
  RequestParser parser;
  ASSERT_EQ(parser.parse(first + second), Outcome::kComplete);
  EXPECT_FALSE(parser.request().keep_alive);
  ASSERT_EQ(parser.parse(second), Outcome::kComplete);
  EXPECT_EQ(parser.head_bytes(), second.size());
  EXPECT_EQ(parser.request().method, Method::kHead);
  EXPECT_EQ(parser.request().path, "/livez");
  EXPECT_EQ(parser.request().num_authorizations, 0);
  EXPECT_TRUE(parser.request().keep_alive);
}

TEST(RequestParser, SkipsOneEmptyLineBeforeTheRequest) {
  EXPECT_EQ(parse_every_way("\r\n" + get("")).outcome, Outcome::kComplete);
}

TEST(RequestParser, TrimsBlanksAroundValuesOnly) {
  EXPECT_EQ(parse_every_way(get("Authorization:\t  Bearer  a b \t \r\n")).authorization,
            "Bearer  a b");
  EXPECT_EQ(parse_every_way(get("Authorization:Bearer a\r\n")).authorization, "Bearer a");
  EXPECT_EQ(parse_every_way(get("Authorization: \t \r\n")).authorization, "");
}

TEST(RequestParser, IgnoresTheCaseOfFieldNames) {
  EXPECT_EQ(parse_every_way(get("aUTHORIZATIOn: Bearer a\r\n")).authorization, "Bearer a");
  EXPECT_EQ(parse_every_way("GET / HTTP/1.1\r\nhOsT: a\r\n\r\n").outcome, Outcome::kComplete);
}

TEST(RequestParser, CountsSecondAuthorizationFields) {
  const Parsed parsed =
      parse_every_way(get("Authorization: Bearer a\r\nX: y\r\nauthorization: Bearer b\r\n"));
  EXPECT_EQ(parsed.outcome, Outcome::kComplete);
  EXPECT_EQ(parsed.num_authorizations, 2);
  EXPECT_EQ(parsed.authorization, "Bearer a");
}

TEST(RequestParser, TakesTextBeyondAsciiInValues) {
  EXPECT_EQ(parse_every_way(get("X-Name: \xc3\xa4\xff\r\n")).outcome, Outcome::kComplete);
}

TEST(RequestParser, CutsTheQueryOff) {
  EXPECT_EQ(parse_every_way(get("", "/check?x=1&y=/check")).path, "/check");
  EXPECT_EQ(parse_every_way(get("", "/check?")).path, "/check");
  EXPECT_EQ(parse_every_way(get("", "/?/check")).path, "/");
}

TEST(RequestParser, LeavesPathsAsTheyAreWritten) {
  for (const char* path : {"//check", "/./check", "/%63heck", "/check/", "/CHECK", "/check;x"}) {
    EXPECT_EQ(parse_every_way(get("", path)).path, path);
  }
}

TEST(RequestParser, AcceptsAbsoluteForm) {
  EXPECT_EQ(parse_every_way(get("", "http://example.com/check?x")).path, "/check");
  EXPECT_EQ(parse_every_way(get("", "HTTPS://[::1]:8080/check")).path, "/check");
  EXPECT_EQ(parse_every_way(get("", "http://example.com")).path, "");
  EXPECT_EQ(parse_every_way(get("", "http://example.com?x")).path, "");
}

TEST(RequestParser, ClosesWhereTheClientAsksForIt) {
  for (const char* field : {"Connection: close\r\n", "Connection: CLOSE\r\n",
                            "Connection: keep-alive, close\r\n", "Connection: close , x\r\n",
                            "Connection: ,, close\r\n", "Connection: x\r\nConnection: close\r\n"}) {
    EXPECT_FALSE(parse_every_way(get(field)).keep_alive) << field;
  }
  for (const char* field : {"Connection: keep-alive\r\n", "Connection: closed\r\n",
                            "Connection: x-close\r\n", "Connection:\r\n", "X: close\r\n"}) {
    EXPECT_TRUE(parse_every_way(get(field)).keep_alive) << field;
  }
}

TEST(RequestParser, ClosesAfterHttp10) {
  const Parsed parsed = parse_every_way("GET /check HTTP/1.0\r\nAuthorization: Bearer a\r\n\r\n");
  EXPECT_EQ(parsed.outcome, Outcome::kComplete);
  EXPECT_EQ(parsed.authorization, "Bearer a");
  EXPECT_FALSE(parsed.keep_alive);
  EXPECT_FALSE(parse_every_way("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").keep_alive);
}

TEST(RequestParser, AcceptsAContentLengthOfZero) {
  EXPECT_EQ(parse_every_way(get("Content-Length: 0\r\n")).outcome, Outcome::kComplete);
  EXPECT_EQ(parse_every_way(get("Content-Length: 000\r\n")).outcome, Outcome::kComplete);
}

TEST(RequestParser, LeavesOtherMethodsToTheEndpoint) {
  for (const char* line : {"POST /check", "get /check", "OPTIONS *", "CONNECT a:443", "TRACE /"}) {
    const Parsed parsed = parse_every_way(std::string(line) + " HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(parsed.outcome, Outcome::kComplete) << line;
    EXPECT_EQ(parsed.method, Method::kOther) << line;
  }
}

TEST(RequestParser, IgnoresExpectationsAndUpgrades) {
  EXPECT_EQ(parse_every_way(get("Expect: 100-continue\r\n")).outcome, Outcome::kComplete);
  EXPECT_EQ(parse_every_way(get("Connection: upgrade\r\nUpgrade: h2c\r\n")).outcome,
            Outcome::kComplete);
}

TEST(RequestParser, TakesTheLargestHeadAndTargetAndNoMore) {
  const std::string target = '/' + std::string(kTargetBytesMax - 1, 'a');
  EXPECT_EQ(parse_in_steps(get("", target), {1 << 15}).outcome, Outcome::kComplete);
  EXPECT_EQ(parse_in_steps(get("", target + 'a'), {1 << 15}).refusal, Status::kUriTooLong);

  const size_t rest = get("X: \r\n").size();
  const std::string fits = get("X: " + std::string(kHeadBytesMax - rest, 'a') + "\r\n");
  ASSERT_EQ(fits.size(), kHeadBytesMax);
  EXPECT_EQ(parse_in_steps(fits, {fits.size()}).outcome, Outcome::kComplete);
  const std::string too_long = get("X: " + std::string(kHeadBytesMax - rest + 1, 'a') + "\r\n");
  EXPECT_EQ(parse_in_steps(too_long, {too_long.size()}).refusal, Status::kHeadTooLarge);
}

// Whether more arrives than is allowed, or only just that, a limit refuses at the same place.
TEST(RequestParser, KnowsItsLimitsWhateverTheReadBoundaries) {
  const std::string endless_head = get("X: " + std::string(kHeadBytesMax, 'a'));
  const std::string endless_target = "GET /" + std::string(kHeadBytesMax, 'a');
  for (const size_t step : std::vector<size_t>{1, 7, 16, 4096}) {
    std::vector<size_t> sizes;
    for (size_t size = step; size < endless_target.size(); size += step) sizes.push_back(size);
    EXPECT_EQ(parse_in_steps(endless_head, sizes).refusal, Status::kHeadTooLarge) << step;
    EXPECT_EQ(parse_in_steps(endless_target, sizes).refusal, Status::kUriTooLong) << step;
  }
  // A fault beyond the limit is not seen by one who got everything at once, either.
  EXPECT_EQ(parse_in_steps(endless_target + '\n', {1 << 20}).refusal, Status::kUriTooLong);
  EXPECT_EQ(parse_in_steps(endless_head + '\n', {1 << 20}).refusal, Status::kHeadTooLarge);
}

TEST(RequestParser, CountsFields) {
  std::string fields;
  for (size_t i = 1; i < kFieldsMax; ++i) fields += "X: y\r\n";  // Host is the one left out
  EXPECT_EQ(parse_in_steps(get(fields), {1 << 15}).outcome, Outcome::kComplete);
  EXPECT_EQ(parse_in_steps(get(fields + "X: y\r\n"), {1 << 15}).refusal, Status::kHeadTooLarge);
}

TEST(RequestParser, WaitsForTheEndOfTheHead) {
  const std::string text = get("Authorization: Bearer a\r\n");
  for (size_t size = 0; size < text.size(); ++size) {
    EXPECT_EQ(parse_in_steps(text, {size}).outcome, Outcome::kIncomplete) << size;
  }
}

TEST(RequestParser, RefusesOnceAndForAll) {
  RequestParser parser;
  ASSERT_EQ(parser.parse("GET\n"), Outcome::kRefused);
  EXPECT_EQ(parser.parse(get("")), Outcome::kRefused);
  EXPECT_EQ(parser.refusal(), Status::kBadRequest);
}

// --- What is refused, each by its name ---

struct RefusedForm {
  const char* name;
  std::string text;
  Status status = Status::kBadRequest;
};

class RefusedRequest : public ::testing::TestWithParam<RefusedForm> {};

TEST_P(RefusedRequest, IsRefused) {
  const Parsed parsed = parse_every_way(GetParam().text);
  EXPECT_EQ(parsed.outcome, Outcome::kRefused);
  EXPECT_EQ(parsed.refusal, GetParam().status);
}

std::string line(std::string_view request_line) {
  return std::string(request_line) + "\r\nHost: a\r\n\r\n";
}

std::string with_nul(std::string text) {
  text[text.find('@')] = '\0';
  return text;
}

const RefusedForm kRefusedForms[] = {
    // Line ends
    {"BareLfInRequestLine", "GET / HTTP/1.1\nHost: a\r\n\r\n"},
    {"BareLfInField", "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n"},
    {"BareLfAtEnd", "GET / HTTP/1.1\r\nHost: a\r\n\n"},
    {"BareCrInRequestLine", "GET / HTTP/1.1\rX\r\nHost: a\r\n\r\n"},
    {"BareCrInField", get("X: a\rb\r\n")},
    {"CrCrLf", get("X: a\r\r\n")},
    {"TwoEmptyLinesFirst", "\r\n\r\n" + get("")},
    // Request line
    {"NoTarget", line("GET HTTP/1.1")},
    {"NoVersion", line("GET /")},
    {"TwoBlanksBeforeTarget", line("GET  / HTTP/1.1")},
    {"TwoBlanksBeforeVersion", line("GET /  HTTP/1.1")},
    {"TabForBlank", line("GET\t/ HTTP/1.1")},
    {"BlankInTarget", line("GET /a b HTTP/1.1")},
    {"TabInTarget", line("GET /a\tb HTTP/1.1")},
    {"BlankBeforeMethod", line(" GET / HTTP/1.1")},
    {"BlankBehindVersion", line("GET / HTTP/1.1 ")},
    {"MethodNoToken", line("G(T / HTTP/1.1")},
    {"EmptyMethod", line(" / HTTP/1.1")},
    {"LowerCaseVersion", line("GET / http/1.1")},
    {"VersionWithoutMinor", line("GET / HTTP/1")},
    {"VersionWithTwoDigits", line("GET / HTTP/1.10")},
    {"VersionOfAnotherProtocol", line("GET / SIP/2.00")},
    {"ControlInTarget", line("GET /\x01 HTTP/1.1")},
    {"DelInTarget", line("GET /\x7f HTTP/1.1")},
    {"NonAsciiTarget", line("GET /\xc3\xa4 HTTP/1.1")},
    {"RelativeTarget", line("GET check HTTP/1.1")},
    {"SchemeAlone", line("GET http HTTP/1.1")},
    {"SchemeAndColon", line("GET http: HTTP/1.1")},
    {"SchemeAndOneSlash", line("GET http:/a HTTP/1.1")},
    {"AsteriskOfGet", line("GET * HTTP/1.1")},
    {"AuthorityFormOfGet", line("GET a:80 HTTP/1.1")},
    {"AbsoluteFormOfAnotherScheme", line("GET ftp://a/check HTTP/1.1")},
    {"AbsoluteFormWithoutHost", line("GET http:///check HTTP/1.1")},
    {"AbsoluteFormWithUser", line("GET http://u@a/check HTTP/1.1")},
    {"Http09", line("GET / HTTP/0.9"), Status::kVersionNotSupported},
    {"Http12", line("GET / HTTP/1.2"), Status::kVersionNotSupported},
    {"Http20", line("GET / HTTP/2.0"), Status::kVersionNotSupported},
    {"Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Status::kVersionNotSupported},
    {"TlsHello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"},
    // Fields
    {"FoldedField", get("X: a\r\n b\r\n")},
    {"FoldedFieldByTab", get("X: a\r\n\tb\r\n")},
    {"BlankBeforeFirstField", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"},
    {"BlankBeforeColon", get("X : y\r\n")},
    {"TabBeforeColon", get("X\t: y\r\n")},
    {"NoColon", get("X\r\n")},
    {"EmptyName", get(": y\r\n")},
    {"NameNoToken", get("X(y): z\r\n")},
    {"NonAsciiName", get("X\xc3\xa4: z\r\n")},
    {"NulInName", with_nul(get("X@: y\r\n"))},
    {"NulInValue", with_nul(get("X: a@b\r\n"))},
    {"VerticalTabInValue", get("X: a\x0b\r\n")},
    {"FormFeedInValue", get("X: a\x0c\r\n")},
    {"EscapeInValue", get("X: \x1b[2J\r\n")},
    {"DelInValue", get("X: \x7f\r\n")},
    // Host
    {"NoHost", "GET / HTTP/1.1\r\n\r\n"},
    {"TwoHosts", get("Host: b\r\n")},
    {"TwoEqualHosts", get("host: a\r\n")},
    {"TwoHostsInHttp10", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"},
    {"BlankInHost", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"},
    {"PathInHost", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
    {"UserInHost", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"},
    // Bodies
    {"ContentLength", get("Content-Length: 5\r\n"), Status::kContentTooLarge},
    {"ContentLengthOfPost", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde",
     Status::kMethodNotAllowed},
    {"HugeContentLength", get("Content-Length: 99999999999999999999999999\r\n"),
     Status::kContentTooLarge},
    {"EmptyContentLength", get("Content-Length:\r\n")},
    {"PlusContentLength", get("Content-Length: +5\r\n")},
    {"MinusContentLength", get("Content-Length: -0\r\n")},
    {"HexContentLength", get("Content-Length: 0x0\r\n")},
    {"ContentLengthWithBlank", get("Content-Length: 0 0\r\n")},
    {"ContentLengthWithUnderscore", get("Content-Length: 0_0\r\n")},
    {"ListOfContentLengths", get("Content-Length: 0, 0\r\n")},
    {"TwoContentLengths", get("Content-Length: 0\r\nContent-Length: 5\r\n")},
    {"TwoEqualContentLengths", get("Content-Length: 0\r\nContent-Length: 0\r\n")},
    {"Chunked", get("Transfer-Encoding: chunked\r\n"), Status::kContentTooLarge},
    {"ChunkedPost", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     Status::kMethodNotAllowed},
    {"OtherCoding", get("Transfer-Encoding: gzip\r\n"), Status::kNotImplemented},
    {"IdentityCoding", get("Transfer-Encoding: identity\r\n"), Status::kNotImplemented},
    {"EmptyCoding", get("Transfer-Encoding:\r\n"), Status::kNotImplemented},
    {"ChunkedNotLast", get("Transfer-Encoding: chunked, gzip\r\n"), Status::kNotImplemented},
    {"ChunkedBehindComma", get("Transfer-Encoding: ,chunked\r\n"), Status::kNotImplemented},
    {"ChunkedWithVerticalTab", get("Transfer-Encoding: \x0b"
                                   "chunked\r\n")},
    {"TwoCodings", get("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")},
    {"ContentLengthThenChunked", get("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n")},
    {"ChunkedThenContentLength", get("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n")},
    {"ChunkedInHttp10", "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"},
};

INSTANTIATE_TEST_SUITE_P(Form, RefusedRequest, ::testing::ValuesIn(kRefusedForms),
                         [](const auto& form) { return std::string(form.param.name); });

}  // namespace
}  // namespace simdjwt::http
