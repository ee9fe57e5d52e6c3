// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// RSA's power of four signatures in the four lanes of AVX2, whose multiplier of 52 bits is that of
// floating point: limbs are doubles.
//
// PERF NOTES. Foretold for 2048 bits on Zen 3: 26-bit limbs by vpmuludq make four products where
// these make one, 180,000 for four signatures, two a cycle: 22,500 cycles a signature. These make
// 46,000, each two multiplications, a subtraction and two additions on four ports: 14,400. Measured
// (`bench_rsa`, 3.2 GHz): 26-bit limbs 36,000; these 28,000 while columns were summed one by one
// and each limb of the reduction waited for the one before, 23,700 in rows. EVP_PKEY_verify:
// 61,000. Tried: a whole limb of the reduction between two pairs of blocks instead of a half
// between any two: 3 % slower.

#include "bytes/rsa_kernels.h"

#if defined(SIMDJWT_X86_64)

#define SIMDJWT_RSA_TARGET SIMDJWT_TARGET_FMA
#include "bytes/rsa_vertical.h"

namespace simdjwt::bytes {
namespace {

// A fused multiply-add that rounds toward zero, to a number whose last bit counts 2^52, has the
// upper half of the product in its mantissa; another one, of the same factors, that takes this half
// away again, has the lower half. So their bits, taken as integers, are the halves and a constant
// each, the bits of an exponent, to be subtracted when all is summed (Emmart, Zheng, Weems: Faster
// Modular Exponentiation Using Double Precision Floating Point Arithmetic on the GPU, ARITH 2018).
struct Fma {
  using Vector = __m256i;
  using Factor = __m256d;
  using Word = double;
  static constexpr size_t kLanes = 4;
  static constexpr uint64_t kLowBias = uint64_t{0x433} << 52;   // the bits of 2^52
  static constexpr uint64_t kHighBias = uint64_t{0x467} << 52;  // and of 2^104

  SIMDJWT_RSA_INLINE static Vector zero() { return _mm256_setzero_si256(); }
  SIMDJWT_RSA_INLINE static Vector add(Vector x, Vector y) { return _mm256_add_epi64(x, y); }
  SIMDJWT_RSA_INLINE static Vector subtract(Vector x, uint64_t word) {
    return _mm256_sub_epi64(x, all(word));
  }
  SIMDJWT_RSA_INLINE static Vector carry(Vector x) { return _mm256_srli_epi64(x, 52); }
  SIMDJWT_RSA_INLINE static Factor factor(Vector x) {
    const Vector limb = _mm256_and_si256(x, all((uint64_t{1} << 52) - 1));
    return _mm256_sub_pd(_mm256_castsi256_pd(_mm256_or_si256(limb, all(kLowBias))), two_to_52());
  }
  SIMDJWT_RSA_INLINE static void multiply_add(Vector& low, Vector& high, Factor x, Factor y) {
    const Factor upper = _mm256_fmadd_pd(x, y, two_to_104());
    high = add_here(high, upper);
    low = add_here(low, lower(x, y, upper));
  }
  SIMDJWT_RSA_INLINE static Factor multiply_low(Vector x, Factor y) {
    const Factor limb = factor(x);
    return _mm256_sub_pd(lower(limb, y, _mm256_fmadd_pd(limb, y, two_to_104())), two_to_52());
  }

 private:
  SIMDJWT_RSA_INLINE static Vector all(uint64_t word) {
    return _mm256_set1_epi64x(static_cast<long long>(word));
  }
  // Left alone, GCC makes trees of these additions, for whose branches there are no registers.
  SIMDJWT_RSA_INLINE static Vector add_here(Vector sum, Factor half) {
    sum = add(sum, _mm256_castpd_si256(half));
    __asm__("" : "+x"(sum));
    return sum;
  }
  SIMDJWT_RSA_INLINE static Factor two_to_52() { return _mm256_set1_pd(0x1p52); }
  SIMDJWT_RSA_INLINE static Factor two_to_104() { return _mm256_set1_pd(0x1p104); }
  SIMDJWT_RSA_INLINE static Factor lower(Factor x, Factor y, Factor upper) {
    return _mm256_fmadd_pd(x, y, _mm256_sub_pd(_mm256_set1_pd(0x1p104 + 0x1p52), upper));
  }
};

// Whatever the caller's floating-point mode: toward zero, and no exception is looked at.
SIMDJWT_TARGET_FMA void power_fma(std::span<const RsaJob> jobs) noexcept {
  const unsigned mode = _mm_getcsr();
  _mm_setcsr(_MM_MASK_MASK | _MM_ROUND_TOWARD_ZERO);
  power_vertically<Fma>(jobs);
  _mm_setcsr(mode);
}

}  // namespace

const RsaKernel kRsaFma = {"rsa/fma-x4", Fma::kLanes, 2, power_fma};

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_X86_64
