// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// RSA's power of four signatures in the four 64-bit lanes of AVX2.

#include "bytes/rsa_kernels.h"

#if defined(SIMDJWT_X86_64)

#define SIMDJWT_RSA_TARGET SIMDJWT_TARGET_AVX2
#include "bytes/rsa_vertical.h"

namespace simdjwt::bytes {
namespace {

struct Avx2 {
  using Vector = __m256i;
  static constexpr size_t kLanes = 4;
  static constexpr int kLimbBits = 26;

  SIMDJWT_RSA_INLINE static Vector load(const uint64_t* words) {
    return _mm256_load_si256(reinterpret_cast<const __m256i*>(words));
  }
  SIMDJWT_RSA_INLINE static Vector zero() { return _mm256_setzero_si256(); }
  SIMDJWT_RSA_INLINE static Vector add(Vector x, Vector y) { return _mm256_add_epi64(x, y); }
  SIMDJWT_RSA_INLINE static Vector twice(Vector x) { return _mm256_add_epi64(x, x); }
  SIMDJWT_RSA_INLINE static Vector limb(Vector x) {
    return _mm256_and_si256(x, _mm256_set1_epi64x((1LL << kLimbBits) - 1));
  }
  template <int kBits>
  SIMDJWT_RSA_INLINE static Vector shift_right(Vector x) {
    return _mm256_srli_epi64(x, kBits);
  }
  SIMDJWT_RSA_INLINE static void multiply_add(Vector& low, Vector& /*high*/, Vector x, Vector y) {
    low = _mm256_add_epi64(low, _mm256_mul_epu32(x, y));
  }
  SIMDJWT_RSA_INLINE static Vector multiply_low(Vector x, Vector y) {
    return limb(_mm256_mul_epu32(x, y));
  }
};

SIMDJWT_TARGET_AVX2 void power(std::span<const RsaJob> jobs) noexcept {
  power_vertically<Avx2>(jobs);
}

}  // namespace

const RsaKernel kRsaAvx2 = {"rsa/avx2-x4", Avx2::kLanes, 3, power};

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_X86_64
