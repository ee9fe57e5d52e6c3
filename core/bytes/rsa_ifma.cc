// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// RSA's power of eight signatures in the eight lanes of AVX-512 IFMA.

#include "bytes/rsa_kernels.h"

#if defined(SIMDJWT_X86_64)

#define SIMDJWT_RSA_TARGET SIMDJWT_TARGET_IFMA
#include "bytes/rsa_vertical.h"

namespace simdjwt::bytes {
namespace {

struct Ifma {
  using Vector = __m512i;
  using Factor = __m512i;
  using Word = uint64_t;
  static constexpr size_t kLanes = 8;
  static constexpr uint64_t kLowBias = 0;
  static constexpr uint64_t kHighBias = 0;

  SIMDJWT_RSA_INLINE static Vector zero() { return _mm512_setzero_si512(); }
  SIMDJWT_RSA_INLINE static Vector add(Vector x, Vector y) { return _mm512_add_epi64(x, y); }
  SIMDJWT_RSA_INLINE static Vector subtract(Vector x, uint64_t /*word*/) { return x; }  // always 0
  SIMDJWT_RSA_INLINE static Vector carry(Vector x) { return _mm512_srli_epi64(x, 52); }
  SIMDJWT_RSA_INLINE static Factor factor(Vector x) {
    return _mm512_and_si512(x, _mm512_set1_epi64((1LL << 52) - 1));
  }
  SIMDJWT_RSA_INLINE static void multiply_add(Vector& low, Vector& high, Factor x, Factor y) {
    low = _mm512_madd52lo_epu64(low, x, y);
    high = _mm512_madd52hi_epu64(high, x, y);
  }
  SIMDJWT_RSA_INLINE static Factor multiply_low(Vector x, Factor y) {
    return _mm512_madd52lo_epu64(zero(), x, y);
  }
};

SIMDJWT_TARGET_IFMA void power_ifma(std::span<const RsaJob> jobs) noexcept {
  power_vertically<Ifma>(jobs);
}

}  // namespace

const RsaKernel kRsaIfma = {"rsa/avx512-ifma-x8", Ifma::kLanes, 3, power_ifma};

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_X86_64
