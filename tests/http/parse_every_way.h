// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Runs the request parser over the same bytes in every way they can arrive.

#ifndef SIMDJWT_TESTS_HTTP_PARSE_EVERY_WAY_H_
#define SIMDJWT_TESTS_HTTP_PARSE_EVERY_WAY_H_

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "http/request_parser.h"
#include "support/guarded_buffer.h"

namespace simdjwt::testing {

// What a parse came to, with copies instead of views.
struct Parsed {
  http::RequestParser::Outcome outcome = http::RequestParser::Outcome::kIncomplete;
  http::Status refusal = http::Status::kOk;
  size_t head_bytes = 0;
  http::Method method = http::Method::kOther;
  http::Version version = http::Version::kHttp11;
  std::string method_name;
  std::string path;
  std::string query;
  std::string fields;
  std::string authorization;
  int num_authorizations = 0;
  http::BodyFraming body = http::BodyFraming::kNone;
  uint64_t content_length = 0;
  bool keep_alive = false;
  bool expects_continue = false;

  friend bool operator==(const Parsed&, const Parsed&) = default;
};

// Parses `bytes` as they grow to each of `sizes` in turn, each time at another address and against
// an unreadable page. Stops, as a connection does, at the first outcome.
inline Parsed parse_in_steps(std::string_view bytes, const std::vector<size_t>& sizes,
                             const http::ParserLimits& limits = {},
                             http::RecurringHead* recurring = nullptr) {
  using Outcome = http::RequestParser::Outcome;
  GuardedBuffer buffer(bytes.size() + 1);
  http::RequestParser parser(limits, recurring);
  Parsed parsed;
  for (size_t i = 0; i < sizes.size() && parsed.outcome == Outcome::kIncomplete; ++i) {
    const std::string_view arrived = bytes.substr(0, sizes[i]);
    parsed.outcome = parser.parse(i % 2 == 0 ? buffer.at_end(arrived) : buffer.at_begin(arrived));
  }
  if (parsed.outcome == Outcome::kRefused) parsed.refusal = parser.refusal();
  if (parsed.outcome == Outcome::kComplete) {
    const http::Request& request = parser.request();
    parsed.head_bytes = parser.head_bytes();
    parsed.method = request.method;
    parsed.version = request.version;
    parsed.method_name = request.method_name;
    parsed.path = request.path;
    parsed.query = request.query;
    parsed.fields = request.fields;
    parsed.authorization = request.authorization;
    parsed.num_authorizations = request.num_authorizations;
    parsed.body = request.body;
    parsed.content_length = request.content_length;
    parsed.keep_alive = request.keep_alive;
    parsed.expects_continue = request.expects_continue;
  }
  return parsed;
}

// At once, split at every byte, one byte at a time, and for the second time: all must come to the
// same.
inline Parsed parse_every_way(std::string_view bytes) {
  const Parsed at_once = parse_in_steps(bytes, {bytes.size()});
  for (size_t split = 0; split <= bytes.size(); ++split) {
    const Parsed in_two = parse_in_steps(bytes, {split, bytes.size()});
    if (!(in_two == at_once)) {
      ADD_FAILURE() << "split at " << split << " changes the outcome of:\n" << bytes;
      break;
    }
  }
  std::vector<size_t> one_by_one;
  for (size_t size = 1; size <= bytes.size(); ++size) one_by_one.push_back(size);
  EXPECT_TRUE(parse_in_steps(bytes, one_by_one) == at_once) << "one byte at a time:\n" << bytes;
  http::RecurringHead recurring;
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(parse_in_steps(bytes, {bytes.size()}, {}, &recurring) == at_once) << bytes;
  }
  return at_once;
}

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_HTTP_PARSE_EVERY_WAY_H_
