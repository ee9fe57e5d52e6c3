// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Random keys of asymmetric algorithms.

#ifndef SIMDJWT_IO_REGISTRY_KEY_MAKER_H_
#define SIMDJWT_IO_REGISTRY_KEY_MAKER_H_

#include <absl/status/statusor.h>

#include <string>

#include "simdjwt/key.h"

namespace simdjwt::registry {

inline constexpr unsigned kRsaBitsDefault = 2048;

[[nodiscard]] bool is_rsa(Algorithm algorithm) noexcept;

// A key pair for an algorithm that is no HMAC; on Ed25519 for EdDSA. An empty `kid` stands for the
// RFC 7638 thumbprint. kInvalidArgument for one that no key can have, and for bits that no RSA key
// may have.
[[nodiscard]] absl::StatusOr<Key> make_key(Algorithm algorithm, unsigned rsa_bits,
                                           const std::string& kid = "");

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_KEY_MAKER_H_
