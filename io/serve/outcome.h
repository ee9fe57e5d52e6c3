// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Outcome: how a request fares, by its token or for want of one.

#ifndef SIMDJWT_IO_SERVE_OUTCOME_H_
#define SIMDJWT_IO_SERVE_OUTCOME_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "serve/reason.h"
#include "simdjwt/policy.h"
#include "simdjwt/verifier.h"

namespace simdjwt::serve {

// The first ones are those of Reason, of which kNone is an accepted token.
enum class Outcome : uint8_t {
  kAllowed = static_cast<uint8_t>(Reason::kNone),
  kMissing = static_cast<uint8_t>(Reason::kMissing),
  kMultiple = static_cast<uint8_t>(Reason::kMultiple),
  kAnonymous = kNumReasons,  // no token, and none is needed
  kMalformedRequest,         // what should be a token cannot be one: the client's fault
};
inline constexpr size_t kNumOutcomes = static_cast<size_t>(Outcome::kMalformedRequest) + 1;

[[nodiscard]] constexpr Outcome outcome_of(Reason reason) noexcept {
  return static_cast<Outcome>(reason);
}
[[nodiscard]] constexpr bool is_allowed(Outcome outcome) noexcept {
  return outcome == Outcome::kAllowed || outcome == Outcome::kAnonymous;
}
// kNone if it was allowed.
[[nodiscard]] constexpr Reason reason_of(Outcome outcome) noexcept {
  if (outcome == Outcome::kAnonymous) return Reason::kNone;
  if (outcome == Outcome::kMalformedRequest) return Reason::kMalformed;
  return static_cast<Reason>(outcome);
}

// What verifying `token` by `policy` came to.
[[nodiscard]] Outcome outcome_of(std::string_view token, const VerifyResult& result,
                                 const Policy& policy) noexcept;

// "accepted", "anonymous", or the reason, of each outcome: what usage is counted by. Static
// storage.
[[nodiscard]] std::span<const std::string_view> outcome_names() noexcept;

// A sentence without its full stop, or empty: "The token has expired". Static storage.
[[nodiscard]] std::string_view describe(Outcome outcome) noexcept;

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_OUTCOME_H_
