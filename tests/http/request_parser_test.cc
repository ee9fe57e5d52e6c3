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
  EXPECT_EQ(parsed.method_name, "GET");
  EXPECT_EQ(parsed.version, Version::kHttp11);
  EXPECT_EQ(parsed.path, "/");
  EXPECT_EQ(parsed.query, "");
  EXPECT_EQ(parsed.fields, "Host:\r\n");
  EXPECT_EQ(parsed.authorization, "");
  EXPECT_EQ(parsed.num_authorizations, 0);
  EXPECT_EQ(parsed.body, BodyFraming::kNone);
  EXPECT_EQ(parsed.content_length, 0);
  EXPECT_TRUE(parsed.keep_alive);
  EXPECT_FALSE(parsed.expects_continue);
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

// Of a client's POST it announces the body and never sends it, unless told otherwise.
TEST(RequestParser, ReadsWhatNginxSendsByDefault) {
  const Parsed parsed = parse_every_way(
      "GET /validate HTTP/1.0\r\nHost: 127.0.0.1:9001\r\nConnection: close\r\n"
      "Content-Length: 6\r\nAuthorization: Bearer tok\r\n"
      "Content-Type: application/x-www-form-urlencoded\r\n\r\n");
  EXPECT_EQ(parsed.outcome, Outcome::kComplete);
  EXPECT_EQ(parsed.version, Version::kHttp10);
  EXPECT_EQ(parsed.authorization, "Bearer tok");
  EXPECT_EQ(parsed.body, BodyFraming::kLength);
  EXPECT_EQ(parsed.content_length, 6);
  EXPECT_FALSE(parsed.keep_alive);
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

TEST(RequestParser, TellsThePathFromTheQuery) {
  const auto expect = [](std::string_view target, std::string_view path, std::string_view query) {
    const Parsed parsed = parse_every_way(get("", target));
    EXPECT_EQ(parsed.path, path) << target;
    EXPECT_EQ(parsed.query, query) << target;
  };
  expect("/check?x=1&y=/check", "/check", "x=1&y=/check");
  expect("/check?", "/check", "");
  expect("/?/check", "/", "/check");
  expect("/check?a?b", "/check", "a?b");
}

TEST(RequestParser, HandsTheFieldsOutAsTheyAreWritten) {
  EXPECT_EQ(parse_every_way(get("X:  y \r\nCookie: a=b\r\n")).fields,
            "Host: a\r\nX:  y \r\nCookie: a=b\r\n");
  EXPECT_EQ(parse_every_way("\r\nGET / HTTP/1.0\r\n\r\n").fields, "");
}

TEST(RequestParser, LeavesPathsAsTheyAreWritten) {
  for (const char* path : {"//check", "/./check", "/%63heck", "/check/", "/CHECK", "/check;x"}) {
    EXPECT_EQ(parse_every_way(get("", path)).path, path);
  }
}

// Its host takes the place of the Host field (RFC 9112 section 3.2.2), which is not used, either.
TEST(RequestParser, AcceptsAbsoluteForm) {
  EXPECT_EQ(parse_every_way(get("", "http://example.com/check?x")).path, "/check");
  EXPECT_EQ(parse_every_way(get("", "http://example.com/check?x")).query, "x");
  EXPECT_EQ(parse_every_way(get("", "HTTPS://[::1]:8080/check")).path, "/check");
  EXPECT_EQ(parse_every_way(get("", "http://example.com")).path, "");
  EXPECT_EQ(parse_every_way(get("", "http://example.com?x")).path, "");
  EXPECT_EQ(parse_every_way(get("", "http://example.com?x")).query, "x");
}

TEST(RequestParser, AcceptsAsteriskFormOfOptions) {
  const Parsed parsed = parse_every_way("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(parsed.outcome, Outcome::kComplete);
  EXPECT_EQ(parsed.method, Method::kOptions);
  EXPECT_EQ(parsed.path, "*");
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

TEST(RequestParser, TellsHowTheBodyEnds) {
  Parsed parsed = parse_every_way(get("Content-Length: 5\r\n"));
  EXPECT_EQ(parsed.outcome, Outcome::kComplete);
  EXPECT_EQ(parsed.body, BodyFraming::kLength);
  EXPECT_EQ(parsed.content_length, 5);
  EXPECT_TRUE(parsed.keep_alive);
  parsed = parse_every_way(get("Transfer-Encoding: Chunked\r\n"));
  EXPECT_EQ(parsed.outcome, Outcome::kComplete);
  EXPECT_EQ(parsed.body, BodyFraming::kChunked);
  EXPECT_EQ(parse_every_way(get("Content-Length: 18446744073709551615\r\n")).content_length,
            UINT64_MAX);
  EXPECT_EQ(parse_every_way(get("Content-Length: 0000000000000000000000042\r\n")).content_length,
            42);
}

TEST(RequestParser, CallsNoBytesNoBody) {
  for (const char* field : {"Content-Length: 0\r\n", "Content-Length: 000\r\n"}) {
    EXPECT_EQ(parse_every_way(get(field)).outcome, Outcome::kComplete);
    EXPECT_EQ(parse_every_way(get(field)).body, BodyFraming::kNone);
  }
}

TEST(RequestParser, TakesAnyMethodButConnect) {
  const auto method_of = [](const std::string& name) {
    const Parsed parsed = parse_every_way(name + " /check HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(parsed.outcome, Outcome::kComplete) << name;
    EXPECT_EQ(parsed.method_name, name);
    EXPECT_EQ(parsed.path, "/check") << name;
    return parsed.method;
  };
  EXPECT_EQ(method_of("HEAD"), Method::kHead);
  EXPECT_EQ(method_of("POST"), Method::kPost);
  EXPECT_EQ(method_of("OPTIONS"), Method::kOptions);
  for (const char* name : {"PUT", "TRACE", "get", "G", "M-SEARCH", "!#$%&'*+-.^_`|~09azAZ"}) {
    EXPECT_EQ(method_of(name), Method::kOther) << name;
  }
}

TEST(RequestParser, KnowsWhoWaitsToSendTheBody) {
  const std::string body = "Content-Length: 5\r\n";
  EXPECT_TRUE(parse_every_way(get(body + "Expect: 100-continue\r\n")).expects_continue);
  EXPECT_TRUE(parse_every_way(get(body + "expect: 100-Continue\r\n")).expects_continue);
  EXPECT_FALSE(parse_every_way(get(body)).expects_continue);
  // RFC 9110 section 10.1.1: to be ignored in HTTP/1.0.
  const Parsed parsed =
      parse_every_way("POST / HTTP/1.0\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(parsed.outcome, Outcome::kComplete);
  EXPECT_FALSE(parsed.expects_continue);
}

TEST(RequestParser, IgnoresUpgrades) {
  EXPECT_EQ(parse_every_way(get("Connection: upgrade\r\nUpgrade: h2c\r\n")).outcome,
            Outcome::kComplete);
}

TEST(RequestParser, TakesTheLargestHeadAndTargetAndNoMore) {
  for (const ParserLimits limits :
       {ParserLimits(), ParserLimits{.head_bytes = ParserLimits::kHeadBytesMin},
        ParserLimits{.head_bytes = ParserLimits::kHeadBytesMax}}) {
    const auto parse = [&limits](const std::string& text) {
      return parse_in_steps(text, {text.size()}, limits);
    };
    const std::string target = '/' + std::string(limits.target_bytes() - 1, 'a');
    EXPECT_EQ(parse(get("", target)).path, target);
    EXPECT_EQ(parse(get("", target + 'a')).refusal, Status::kUriTooLong);

    const std::string credentials = "Authorization: a\r\n";
    const size_t rest = get("X: \r\n" + credentials).size();
    const std::string value(limits.head_bytes - rest, 'a');
    const std::string fits = get("X: " + value + "\r\n" + credentials);
    ASSERT_EQ(fits.size(), limits.head_bytes);
    EXPECT_EQ(parse(fits).authorization, "a");
    EXPECT_EQ(parse(fits).head_bytes, fits.size());
    EXPECT_EQ(parse(get("X: " + value + "a\r\n" + credentials)).refusal, Status::kHeadTooLarge);
  }
}

// Whether more arrives than is allowed, or only just that, a limit refuses at the same place.
TEST(RequestParser, KnowsItsLimitsWhateverTheReadBoundaries) {
  constexpr size_t kHeadBytesMax = ParserLimits().head_bytes;
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
  for (size_t i = 1; i < ParserLimits().fields; ++i)
    fields += "X: y\r\n";  // Host is the one left out
  EXPECT_EQ(parse_in_steps(get(fields), {1 << 15}).outcome, Outcome::kComplete);
  EXPECT_EQ(parse_in_steps(get(fields + "X: y\r\n"), {1 << 15}).refusal, Status::kHeadTooLarge);
  EXPECT_EQ(parse_in_steps(get(""), {1 << 15}, {.fields = 1}).outcome, Outcome::kComplete);
  EXPECT_EQ(parse_in_steps(get("X: y\r\n"), {1 << 15}, {.fields = 1}).refusal,
            Status::kHeadTooLarge);
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
    {"AsteriskAndMore", line("OPTIONS *a HTTP/1.1")},
    {"Connect", line("CONNECT a:443 HTTP/1.1"), Status::kNotImplemented},
    {"ConnectToAPath", line("CONNECT /check HTTP/1.1"), Status::kNotImplemented},
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
    // Expectations
    {"UnknownExpectation", get("Expect: magic\r\n"), Status::kExpectationFailed},
    {"EmptyExpectation", get("Expect:\r\n"), Status::kExpectationFailed},
    {"ListOfExpectations", get("Expect: 100-continue, magic\r\n"), Status::kExpectationFailed},
    {"TwoExpectations", get("Expect: 100-continue\r\nExpect: magic\r\n"),
     Status::kExpectationFailed},
    // Bodies
    {"ContentLengthBeyond64Bits", get("Content-Length: 18446744073709551616\r\n"),
     Status::kContentTooLarge},
    {"HugeContentLength", get("Content-Length: 99999999999999999999999999\r\n"),
     Status::kContentTooLarge},
    {"HugeContentLengthWithLetter", get("Content-Length: 99999999999999999999999999x\r\n")},
    {"EmptyContentLength", get("Content-Length:\r\n")},
    {"PlusContentLength", get("Content-Length: +5\r\n")},
    {"MinusContentLength", get("Content-Length: -0\r\n")},
    {"HexContentLength", get("Content-Length: 0x0\r\n")},
    {"ContentLengthWithBlank", get("Content-Length: 0 0\r\n")},
    {"ContentLengthWithUnderscore", get("Content-Length: 0_0\r\n")},
    {"ContentLengthBehindTab", get("Content-Length:\t0\r\n")},
    {"ContentLengthBeforeTab", get("Content-Length: 0\t\r\n")},
    {"ListOfContentLengths", get("Content-Length: 0, 0\r\n")},
    {"TwoContentLengths", get("Content-Length: 0\r\nContent-Length: 5\r\n")},
    {"TwoEqualContentLengths", get("Content-Length: 0\r\nContent-Length: 0\r\n")},
    {"OtherCoding", get("Transfer-Encoding: gzip\r\n"), Status::kNotImplemented},
    {"IdentityCoding", get("Transfer-Encoding: identity\r\n"), Status::kNotImplemented},
    {"EmptyCoding", get("Transfer-Encoding:\r\n"), Status::kNotImplemented},
    {"ChunkedNotLast", get("Transfer-Encoding: chunked, gzip\r\n"), Status::kNotImplemented},
    {"ChunkedBehindComma", get("Transfer-Encoding: ,chunked\r\n"), Status::kNotImplemented},
    {"ChunkedBehindTab", get("Transfer-Encoding:\tchunked\r\n")},
    {"ChunkedBeforeTab", get("Transfer-Encoding: chunked\t\r\n")},
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
