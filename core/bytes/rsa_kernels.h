// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The RSA kernels by name, and how numbers become limbs. Only rsa*.cc need this.

#ifndef SIMDJWT_CORE_BYTES_RSA_KERNELS_H_
#define SIMDJWT_CORE_BYTES_RSA_KERNELS_H_

#include <array>

#include "bytes/rsa.h"
#include "bytes/target.h"

namespace simdjwt::bytes {

extern const RsaKernel kRsaScalar;
extern const RsaKernel kRsaOpenssl;
#if SIMDJWT_X86_64
extern const RsaKernel kRsaFma;   // call only if cpu_features().fma
extern const RsaKernel kRsaIfma;  // call only if cpu_features().avx512_ifma
#endif

inline constexpr uint64_t kRsaLimbMask = (uint64_t{1} << RsaModulus::kLimbBits) - 1;
inline constexpr int kRsaSquarings = 16;  // 65537 = 2^16 + 1

using RsaLimbs = std::array<uint64_t, RsaModulus::kLimbsMax>;

// A big-endian number as the first `num_limbs` limbs, which have room for it.
void rsa_limbs_of(std::span<const uint8_t> number, size_t num_limbs, uint64_t* limbs) noexcept;

// The other way round, for what multiplications left: n or more is brought below n first.
void rsa_store(const RsaModulus& modulus, RsaLimbs& limbs, uint8_t* out) noexcept;

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_CORE_BYTES_RSA_KERNELS_H_
