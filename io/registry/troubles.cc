// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/troubles.h"

namespace simdjwt::registry {
namespace {

using serve::Outcome;

constexpr Trouble kMissingField = {
    "Missing Authorization header",
    "Send \"Authorization: Bearer TOKEN\" with each request: one blank, and the whole token."};
constexpr Trouble kMalformedField = {
    "Malformed Authorization header",
    "Send \"Authorization: Bearer TOKEN\": the word once, one blank, and the token as it is."};
constexpr Trouble kWrongFormat = {
    "Wrong token format",
    "Copy the whole token: three parts with dots between them; no quotes, blanks or line ends."};
constexpr Trouble kBadHeader = {
    "Wrong token header",
    "Services that sign need HS256 and the header {\"alg\":\"HS256\",\"typ\":\"JWT\"}."};
constexpr Trouble kBadSignature = {
    "Invalid signature",
    "Copy the token once more. Services that sign need the current secret, its text as it stands."};
constexpr Trouble kWrongAccount = {"Wrong account",
                                   "Use a token of the account that the server belongs to."};
constexpr Trouble kExpired = {"Token expired",
                              "Create another token, with a later expiry or none."};
constexpr Trouble kNotYetValid = {"Token not valid yet",
                                  "Wait, or set the clock of whoever signed it."};
constexpr Trouble kBadClaims = {
    "Wrong claims", "Whoever signs the token must give its claims the types of RFC 7519."};
constexpr Trouble kRevoked = {"Token revoked", "It stays so: create another token."};
constexpr Trouble kRefreshToken = {"Refresh token",
                                   "Send the access token; this one is for getting another."};
constexpr Trouble kNotRegistered = {
    "Not a token of the registry",
    "Create one, or let the account take all tokens that its secret has signed."};
constexpr Trouble kNotAssociated = {"Not associated with this server",
                                    "Associate the token with the server."};
constexpr Trouble kUnavailable = {"Not judged", "Try again: the checks lacked keys or memory."};

Trouble trouble_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kRefreshToken:
      return kRefreshToken;
    case Verdict::kNotRegistered:
      return kNotRegistered;
    case Verdict::kNotAssociated:
      return kNotAssociated;
    default:
      break;
  }
  switch (class_of(verdict)) {
    case VerdictClass::kWrongFormat:
      return kWrongFormat;
    case VerdictClass::kBadHeader:
      return kBadHeader;
    case VerdictClass::kInvalidSignature:
      return kBadSignature;
    case VerdictClass::kExpired:
      return kExpired;
    case VerdictClass::kNotYetValid:
      return kNotYetValid;
    case VerdictClass::kClaimsRejected:
      return kBadClaims;
    case VerdictClass::kRevoked:
      return kRevoked;
    default:
      return kUnavailable;
  }
}

}  // namespace

Trouble trouble_of(Outcome outcome, std::optional<Verdict> verdict, bool is_field,
                   bool is_others) noexcept {
  if (outcome == Outcome::kAllowed) return {"Accepted", ""};
  if (outcome == Outcome::kAnonymous) return {"Accepted, as the server asks for no token", ""};
  if (!verdict) return kMissingField;
  if (outcome == Outcome::kMalformedRequest && is_field) return kMalformedField;
  const bool is_about_owner = *verdict == Verdict::kBadSignature ||
                              *verdict == Verdict::kNoMatchingKey ||
                              *verdict == Verdict::kNotRegistered;
  return is_about_owner && is_others ? kWrongAccount : trouble_of(*verdict);
}

}  // namespace simdjwt::registry
