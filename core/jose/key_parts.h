// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The parameters of an asymmetric key (RFC 7518 section 6, RFC 8037 section 2). Whatever a key
// comes from, it is reduced to them, and built from them: there is one way in, with one set of
// checks.

#ifndef SIMDJWT_CORE_JOSE_KEY_PARTS_H_
#define SIMDJWT_CORE_JOSE_KEY_PARTS_H_

#include <absl/status/statusor.h>

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "bytes/secret.h"
#include "jose/algorithm.h"
#include "jose/evp.h"

namespace simdjwt::jose {

struct KeyParameter {
  std::string_view name;     // in a JWK
  const char* openssl_name;  // null where libcrypto has no parameter for it alone
  bool is_private;
};

// Those of a kty, "RSA", "EC" or "OKP": public ones first, each group in the order of RFC 7638.
// None of any other.
std::span<const KeyParameter> key_parameters(std::string_view kty) noexcept;

struct KeyParts {
  static constexpr size_t kParametersMax = 8;

  std::string_view kty;  // static
  const Curve* curve = nullptr;
  // In the order of key_parameters(kty), big-endian; empty where absent. Numbers of RSA have no
  // leading zeros, coordinates and scalars of a curve its full width.
  std::array<bytes::SecretBytes, kParametersMax> values;

  // By a name that the kty has.
  const bytes::SecretBytes& value(std::string_view name) const noexcept;
  bool has_private() const noexcept { return !value("d").empty(); }
};

// libcrypto's key of these parameters. Checks neither their sizes nor that the halves of a private
// key belong together. Fails for a point that is not on its curve.
absl::StatusOr<EvpKey> build_evp_key(const KeyParts& parts, KeyHalf half);

// The parameters of libcrypto's key; private ones, if it has them and `half` says so. Fails for a
// type or curve that JWKs do not have.
absl::StatusOr<KeyParts> read_evp_key(const EVP_PKEY* key, KeyHalf half);

}  // namespace simdjwt::jose

#endif  // SIMDJWT_CORE_JOSE_KEY_PARTS_H_
