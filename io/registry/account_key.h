// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What signs the tokens of an account: a secret, which whoever verifies them has as well, or a key,
// whose public half is for everybody.

#ifndef SIMDJWT_IO_REGISTRY_ACCOUNT_KEY_H_
#define SIMDJWT_IO_REGISTRY_ACCOUNT_KEY_H_

#include <absl/status/statusor.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "registry/secret_text.h"
#include "simdjwt/key.h"

namespace simdjwt::registry {

// Those that sign the same claims to the same bytes, so that a token can be shown again that is
// stored nowhere. ECDSA and PSS do not: libcrypto draws random numbers for them.
inline constexpr std::array kTokenAlgorithms = {Algorithm::kHs256, Algorithm::kEdDsa,
                                                Algorithm::kRs256};

// kInvalidArgument for any other.
[[nodiscard]] absl::Status check_token_algorithm(Algorithm algorithm);

struct NewSecret {
  SecretText text;
  std::string public_jwk = {};  // empty: a secret has no public half
};

// A random secret for HS256; for others a key as a JWK, with its RFC 7638 thumbprint as kid. One of
// RSA takes a tenth of a second, or several.
[[nodiscard]] absl::StatusOr<NewSecret> make_secret(Algorithm algorithm);

// The key that a secret's text is, or either half of a key.
[[nodiscard]] absl::StatusOr<Key> key_of(Algorithm algorithm, std::string_view text,
                                         KeyPeriod period = {});

// Empty for what is no JWK.
[[nodiscard]] std::string kid_of(std::string_view public_jwk);

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_ACCOUNT_KEY_H_
