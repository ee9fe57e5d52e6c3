// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What the API says when it does not do what it was asked: problem details (RFC 9457) with a code
// that programs can rely on.

#ifndef SIMDJWT_IO_API_PROBLEM_H_
#define SIMDJWT_IO_API_PROBLEM_H_

#include <absl/status/status.h>

#include <string>
#include <string_view>

#include "http/status.h"
#include "serve/control_request.h"

namespace simdjwt::api {

//   {"title":"Unprocessable Content","status":422,"code":"invalid_value",
//    "detail":"what is wrong, for people","member":"life.seconds_min"}
struct Problem {
  http::Status status;
  std::string_view code;  // static
  std::string detail;
  std::string member = {};     // of the body that is wrong, if one is
  std::string parameter = {};  // of the query, likewise
};

[[nodiscard]] serve::ControlResponse response_of(const Problem& problem);

// Of an error of the registry, whose message is meant for whoever asked.
[[nodiscard]] Problem problem_of(const absl::Status& status);
[[nodiscard]] inline serve::ControlResponse response_of(const absl::Status& status) {
  return response_of(problem_of(status));
}

}  // namespace simdjwt::api

#endif  // SIMDJWT_IO_API_PROBLEM_H_
