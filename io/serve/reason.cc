// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/reason.h"

#include <bit>

namespace simdjwt::serve {

std::string_view to_string(Reason reason) noexcept {
  constexpr std::string_view kNames[kNumReasons] = {
      "none",           "missing",         "multiple",
      "malformed",      "too_large",       "base64",
      "json",           "alg_not_allowed", "crit",
      "unknown_kid",    "bad_signature",   "typ",
      "expired",        "not_yet_valid",   "issued_in_future",
      "issuer",         "audience",        "scope",
      "claim",          "revoked",         "not_registered",
      "not_associated", "unavailable"};
  return kNames[static_cast<size_t>(reason)];
}

Reason reason_of(const VerifyResult& result, const Policy& policy) noexcept {
  switch (result.verdict()) {
    case Verdict::kValid:
      return Reason::kNone;
    case Verdict::kTokenTooLarge:
    case Verdict::kHeaderTooLarge:
      return Reason::kTooLarge;
    case Verdict::kNotCompactJws:
    case Verdict::kEncryptedToken:
      return Reason::kMalformed;
    case Verdict::kBadBase64url:
      return Reason::kBase64;
    case Verdict::kBadHeaderJson:
    case Verdict::kDuplicateHeaderName:
    case Verdict::kBadHeaderParameter:
    case Verdict::kBadClaimsJson:
    case Verdict::kDuplicateClaim:
      return Reason::kJson;
    case Verdict::kAlgMissing:
    case Verdict::kAlgNone:
    case Verdict::kAlgUnsupported:
    case Verdict::kAlgMismatch:
      return Reason::kAlgNotAllowed;
    case Verdict::kCritMalformed:
    case Verdict::kCritUnsupported:
    case Verdict::kUnencodedPayload:
      return Reason::kCrit;
    case Verdict::kNoMatchingKey:
    case Verdict::kKeyNotYetActive:
    case Verdict::kKeyExpired:
      return Reason::kUnknownKid;
    case Verdict::kBadSignatureLength:
    case Verdict::kBadSignature:
      return Reason::kBadSignature;
    case Verdict::kTypMissing:
    case Verdict::kTypMismatch:
      return Reason::kTyp;
    case Verdict::kExpired:
    case Verdict::kTooOld:
      return Reason::kExpired;
    case Verdict::kNotYetValid:
      return Reason::kNotYetValid;
    case Verdict::kIssuedInFuture:
      return Reason::kIssuedInFuture;
    case Verdict::kBadIss:
    case Verdict::kIssMissing:
    case Verdict::kIssMismatch:
      return Reason::kIssuer;
    case Verdict::kBadAud:
    case Verdict::kAudMissing:
    case Verdict::kAudMismatch:
      return Reason::kAudience;
    case Verdict::kClaimMissing:
    case Verdict::kClaimMismatch:
      if (policy.rule_claim(static_cast<size_t>(std::countr_zero(result.failed_rules()))) ==
          "scope") {
        return Reason::kScope;
      }
      return Reason::kClaim;
    case Verdict::kBadSub:
    case Verdict::kBadExp:
    case Verdict::kBadNbf:
    case Verdict::kBadIat:
    case Verdict::kBadJti:
    case Verdict::kClaimForbidden:
    case Verdict::kRefreshToken:
    case Verdict::kBadStatus:
    case Verdict::kExpMissing:
    case Verdict::kIatMissing:
      return Reason::kClaim;
    case Verdict::kRevoked:
      return Reason::kRevoked;
    case Verdict::kNotRegistered:
      return Reason::kNotRegistered;
    case Verdict::kNotAssociated:
      return Reason::kNotAssociated;
    case Verdict::kOutOfMemory:
    case Verdict::kKeysUnavailable:
    case Verdict::kStatusUnavailable:
      return Reason::kUnavailable;
  }
  return Reason::kUnavailable;
}

}  // namespace simdjwt::serve
