// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Answers: every response the check endpoint gives, rendered beforehand.

#ifndef SIMDJWT_IO_SERVE_ANSWERS_H_
#define SIMDJWT_IO_SERVE_ANSWERS_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/response.h"
#include "http/status.h"
#include "serve/policy_config.h"
#include "simdjwt/policy.h"
#include "simdjwt/verifier.h"

namespace simdjwt::serve {

// Immutable. A client learns the class of a failure, never the
// exact verdict: which of two checks failed helps those who guess.
class Answers {
 public:
  explicit Answers(const ChallengeConfig& options);

  [[nodiscard]] const http::Response& ok() const noexcept { return responses_[kOk]; }
  [[nodiscard]] const http::Response& not_found() const noexcept { return responses_[kNotFound]; }
  // 401 without an error code: the client did not try to authenticate.
  [[nodiscard]] const http::Response& no_credentials() const noexcept {
    return responses_[kNoCredentials];
  }
  // 400: several Authorization fields, or no token in one.
  [[nodiscard]] const http::Response& invalid_request() const noexcept {
    return responses_[kInvalidRequest];
  }
  // For the outcome of verifying `token`: 200, 400, 401, 403 or 503.
  [[nodiscard]] const http::Response& judged(std::string_view token, const VerifyResult& result,
                                             const Policy& policy) const noexcept;
  // For a request that cannot be served at all.
  [[nodiscard]] const http::Response& refusal(http::Status status) const noexcept;

 private:
  enum Index : size_t {
    kOk,
    kNotFound,
    kNoCredentials,
    kInvalidRequest,
    kInsufficientScope,
    kUnavailable,
    kInvalidToken,  // and one more for each further VerdictClass
  };
  static constexpr size_t kNumClasses = static_cast<size_t>(VerdictClass::kUnavailable) + 1;
  static constexpr size_t kFirstRefusal = kInvalidToken + kNumClasses;

  bool demands_scope_;
  std::vector<http::Response> responses_;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_ANSWERS_H_
