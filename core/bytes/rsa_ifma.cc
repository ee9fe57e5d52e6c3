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
  static constexpr size_t kLanes = 8;
  static constexpr int kLimbBits = 52;

  SIMDJWT_RSA_INLINE static Vector load(const uint64_t* words) { return _mm512_load_si512(words); }
  SIMDJWT_RSA_INLINE static Vector zero() { return _mm512_setzero_si512(); }
  SIMDJWT_RSA_INLINE static Vector add(Vector x, Vector y) { return _mm512_add_epi64(x, y); }
  SIMDJWT_RSA_INLINE static Vector twice(Vector x) { return _mm512_add_epi64(x, x); }
  SIMDJWT_RSA_INLINE static Vector limb(Vector x) {
    return _mm512_and_si512(x, _mm512_set1_epi64((1LL << kLimbBits) - 1));
  }
  template <unsigned kBits>
  SIMDJWT_RSA_INLINE static Vector shift_right(Vector x) {
    return _mm512_srli_epi64(x, kBits);
  }
  SIMDJWT_RSA_INLINE static void multiply_add(Vector& low, Vector& high, Vector x, Vector y) {
    low = _mm512_madd52lo_epu64(low, x, y);
    high = _mm512_madd52hi_epu64(high, x, y);
  }
  SIMDJWT_RSA_INLINE static Vector multiply_low(Vector x, Vector y) {
    return _mm512_madd52lo_epu64(zero(), x, y);
  }
};

SIMDJWT_TARGET_IFMA void power(std::span<const RsaJob> jobs) noexcept {
  power_vertically<Ifma>(jobs);
}

}  // namespace

const RsaKernel kRsaIfma = {"rsa/avx512-ifma-x8", Ifma::kLanes, 3, power};

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_X86_64
