// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Verdict: the exact outcome of one verification. VerdictClass: the coarse one that clients may
// see.

#ifndef SIMDJWT_VERDICT_H_
#define SIMDJWT_VERDICT_H_

#include <cstdint>
#include <string_view>

namespace simdjwt {

// Values are stable and only ever appended to. Those of checks stand in the order of the pipeline:
// the first that fails decides, unless the policy collects all claim failures. Below 64, so that a
// set of them is a word.
enum class Verdict : uint8_t {
  kValid = 0,

  // Form (RFC 7515 section 7.1).
  kTokenTooLarge,   // longer than kTokenBytesMax
  kNotCompactJws,   // not three non-empty parts separated by two dots
  kEncryptedToken,  // five parts: an encrypted token (JWE), which is never decrypted
  kBadBase64url,  // foreign character, padding, impossible length or unused bits that are not zero

  // Header (RFC 7515 section 4).
  kHeaderTooLarge,       // longer than kHeaderCharsMax
  kBadHeaderJson,        // not one complete, valid JSON object
  kDuplicateHeaderName,  // a header parameter appears twice
  kBadHeaderParameter,   // a registered header parameter has the wrong JSON type, or a kid is too
                         // long
  kAlgMissing,           // no alg
  kAlgNone,              // alg is "none" in some spelling: an unsigned token
  kAlgUnsupported,       // an alg that this library does not implement
  kCritMalformed,        // crit is not a non-empty array of distinct names of present parameters
  kCritUnsupported,      // crit demands an extension that is not implemented
  kUnencodedPayload,     // b64 is false (RFC 7797)

  // Key.
  kNoMatchingKey,    // no configured key may verify a token with this kid
  kAlgMismatch,      // the key is for another alg than the header names
  kKeyNotYetActive,  // the key's not-before lies in the future
  kKeyExpired,       // the key's not-after has passed

  // Signature.
  kBadSignatureLength,  // not the length that the alg produces
  kBadSignature,        // the signature does not fit header, claims and key

  // Claims JSON (RFC 7519 section 4). From here on the signature was right.
  kBadClaimsJson,   // not one complete, valid JSON object
  kDuplicateClaim,  // a claim appears twice
  kBadIss,          // iss is not a string
  kBadSub,          // sub is not a string
  kBadAud,          // aud is neither a string nor an array of strings
  kBadExp,          // exp is not a number from 0 to kNumericDateMax
  kBadNbf,          // the same of nbf
  kBadIat,          // the same of iat
  kBadJti,          // jti is not a string

  // Policy.
  kTypMissing,      // a typ is expected, the header has none
  kTypMismatch,     // typ is not the expected one
  kExpMissing,      // exp is expected
  kExpired,         // now >= exp + leeway
  kNotYetValid,     // now < nbf - leeway
  kIssuedInFuture,  // now < iat - leeway
  kIatMissing,      // a maximum age is demanded, the token has no iat
  kTooOld,          // now > iat + maximum age + leeway
  kIssMissing,      // an issuer is expected
  kIssMismatch,     // iss is not an expected issuer
  kAudMissing,      // an audience is expected
  kAudMismatch,     // aud lacks the expected audience
  kClaimMissing,    // a required claim, or one that a rule inspects, is absent
  kClaimForbidden,  // a forbidden claim is present
  kClaimMismatch,   // a claim has none of the values that a rule demands

  // Resources.
  kOutOfMemory,      // the scratch could not grow; the token was not judged
  kKeysUnavailable,  // the keys could not be obtained (KeySet::unavailable()); it was not judged

  // The last check, of a token that is all right otherwise: Revocations and TokenGate.
  kRevoked,            // its issuer, or whoever runs the verifier, has taken it back
  kNotRegistered,      // only tokens that the registry has issued are accepted
  kNotAssociated,      // the registry knows the token, but not for this server
  kRefreshToken,       // it gets other tokens, and gives access to nothing else
  kBadStatus,          // where its issuer keeps its status is not said as it must be
  kStatusUnavailable,  // the list that tells its status is not at hand; it was not judged
};

inline constexpr uint8_t kNumVerdicts = static_cast<uint8_t>(Verdict::kStatusUnavailable) + 1;
static_assert(kNumVerdicts <= 64, "a VerdictSet is one word");

// What a client, a metric or a troubleshooting page tells apart. Stable.
enum class VerdictClass : uint8_t {
  kValid = 0,
  kWrongFormat,       // not a token in the expected form
  kBadHeader,         // a token whose header cannot be accepted
  kInvalidSignature,  // no key, the wrong key or the wrong signature
  kExpired,           // was valid once
  kNotYetValid,       // will be valid later
  kClaimsRejected,    // signed, but its claims are not what is demanded
  kUnavailable,       // could not be judged
  kRevoked,           // was valid until it was taken back
};

// "expired", "iss-mismatch": stable, lower case, for logs, metrics and JSON. Static storage.
[[nodiscard]] std::string_view to_string(Verdict verdict) noexcept;
[[nodiscard]] std::string_view to_string(VerdictClass verdict_class) noexcept;

// One English sentence without details of any token: "The token has expired." Static storage.
[[nodiscard]] std::string_view describe(Verdict verdict) noexcept;

// The claim or header parameter that the verdict is about ("exp", "kid"), or empty. Static storage.
[[nodiscard]] std::string_view subject_of(Verdict verdict) noexcept;

[[nodiscard]] VerdictClass class_of(Verdict verdict) noexcept;

// A set of verdicts: what a policy that collects all failures found.
class VerdictSet {
 public:
  constexpr void add(Verdict verdict) noexcept { bits_ |= bit(verdict); }
  [[nodiscard]] constexpr bool contains(Verdict verdict) const noexcept {
    return (bits_ & bit(verdict)) != 0;
  }
  [[nodiscard]] constexpr bool empty() const noexcept { return bits_ == 0; }
  // The member that comes first in the pipeline, or kValid of an empty set.
  [[nodiscard]] constexpr Verdict first() const noexcept {
    return bits_ == 0 ? Verdict::kValid : static_cast<Verdict>(__builtin_ctzll(bits_));
  }
  friend constexpr bool operator==(VerdictSet, VerdictSet) noexcept = default;

 private:
  static constexpr uint64_t bit(Verdict verdict) noexcept {
    return uint64_t{1} << static_cast<uint8_t>(verdict);
  }
  uint64_t bits_ = 0;
};

}  // namespace simdjwt

#endif  // SIMDJWT_VERDICT_H_
