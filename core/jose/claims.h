// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The registered claims (RFC 7519 section 4.1), typed.

#ifndef SIMDJWT_CORE_JOSE_CLAIMS_H_
#define SIMDJWT_CORE_JOSE_CLAIMS_H_

#include <simdjwt/verdict.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "jose/json_object.h"

namespace simdjwt::jose {

// Presence is a bit of its own, never a magic value: exp 0 is a date. Views and `aud` point into
// what the object was read from.
struct RegisteredClaims {
  std::optional<std::string_view> iss;
  std::optional<std::string_view> sub;
  std::optional<std::string_view> jti;
  std::optional<int64_t> exp;
  std::optional<int64_t> nbf;
  std::optional<int64_t> iat;
  // The string's characters, or the array's JSON text.
  std::optional<std::string_view> aud;
  bool aud_is_array = false;

  // Whether aud is, or contains, `audience`.
  [[nodiscard]] bool has_aud(std::string_view audience) const noexcept;
};

// Picks the registered claims out of `object`. Adds a verdict to `malformed` for each of the wrong
// type, which is then left absent: a wrong type is an error also where nobody checks the claim.
void read_registered_claims(const JsonObject& object, RegisteredClaims& claims,
                            VerdictSet& malformed) noexcept;

}  // namespace simdjwt::jose

#endif  // SIMDJWT_CORE_JOSE_CLAIMS_H_
