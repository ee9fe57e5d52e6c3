// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/outcome.h"

#include <array>

#include "serve/credentials.h"

namespace simdjwt::serve {

Outcome outcome_of(std::string_view token, const VerifyResult& result,
                   const Policy& policy) noexcept {
  if (!result && !is_b64token(token)) return Outcome::kMalformedRequest;
  return outcome_of(reason_of(result, policy));
}

std::span<const std::string_view> outcome_names() noexcept {
  static const auto names = [] {
    std::array<std::string_view, kNumOutcomes> all;
    for (size_t i = 0; i < kNumOutcomes; ++i) {
      const auto outcome = static_cast<Outcome>(i);
      all[i] = outcome == Outcome::kAllowed     ? "accepted"
               : outcome == Outcome::kAnonymous ? "anonymous"
                                                : to_string(reason_of(outcome));
    }
    return all;
  }();
  return names;
}

// Stable, for people who read logs; programs have the error code.
std::string_view describe(Outcome outcome) noexcept {
  if (outcome == Outcome::kMalformedRequest)
    return "The request carries something that is no token";
  switch (reason_of(outcome)) {
    case Reason::kNone:
      return "";
    case Reason::kMissing:
      return "The request carries no token";
    case Reason::kMultiple:
      return "The request carries more than one token";
    case Reason::kMalformed:
    case Reason::kBase64:
    case Reason::kJson:
      return "The token is malformed";
    case Reason::kTooLarge:
      return "The token is too large";
    case Reason::kAlgNotAllowed:
    case Reason::kCrit:
    case Reason::kTyp:
      return "The token header is not acceptable";
    case Reason::kUnknownKid:
    case Reason::kBadSignature:
      return "The token signature is invalid";
    case Reason::kExpired:
      return "The token has expired";
    case Reason::kNotYetValid:
    case Reason::kIssuedInFuture:
      return "The token is not valid yet";
    case Reason::kScope:
      return "The token lacks a scope";
    case Reason::kIssuer:
    case Reason::kAudience:
    case Reason::kClaim:
      return "The token claims are not acceptable";
    case Reason::kRevoked:
      return "The token has been revoked";
    case Reason::kNotRegistered:
      return "The token is not registered here";
    case Reason::kNotAssociated:
      return "The token is not for this server";
    case Reason::kUnavailable:
      return "The token could not be judged";
  }
  return "";
}

}  // namespace simdjwt::serve
