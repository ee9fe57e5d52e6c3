// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Decision: what a request was answered, and the line of JSON that a log keeps of it.

#ifndef SIMDJWT_IO_SERVE_DECISION_H_
#define SIMDJWT_IO_SERVE_DECISION_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/status.h"
#include "serve/contract.h"
#include "serve/reason.h"

namespace simdjwt::serve {

enum class DecisionResult : uint8_t { kAllowed, kAnonymous, kDenied, kError };

// Views need only live as long as the call they are given to. Whatever is empty is left out of the
// line. Texts may hold anything: the line is valid JSON all the same.
struct Decision {
  DecisionResult result = DecisionResult::kAllowed;
  Reason reason = Reason::kNone;
  Contract contract = Contract::kNone;
  http::Status status = http::Status::kOk;
  uint64_t duration_nanoseconds = 0;  // since the turn in which the request arrived
  std::string_view policy = {};

  // Of the original request, as the proxy tells it.
  std::string_view method = {};
  std::string_view host = {};
  std::string_view uri = {};  // the query is left out
  std::string_view client = {};
  std::string_view request_id = {};

  // Of the token. The claims of one that was not accepted are unknown.
  std::string_view iss = {};
  std::string_view sub = {};
  std::string_view jti = {};
  std::string_view token = {};  // its fingerprint is written, and alg and kid of its header
};

// How much is told of whose token it is.
enum class Subjects : uint8_t {
  kPlain,
  kHashed,  // "sub_hash": as the fingerprint of a token, over the subject
};

// A line is at most what a pipe takes in one piece, so that it arrives whole.
inline constexpr size_t kDecisionLineBytesMax = 4096;

// Appends the line, with its end. For instance
//
//   {"ts":"2026-11-23T08:00:00.123456789Z","level":"warn","event":"decision","result":"denied",
//    "reason":"expired","status":401,"contract":"nginx","policy":"default","method":"GET",
//    "uri":"/a","client":"192.0.2.1","token":"2b6d3f0c91aa","dur_ns":5120}
//
// "alg" and "kid" are what the token's header says, true or not: with a token that was denied,
// anybody may have written it. "token" is the beginning of SHA-256 over the token, in hexadecimal:
// enough to find the line of a token one has (printf %s TOKEN | sha256sum), and nothing that helps
// to make one. What looks like a token in any text, a URI for instance, is replaced.
void append_decision_line(std::string& out, const Decision& decision, int64_t unix_nanoseconds,
                          Subjects subjects = Subjects::kPlain);

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_DECISION_H_
