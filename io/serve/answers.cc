// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/answers.h"

#include <string>

#include "serve/text.h"

namespace simdjwt::serve {
namespace {

using http::Status;

bool is_bad_request(Outcome outcome) {
  return outcome == Outcome::kMultiple || outcome == Outcome::kMalformedRequest;
}

Status status_of(Contract contract, Outcome outcome, const PolicyConfig& policy) {
  if (is_allowed(outcome)) return Status::kOk;
  if (is_bad_request(outcome)) {
    const bool takes_400 = contract != Contract::kNginx && contract != Contract::kHaproxy;
    return takes_400 ? Status::kBadRequest : Status::kUnauthorized;
  }
  switch (reason_of(outcome)) {
    case Reason::kScope:
      return Status::kForbidden;
    case Reason::kAudience:
    case Reason::kNotAssociated:
      return policy.aud_mismatch;
    case Reason::kUnavailable:
      // Envoy takes 5xx for a failure of ours, which failure_mode_allow lets pass.
      return policy.unavailable.value_or(contract == Contract::kEnvoy ? Status::kForbidden
                                                                      : Status::kUnavailable);
    default:
      return Status::kUnauthorized;
  }
}

// RFC 6750 section 3.1. Empty without a token, whose lack is no error, and where nobody judged it.
std::string_view error_of(Outcome outcome) {
  if (is_bad_request(outcome)) return "invalid_request";
  switch (reason_of(outcome)) {
    case Reason::kNone:
    case Reason::kMissing:
    case Reason::kUnavailable:
      return "";
    case Reason::kScope:
      return "insufficient_scope";
    default:
      return "invalid_token";
  }
}

// The value of WWW-Authenticate. Who looks for the metadata of the resource (RFC 9728) has no token
// yet, and so must be told what to ask for.
std::string challenge(const ChallengeConfig& config, Outcome outcome) {
  const std::string_view error = error_of(outcome);
  std::string text = concat("Bearer realm=\"", config.realm, "\"");
  if (!error.empty()) append(text, ", error=\"", error, "\"");
  if (!error.empty() && config.has_description) {
    append(text, ", error_description=\"", describe(outcome), "\"");
  }
  const bool tells_scope = outcome == outcome_of(Reason::kScope) ||
                           (outcome == Outcome::kMissing && !config.resource_metadata.empty());
  if (tells_scope && !config.scope.empty()) append(text, ", scope=\"", config.scope, "\"");
  if (!config.resource_metadata.empty()) {
    append(text, ", resource_metadata=\"", config.resource_metadata, "\"");
  }
  return text;
}

std::string denied_fields(Contract contract, Outcome outcome, Status status,
                          const PolicyConfig& policy) {
  std::string fields;
  if (outcome != outcome_of(Reason::kUnavailable)) {
    const std::string text = challenge(policy.challenge, outcome);
    append(fields, "WWW-Authenticate: ", text, "\r\n");
    // nginx hands WWW-Authenticate on with 401 alone; see auth_request_set.
    if (contract == Contract::kNginx && status == Status::kForbidden) {
      append(fields, "X-Auth-Challenge: ", text, "\r\n");
    }
  } else if (status == Status::kUnavailable) {
    append(fields, "Retry-After: 1\r\n");
  }
  append(fields, "X-Auth-Result: denied\r\n");
  if (policy.challenge.has_description) {
    append(fields, "X-Auth-Reason: ", to_string(reason_of(outcome)), "\r\n");
  }
  return fields;
}

std::string allowed_fields(Contract contract, Outcome outcome, const PolicyConfig& policy) {
  std::string fields =
      concat("X-Auth-Result: ", outcome == Outcome::kAnonymous ? "anonymous" : "ok", "\r\n");
  if (contract == Contract::kEnvoy && policy.strips_token) {
    append(fields, "x-envoy-auth-headers-to-remove: authorization\r\n");
  }
  return fields;
}

// For clients that a proxy hands it on to. Without the description, nothing but the error code.
std::string denied_body(const ChallengeConfig& config, Outcome outcome) {
  std::string body = "{";
  const std::string_view error = error_of(outcome);
  if (!error.empty()) append(body, "\"error\":\"", error, "\"");
  if (config.has_description) {
    append(body, error.empty() ? "" : ",", "\"error_description\":\"", describe(outcome),
           "\",\"reason\":\"", to_string(reason_of(outcome)), "\"");
  }
  return body + "}\n";
}

Answer make_answer(Contract contract, Outcome outcome, const PolicyConfig& policy) {
  const Status status = status_of(contract, outcome, policy);
  std::string fields = is_allowed(outcome) ? allowed_fields(contract, outcome, policy)
                                           : denied_fields(contract, outcome, status, policy);
  std::string body;
  switch (contract) {
    case Contract::kNginx:
      // Whatever proxy_cache_valid says, nothing is remembered that the policy does not allow; what
      // it does allow is told with each token.
      if (outcome != Outcome::kAllowed || policy.cache_seconds == 0) {
        append(fields, "X-Accel-Expires: 0\r\n");
      }
      break;
    case Contract::kForward:
    case Contract::kEnvoy:
      if (is_allowed(outcome)) break;
      append(fields, "Content-Type: application/json\r\n");
      body = denied_body(policy.challenge, outcome);
      break;
    case Contract::kVerify:
      append(fields, "Content-Type: application/json\r\nCache-Control: no-store\r\n");
      return {status, http::Response::of_any_body(status, fields)};
    default:
      break;
  }
  return {status, http::Response(status, fields, body)};
}

std::vector<Answer> make_plain_answers() {
  std::vector<Answer> answers;
  for (const Status status : http::kStatuses) {
    const bool names_methods = status == Status::kMethodNotAllowed;  // RFC 9110 section 15.5.6
    answers.push_back(
        {status, http::Response(status, names_methods ? "Allow: GET, HEAD\r\n" : "")});
  }
  return answers;
}

}  // namespace

Answers::Answers(const PolicyConfig& policy) {
  for (size_t i = index_of(Contract::kNginx); i <= index_of(Contract::kVerify); ++i) {
    const auto contract = static_cast<Contract>(i + static_cast<size_t>(Contract::kNginx));
    for (size_t outcome = 0; outcome < kNumOutcomes; ++outcome) {
      answers_.push_back(make_answer(contract, static_cast<Outcome>(outcome), policy));
    }
  }
}

std::string Answers::key_of(const PolicyConfig& policy) {
  const ChallengeConfig& challenge = policy.challenge;
  return concat(challenge.realm, "\n", challenge.scope, "\n", challenge.resource_metadata, "\n",
                int{challenge.has_description}, int{policy.strips_token},
                int{policy.cache_seconds > 0}, static_cast<int>(policy.aud_mismatch),
                static_cast<int>(policy.unavailable.value_or(Status{})));
}

const Answer& plain_answer(Status status) noexcept {
  static const std::vector<Answer> answers = make_plain_answers();
  return answers[http::place_of(status)];
}

}  // namespace simdjwt::serve
