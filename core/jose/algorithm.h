// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What the algorithms and curves are, in tables.

#ifndef SIMDJWT_CORE_JOSE_ALGORITHM_H_
#define SIMDJWT_CORE_JOSE_ALGORITHM_H_

#include <simdjwt/key.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace simdjwt::jose {

enum class Scheme : uint8_t { kHmac, kRsaPkcs1, kRsaPss, kEcdsa, kEdDsa };

// A curve as JWKs and as libcrypto name it.
struct Curve {
  std::string_view name;
  const char* openssl_name;
  size_t coordinate_bytes;  // of a point on an Edwards curve: its whole encoding
};

inline constexpr Curve kP256 = {"P-256", "prime256v1", 32};
inline constexpr Curve kP384 = {"P-384", "secp384r1", 48};
inline constexpr Curve kP521 = {"P-521", "secp521r1", 66};
inline constexpr Curve kSecp256k1 = {"secp256k1", "secp256k1", 32};
inline constexpr Curve kCurve25519 = {"Ed25519", "ED25519", 32};
inline constexpr Curve kCurve448 = {"Ed448", "ED448", 57};

inline constexpr const Curve* kCurves[] = {&kP256,      &kP384,       &kP521,
                                           &kSecp256k1, &kCurve25519, &kCurve448};

struct AlgorithmFacts {
  std::string_view name;
  Scheme scheme;
  size_t digest_bytes;  // of the SHA-2 function, or 0 where the scheme has its own
  const Curve* curve;   // null: none, or any that the scheme has
};

// In the order of Algorithm.
inline constexpr std::array<AlgorithmFacts, 16> kAlgorithms = {{
    {"HS256", Scheme::kHmac, 32, nullptr},
    {"HS384", Scheme::kHmac, 48, nullptr},
    {"HS512", Scheme::kHmac, 64, nullptr},
    {"RS256", Scheme::kRsaPkcs1, 32, nullptr},
    {"RS384", Scheme::kRsaPkcs1, 48, nullptr},
    {"RS512", Scheme::kRsaPkcs1, 64, nullptr},
    {"PS256", Scheme::kRsaPss, 32, nullptr},
    {"PS384", Scheme::kRsaPss, 48, nullptr},
    {"PS512", Scheme::kRsaPss, 64, nullptr},
    {"ES256", Scheme::kEcdsa, 32, &kP256},
    {"ES384", Scheme::kEcdsa, 48, &kP384},
    {"ES512", Scheme::kEcdsa, 64, &kP521},
    {"ES256K", Scheme::kEcdsa, 32, &kSecp256k1},
    {"EdDSA", Scheme::kEdDsa, 0, nullptr},
    {"Ed25519", Scheme::kEdDsa, 0, &kCurve25519},
    {"Ed448", Scheme::kEdDsa, 0, &kCurve448},
}};
static_assert(kAlgorithms[static_cast<size_t>(Algorithm::kEd448)].name == "Ed448");

constexpr const AlgorithmFacts& facts_of(Algorithm algorithm) noexcept {
  return kAlgorithms[static_cast<size_t>(algorithm)];
}

// The value of a JWK's "kty" that the algorithm's keys have.
constexpr std::string_view key_type_of(Algorithm algorithm) noexcept {
  switch (facts_of(algorithm).scheme) {
    case Scheme::kRsaPkcs1:
    case Scheme::kRsaPss:
      return "RSA";
    case Scheme::kEcdsa:
      return "EC";
    case Scheme::kEdDsa:
      return "OKP";
    case Scheme::kHmac:
      break;
  }
  return "oct";
}

}  // namespace simdjwt::jose

#endif  // SIMDJWT_CORE_JOSE_ALGORITHM_H_
