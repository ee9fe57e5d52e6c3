// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/decision_log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <limits.h>
#include <simdjson.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "simdjwt/limits.h"
#include "support/guarded_buffer.h"

namespace simdjwt::serve {
namespace {

using namespace std::chrono_literals;

// Of a real token, none of whose parts may ever be seen.
constexpr std::string_view kToken =
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.m1nRHXq9d8mVJ0Xlq2hZ1cR5kQyqkYqv9o1Zr0w5T2E";

std::string line_of(const Decision& decision, int64_t unix_nanoseconds = 0) {
  std::string line;
  append_decision_line(line, decision, unix_nanoseconds);
  return line;
}

void expect_json(const std::string& line) {
  ASSERT_TRUE(line.ends_with("}\n"));
  EXPECT_EQ(line.find('\n'), line.size() - 1) << line;
  EXPECT_LE(line.size(), kDecisionLineBytesMax);
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  EXPECT_EQ(parser.parse(line).get(element), simdjson::SUCCESS) << line;
  for (const char c : line) EXPECT_TRUE(c == '\n' || static_cast<uint8_t>(c) >= 0x20) << line;
}

// --- A line ---

TEST(DecisionLine, TellsEverything) {
  EXPECT_EQ(line_of({.result = DecisionResult::kDenied,
                     .reason = Reason::kExpired,
                     .contract = Contract::kNginx,
                     .status = http::Status::kUnauthorized,
                     .duration_nanoseconds = 5120,
                     .policy = "default",
                     .method = "GET",
                     .host = "api.example",
                     .uri = "/a/b?secret=1",
                     .client = "192.0.2.1",
                     .request_id = "r1",
                     .kid = "k",
                     .iss = "i",
                     .sub = "s",
                     .jti = "j",
                     .token = "abc"},
                    1795420800123456789),
            "{\"ts\":\"2026-11-23T08:00:00.123456789Z\",\"level\":\"warn\",\"event\":\"decision\","
            "\"result\":\"denied\",\"reason\":\"expired\",\"status\":401,\"contract\":\"nginx\","
            "\"policy\":\"default\",\"method\":\"GET\",\"host\":\"api.example\",\"uri\":\"/a/b\","
            "\"client\":\"192.0.2.1\",\"request_id\":\"r1\",\"kid\":\"k\",\"iss\":\"i\",\"sub\":"
            "\"s\",\"jti\":\"j\",\"token\":\"ba7816bf8f01\",\"dur_ns\":5120}\n");
}

TEST(DecisionLine, LeavesOutWhatIsNotKnown) {
  EXPECT_EQ(line_of({}),
            "{\"ts\":\"1970-01-01T00:00:00.000000000Z\",\"level\":\"info\",\"event\":\"decision\","
            "\"result\":\"allowed\",\"status\":200,\"contract\":\"none\",\"dur_ns\":0}\n");
}

TEST(DecisionLine, NeverHoldsAToken) {
  const std::string token(kToken);
  for (const std::string& text : {token, "/" + token + "/x", "Bearer " + token, token + token}) {
    const std::string line = line_of({.method = text,
                                      .host = text,
                                      .uri = text,
                                      .client = text,
                                      .request_id = text,
                                      .token = token});
    expect_json(line);
    EXPECT_NE(line.find("[token]"), std::string::npos);
    for (size_t begin = 0; begin + 16 <= token.size(); ++begin) {
      EXPECT_EQ(line.find(token.substr(begin, 16)), std::string::npos) << line;
    }
  }
  EXPECT_NE(line_of({.uri = "/keyJson/key.html"}).find("/keyJson/key.html"), std::string::npos);
}

TEST(DecisionLine, IsJsonWhateverTheTextsHold) {
  std::string all_bytes;
  for (int c = 0; c < 256; ++c) all_bytes += static_cast<char>(c);
  for (const std::string& text :
       {all_bytes, std::string("\",\"result\":\"allowed\",\"x\":\""), std::string("a\r\nb\0c", 6),
        std::string(10'000, '\x01'), std::string(10'000, '"'), std::string(10'000, '\xff'),
        std::string("\xED\xA0\x80\xC0\x80\xF4\x90\x80\x80\xE2\x82")}) {
    expect_json(line_of({.result = DecisionResult::kDenied,
                         .reason = Reason::kIssuedInFuture,
                         .contract = Contract::kIntrospect,
                         .status = http::Status::kUnauthorized,
                         .duration_nanoseconds = ~uint64_t{0},
                         .policy = text,
                         .method = text,
                         .host = text,
                         .uri = text,
                         .client = text,
                         .request_id = text,
                         .kid = text,
                         .iss = text,
                         .sub = text,
                         .jti = text,
                         .token = text},
                        253402300799999999999 % INT64_MAX));
  }
}

}  // namespace
}  // namespace simdjwt::serve
