// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/answers.h"

#include <algorithm>
#include <bit>

#include "serve/bearer.h"

namespace simdjwt::serve {
namespace {

using http::Response;
using http::Status;

// What the parser refuses with, and 408 for a request that does not end in time.
constexpr std::array kRefusals = {
    Status::kBadRequest,      Status::kMethodNotAllowed, Status::kRequestTimeout,
    Status::kContentTooLarge, Status::kUriTooLong,       Status::kExpectationFailed,
    Status::kHeadTooLarge,    Status::kNotImplemented,   Status::kVersionNotSupported,
};

// Stable, for people who read logs; programs have the error code.
std::string_view description_of(VerdictClass verdict_class) {
  switch (verdict_class) {
    case VerdictClass::kWrongFormat:
      return "The token is malformed";
    case VerdictClass::kBadHeader:
      return "The token header is not acceptable";
    case VerdictClass::kInvalidSignature:
      return "The token signature is invalid";
    case VerdictClass::kExpired:
      return "The token has expired";
    case VerdictClass::kNotYetValid:
      return "The token is not valid yet";
    default:
      return "The token claims are not acceptable";
  }
}

std::string challenge(const ChallengeConfig& options, std::string_view error,
                      std::string_view description) {
  std::string line = "WWW-Authenticate: Bearer realm=\"" + options.realm + '"';
  if (!error.empty()) line.append(", error=\"").append(error).append("\"");
  if (!description.empty()) {
    line.append(", error_description=\"").append(description).append("\"");
  }
  if (error == "insufficient_scope") line.append(", scope=\"").append(options.scope).append("\"");
  return line + "\r\n";
}

}  // namespace

Answers::Answers(const ChallengeConfig& options) : demands_scope_(!options.scope.empty()) {
  responses_.emplace_back(Status::kOk);
  responses_.emplace_back(Status::kNotFound);
  responses_.emplace_back(Status::kUnauthorized, challenge(options, "", ""));
  responses_.emplace_back(Status::kBadRequest, challenge(options, "invalid_request", ""));
  responses_.emplace_back(Status::kForbidden, challenge(options, "insufficient_scope", ""));
  responses_.emplace_back(Status::kUnavailable, "Retry-After: 1\r\n");
  for (size_t i = 0; i < kNumClasses; ++i) {
    responses_.emplace_back(
        Status::kUnauthorized,
        challenge(options, "invalid_token", description_of(static_cast<VerdictClass>(i))));
  }
  for (const Status status : kRefusals) {
    const bool names_methods = status == Status::kMethodNotAllowed;  // RFC 9110 section 15.5.6
    responses_.emplace_back(status, names_methods ? "Allow: GET, HEAD\r\n" : "");
  }
}

const Response& Answers::judged(std::string_view token, const VerifyResult& result,
                                const Policy& policy) const noexcept {
  if (result) return ok();
  if (!is_b64token(token)) return invalid_request();
  const Verdict verdict = result.verdict();
  const VerdictClass verdict_class = class_of(verdict);
  if (verdict_class == VerdictClass::kUnavailable) return responses_[kUnavailable];
  if (demands_scope_ && (verdict == Verdict::kClaimMissing || verdict == Verdict::kClaimMismatch) &&
      policy.rule_claim(static_cast<size_t>(std::countr_zero(result.failed_rules()))) == "scope") {
    return responses_[kInsufficientScope];
  }
  return responses_[kInvalidToken + static_cast<size_t>(verdict_class)];
}

const Response& Answers::refusal(Status status) const noexcept {
  const auto found = std::find(kRefusals.begin(), kRefusals.end(), status);
  const auto offset = static_cast<size_t>(found - kRefusals.begin()) % kRefusals.size();
  return responses_[kFirstRefusal + offset];
}

}  // namespace simdjwt::serve
