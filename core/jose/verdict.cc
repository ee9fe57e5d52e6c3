// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include <simdjwt/verdict.h>

#include <cstddef>

namespace simdjwt {
namespace {

struct VerdictFacts {
  Verdict verdict;
  VerdictClass verdict_class;
  std::string_view name;
  std::string_view subject;
  std::string_view sentence;
};

using V = Verdict;
using C = VerdictClass;

constexpr VerdictFacts kFacts[] = {
    {V::kValid, C::kValid, "valid", "", "The token is valid."},

    {V::kTokenTooLarge, C::kWrongFormat, "token-too-large", "", "The token is too large."},
    {V::kNotCompactJws, C::kWrongFormat, "not-compact-jws", "",
     "The token is not three non-empty parts separated by two dots."},
    {V::kEncryptedToken, C::kWrongFormat, "encrypted-token", "",
     "The token is encrypted (JWE), not signed."},
    {V::kBadBase64url, C::kWrongFormat, "bad-base64url", "",
     "A part of the token is not canonical base64url."},

    {V::kHeaderTooLarge, C::kBadHeader, "header-too-large", "", "The header is too large."},
    {V::kBadHeaderJson, C::kBadHeader, "bad-header-json", "",
     "The header is not a valid JSON object."},
    {V::kDuplicateHeaderName, C::kBadHeader, "duplicate-header-name", "",
     "A header parameter appears twice."},
    {V::kBadHeaderParameter, C::kBadHeader, "bad-header-parameter", "",
     "A header parameter has the wrong type or length."},
    {V::kAlgMissing, C::kBadHeader, "alg-missing", "alg", "The header names no algorithm."},
    {V::kAlgNone, C::kBadHeader, "alg-none", "alg", "The token is not signed (alg none)."},
    {V::kAlgUnsupported, C::kBadHeader, "alg-unsupported", "alg",
     "The algorithm is not supported."},
    {V::kCritMalformed, C::kBadHeader, "crit-malformed", "crit",
     "The header's list of critical extensions is malformed."},
    {V::kCritUnsupported, C::kBadHeader, "crit-unsupported", "crit",
     "The header demands an extension that is not supported."},
    {V::kUnencodedPayload, C::kBadHeader, "unencoded-payload", "b64",
     "The header says that the payload is not encoded."},

    {V::kNoMatchingKey, C::kInvalidSignature, "no-matching-key", "kid",
     "No key may verify a token with this key identifier."},
    {V::kAlgMismatch, C::kInvalidSignature, "alg-mismatch", "alg",
     "The key is for another algorithm than the header names."},
    {V::kKeyNotYetActive, C::kInvalidSignature, "key-not-yet-active", "kid",
     "The key is not active yet."},
    {V::kKeyExpired, C::kInvalidSignature, "key-expired", "kid", "The key is no longer active."},

    {V::kBadSignatureLength, C::kInvalidSignature, "bad-signature-length", "",
     "The signature has the wrong length."},
    {V::kBadSignature, C::kInvalidSignature, "bad-signature", "", "The signature is wrong."},

    {V::kBadClaimsJson, C::kClaimsRejected, "bad-claims-json", "",
     "The claims are not a valid JSON object."},
    {V::kDuplicateClaim, C::kClaimsRejected, "duplicate-claim", "", "A claim appears twice."},
    {V::kBadIss, C::kClaimsRejected, "bad-iss", "iss", "The issuer is not a string."},
    {V::kBadSub, C::kClaimsRejected, "bad-sub", "sub", "The subject is not a string."},
    {V::kBadAud, C::kClaimsRejected, "bad-aud", "aud",
     "The audience is neither a string nor an array of strings."},
    {V::kBadExp, C::kClaimsRejected, "bad-exp", "exp", "The expiry is not a date."},
    {V::kBadNbf, C::kClaimsRejected, "bad-nbf", "nbf", "The not-before date is not a date."},
    {V::kBadIat, C::kClaimsRejected, "bad-iat", "iat", "The date of issue is not a date."},
    {V::kBadJti, C::kClaimsRejected, "bad-jti", "jti", "The token identifier is not a string."},

    {V::kTypMissing, C::kClaimsRejected, "typ-missing", "typ", "The header names no type."},
    {V::kTypMismatch, C::kClaimsRejected, "typ-mismatch", "typ",
     "The token is not of the expected type."},
    {V::kExpMissing, C::kClaimsRejected, "exp-missing", "exp", "The token has no expiry."},
    {V::kExpired, C::kExpired, "expired", "exp", "The token has expired."},
    {V::kNotYetValid, C::kNotYetValid, "not-yet-valid", "nbf", "The token is not valid yet."},
    {V::kIssuedInFuture, C::kNotYetValid, "issued-in-future", "iat",
     "The token was issued in the future."},
    {V::kIatMissing, C::kClaimsRejected, "iat-missing", "iat", "The token has no date of issue."},
    {V::kTooOld, C::kExpired, "too-old", "iat", "The token was issued too long ago."},
    {V::kIssMissing, C::kClaimsRejected, "iss-missing", "iss", "The token names no issuer."},
    {V::kIssMismatch, C::kClaimsRejected, "iss-mismatch", "iss",
     "The issuer is not the expected one."},
    {V::kAudMissing, C::kClaimsRejected, "aud-missing", "aud", "The token names no audience."},
    {V::kAudMismatch, C::kClaimsRejected, "aud-mismatch", "aud",
     "The token is not for the expected audience."},
    {V::kClaimMissing, C::kClaimsRejected, "claim-missing", "", "A required claim is missing."},
    {V::kClaimForbidden, C::kClaimsRejected, "claim-forbidden", "",
     "A forbidden claim is present."},
    {V::kClaimMismatch, C::kClaimsRejected, "claim-mismatch", "",
     "A claim has not the expected value."},

    {V::kOutOfMemory, C::kUnavailable, "out-of-memory", "",
     "There was no memory to judge the token."},
    {V::kKeysUnavailable, C::kUnavailable, "keys-unavailable", "",
     "There are no keys to judge the token by."},

    {V::kRevoked, C::kRevoked, "revoked", "", "The token has been revoked."},
    {V::kNotRegistered, C::kClaimsRejected, "not-registered", "jti",
     "The token is not one that the registry has issued."},
    {V::kNotAssociated, C::kClaimsRejected, "not-associated", "jti",
     "The token is not associated with this server."},
    {V::kRefreshToken, C::kClaimsRejected, "refresh-token", "token_type",
     "The token is a refresh token, which gives no access."},
    {V::kBadStatus, C::kClaimsRejected, "bad-status", "status",
     "The token does not say rightly where its status is kept."},
    {V::kStatusUnavailable, C::kUnavailable, "status-unavailable", "status",
     "The status of the token could not be obtained."},
};

constexpr bool is_in_order() {
  for (size_t i = 0; i < std::size(kFacts); ++i) {
    if (static_cast<size_t>(kFacts[i].verdict) != i) return false;
  }
  return std::size(kFacts) == kNumVerdicts;
}
static_assert(is_in_order(), "one row a verdict, in the order of the enumeration");

constexpr std::string_view kClassNames[] = {
    "valid",   "wrong-format",  "bad-header",      "invalid-signature",
    "expired", "not-yet-valid", "claims-rejected", "unavailable",
    "revoked"};
static_assert(std::size(kClassNames) == static_cast<size_t>(C::kRevoked) + 1);

const VerdictFacts& facts(Verdict verdict) noexcept { return kFacts[static_cast<size_t>(verdict)]; }

}  // namespace

std::string_view to_string(Verdict verdict) noexcept { return facts(verdict).name; }
std::string_view describe(Verdict verdict) noexcept { return facts(verdict).sentence; }
std::string_view subject_of(Verdict verdict) noexcept { return facts(verdict).subject; }
VerdictClass class_of(Verdict verdict) noexcept { return facts(verdict).verdict_class; }

std::string_view to_string(VerdictClass verdict_class) noexcept {
  return kClassNames[static_cast<size_t>(verdict_class)];
}

}  // namespace simdjwt
