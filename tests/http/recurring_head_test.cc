// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "http/recurring_head.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "http/parse_every_way.h"

namespace simdjwt::http {
namespace {

using testing::parse_in_steps;
using testing::Parsed;
using Outcome = RequestParser::Outcome;

constexpr std::string_view kBefore = "GET /check?a=b HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ";
constexpr std::string_view kAfter = "\r\nAccept: */*\r\n\r\n";

std::string head_with(std::string_view token, std::string_view after = kAfter) {
  return std::string(kBefore) + std::string(token) + std::string(after);
}

Parsed parse(std::string_view bytes, RecurringHead* recurring = nullptr,
             const ParserLimits& limits = {}) {
  return parse_in_steps(bytes, {bytes.size()}, limits, recurring);
}

// Remembers `first`, then parses `bytes`: as without it.
void expect_no_difference(std::string_view first, std::string_view bytes) {
  RecurringHead recurring;
  (void)parse(first, &recurring);
  EXPECT_TRUE(parse(bytes, &recurring) == parse(bytes)) << "behind\n" << first << "\n" << bytes;
}

bool is_recognized(std::string_view first, std::string_view bytes) {
  RecurringHead recurring;
  EXPECT_EQ(parse(first, &recurring).outcome, Outcome::kComplete) << first;
  Request request;
  return recurring.recognize(bytes, request) > 0;
}

TEST(RecurringHead, RecognizesAnotherTokenOfAnyLength) {
  RecurringHead recurring;
  ASSERT_EQ(parse(head_with("first"), &recurring).outcome, Outcome::kComplete);
  for (const size_t length : {1UL, 2UL, 5UL, 6UL, 15UL, 16UL, 17UL, 300UL, 8000UL}) {
    const std::string token(length, 'x');
    const std::string bytes = head_with(token);
    Request request;
    ASSERT_EQ(recurring.recognize(bytes, request), bytes.size()) << length;
    EXPECT_EQ(request.authorization, "Bearer " + token);
    EXPECT_EQ(request.fields, bytes.substr(25, bytes.size() - 27));
    EXPECT_EQ(request.method_name, "GET");
    EXPECT_EQ(request.path, "/check");
    EXPECT_EQ(request.query, "a=b");
    EXPECT_TRUE(parse(bytes, &recurring) == parse(bytes));
  }
}

TEST(RecurringHead, LooksNoFurtherThanItsEnd) {
  const std::string first = head_with("a");
  RecurringHead recurring;
  ASSERT_EQ(parse(first, &recurring).outcome, Outcome::kComplete);
  Request request;
  EXPECT_EQ(recurring.recognize(first + "\0GET", request), first.size());
}

TEST(RecurringHead, WaitsForTheWholeHead) {
  const std::string whole = head_with("token");
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(is_recognized(whole, whole.substr(0, size))) << size;
  }
}

TEST(RecurringHead, NoByteThatDiffersIsOverlooked) {
  const std::string first = head_with("token");
  RecurringHead recurring;
  for (size_t at = 0; at < first.size(); ++at) {
    for (const char byte : std::string_view("\r\n\t\0 :aA1~\x1f\x7f\x80\xff", 15)) {
      std::string bytes = first;
      bytes[at] = byte;
      (void)parse(first, &recurring);
      ASSERT_TRUE(parse(bytes, &recurring) == parse(bytes)) << int{byte} << " at " << at;
    }
  }
}

TEST(RecurringHead, NoByteThatIsLackingOrAddedIsOverlooked) {
  const std::string first = head_with("token");
  for (size_t at = 0; at < first.size(); ++at) {
    expect_no_difference(first, std::string(first).erase(at, 1));
    for (const char byte : std::string_view("\r\n\t\0 :aA1\x7f\x80", 11)) {
      expect_no_difference(first, std::string(first).insert(at, 1, byte));
    }
  }
}

TEST(RecurringHead, NothingHidesInTheToken) {
  const std::string first = head_with("token");
  for (const std::string_view token :
       {"", " ", "a b", "a\tb", "a\r\nX: b", "a\r\n\r\nGET / HTTP/1.1", "a\nX: b", "a\rX: b", "a ",
        "a\t", " a", "a\r\nContent-Length: 5", "a\r\nAuthorization: Bearer b", "\x80", "a\x7f"}) {
    EXPECT_FALSE(is_recognized(first, head_with(token))) << token;
    expect_no_difference(first, head_with(token));
  }
}

TEST(RecurringHead, TheValueMayHaveAnyForm) {
  for (const std::string_view value :
       {"token", "  Bearer token  ", "Bearer\ttoken", "Bearer token\t", "a b c", "Bearer\xff token",
        "Bearer tok\xff", "Bearer \xff", "a"}) {
    const std::string first =
        "GET / HTTP/1.1\r\nHost: a\r\nauthorization:" + std::string(value) + "\r\n\r\n";
    expect_no_difference(first, first);
    for (const std::string_view other : {"x", "Bearer x", "  Bearer x  ", "a b x", "", " ", "  "}) {
      expect_no_difference(
          first, "GET / HTTP/1.1\r\nHost: a\r\nauthorization:" + std::string(other) + "\r\n\r\n");
    }
  }
}

TEST(RecurringHead, KeepsWhatElseTheHeadSays) {
  for (const std::string_view fields :
       {"Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Connection: close\r\n",
        "Expect: 100-continue\r\nContent-Length: 1\r\n", "Authorization: Bearer other\r\n"}) {
    const std::string after = "\r\n" + std::string(fields) + "\r\n";
    EXPECT_TRUE(is_recognized(head_with("a", after), head_with("bcd", after)));
    expect_no_difference(head_with("a", after), head_with("bcd", after));
  }
}

TEST(RecurringHead, HasANumberThatNoOtherHeadHas) {
  RecurringHead recurring;
  RequestParser parser({}, &recurring);
  const auto recurrence_of = [&](const std::string& head) {
    EXPECT_EQ(parser.parse(head), Outcome::kComplete);
    return parser.request().recurrence;
  };
  const std::string other_end = "\r\n\r\n";
  const uint64_t first = recurrence_of(head_with("a"));
  EXPECT_NE(first, 0);
  EXPECT_EQ(recurrence_of(head_with("bcd")), first);
  const uint64_t second = recurrence_of(head_with("a", other_end));
  EXPECT_NE(second, first);
  EXPECT_EQ(recurrence_of(head_with("bcd", other_end)), second);
  EXPECT_EQ(recurrence_of("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 0);
  EXPECT_EQ(recurrence_of(head_with("e", other_end)), second);
  const uint64_t third = recurrence_of(head_with("a"));
  EXPECT_NE(third, first);
  EXPECT_NE(third, second);
}

TEST(RecurringHead, OneThatIsRefusedIsNotRemembered) {
  const std::string good = head_with("a");
  RecurringHead recurring;
  ASSERT_EQ(parse(good, &recurring).outcome, Outcome::kComplete);
  const std::string bad = head_with("a", "\r\nHost: b\r\n\r\n");
  EXPECT_EQ(parse(bad, &recurring).outcome, Outcome::kRefused);
  EXPECT_EQ(parse(bad, &recurring).outcome, Outcome::kRefused);
  Request request;
  EXPECT_GT(recurring.recognize(good, request), 0);
}

TEST(RecurringHead, TheLimitOfAHeadHolds) {
  const ParserLimits limits{.head_bytes = 1024};
  RecurringHead recurring;
  ASSERT_EQ(parse(head_with("a"), &recurring, limits).outcome, Outcome::kComplete);
  const size_t others = kBefore.size() + kAfter.size();
  for (const size_t size : {1023UL, 1024UL, 1025UL}) {
    const Parsed parsed = parse(head_with(std::string(size - others, 'x')), &recurring, limits);
    EXPECT_EQ(parsed.outcome, size <= 1024 ? Outcome::kComplete : Outcome::kRefused) << size;
  }
}

TEST(RecurringHead, OfHeadsWithoutTokenOrTooLargeNoneIsRemembered) {
  const std::string none = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  EXPECT_FALSE(is_recognized(none, none));
  const std::string empty = "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: \r\n\r\n";
  EXPECT_FALSE(is_recognized(empty, empty));
  const size_t others = kBefore.size() + kAfter.size();
  for (const size_t size : {RecurringHead::kBytesMax, RecurringHead::kBytesMax + 1}) {
    const std::string after = "\r\nX: " + std::string(size - others - 5, 'x') + std::string(kAfter);
    EXPECT_EQ(is_recognized(head_with("a", after), head_with("b", after)),
              size <= RecurringHead::kBytesMax)
        << size;
  }
}

}  // namespace
}  // namespace simdjwt::http
