// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Reason: why a request was denied, as metrics, logs and X-Auth-Reason tell it.

#ifndef SIMDJWT_IO_SERVE_REASON_H_
#define SIMDJWT_IO_SERVE_REASON_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "simdjwt/policy.h"
#include "simdjwt/verifier.h"

namespace simdjwt::serve {

// Coarser than Verdict: a few dozen time series, and no help for those who guess tokens.
enum class Reason : uint8_t {
  kNone,            // it was not denied
  kMissing,         // no token
  kMultiple,        // more than one token
  kMalformed,       // nothing that could be a signed token
  kTooLarge,        // a token, or a part of it, beyond the limits
  kBase64,          // a part is not base64url
  kJson,            // header or claims are no valid JSON object
  kAlgNotAllowed,   // none, unknown, or not the key's
  kCrit,            // demands an extension that is not implemented
  kUnknownKid,      // no key that may verify it
  kBadSignature,    //
  kTyp,             // from here on the signature was right
  kExpired,         // exp has passed, or it is older than is allowed
  kNotYetValid,     // nbf lies ahead
  kIssuedInFuture,  // iat lies ahead
  kIssuer,          //
  kAudience,        //
  kScope,           // lacks a scope
  kClaim,           // another claim is missing, forbidden or not as demanded
  kRevoked,         // nothing is wrong with it but that it was taken back
  kNotRegistered,   // not one of the registry's
  kNotAssociated,   // one of the registry's, for other servers
  kUnavailable,     // could not be judged
};

inline constexpr size_t kNumReasons = static_cast<size_t>(Reason::kUnavailable) + 1;

// "bad_signature": stable. Static storage.
[[nodiscard]] std::string_view to_string(Reason reason) noexcept;

// What a verification came to. `policy` is the one it was verified by: it knows which claim a rule
// is about.
[[nodiscard]] Reason reason_of(const VerifyResult& result, const Policy& policy) noexcept;

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_REASON_H_
