// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The two spellings of an ECDSA signature: R || S in full width, as JWS has it (RFC 7518 section
// 3.4), and the DER of a SEQUENCE of two INTEGERs, as libcrypto wants it.

#ifndef SIMDJWT_CORE_JOSE_ECDSA_SIGNATURE_H_
#define SIMDJWT_CORE_JOSE_ECDSA_SIGNATURE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace simdjwt::jose {

inline constexpr size_t kCoordinateBytesMax = 66;  // of P-521

// A number may take one byte more, lest it be negative, and a header of two; the sequence has one
// of three.
using EcdsaDer = std::array<uint8_t, 3 + 2 * (2 + 1 + kCoordinateBytesMax)>;

// Writes the DER of `signature`, two numbers of equal width, at most kCoordinateBytesMax, into
// `der`. Returns its length.
size_t ecdsa_to_der(std::span<const uint8_t> signature, EcdsaDer& der) noexcept;

// Writes the two numbers of what libcrypto signed into `signature`, each in half of it. False if
// they do not fit.
bool ecdsa_from_der(std::span<const uint8_t> der, std::span<uint8_t> signature) noexcept;

}  // namespace simdjwt::jose

#endif  // SIMDJWT_CORE_JOSE_ECDSA_SIGNATURE_H_
