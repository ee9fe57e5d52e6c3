// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The POLYVAL kernels by name, and what they share. Only polyval*.cc need this.

#ifndef SIMDJWT_CORE_BYTES_POLYVAL_KERNELS_H_
#define SIMDJWT_CORE_BYTES_POLYVAL_KERNELS_H_

#include <bit>
#include <cstring>
#include <string_view>

#include "bytes/polyval.h"
#include "bytes/target.h"

#if SIMDJWT_X86_64
#include <immintrin.h>
#endif

namespace simdjwt::bytes {

inline constexpr size_t kPolyvalBlockBytes = sizeof(PolyvalBlock);

extern const PolyvalKernel kPolyvalScalar;
#if SIMDJWT_X86_64
extern const PolyvalKernel kPolyvalClmul;   // call only if cpu_features().clmul
extern const PolyvalKernel kPolyvalVclmul;  // call only if cpu_features().vclmul
#endif

// The first block of `bytes`, or what there is of it.
inline PolyvalBlock load_polyval_block(std::string_view bytes) noexcept {
  static_assert(std::endian::native == std::endian::little);
  PolyvalBlock block;
  std::memcpy(&block, bytes.data(),
              bytes.size() < kPolyvalBlockBytes ? bytes.size() : kPolyvalBlockBytes);
  return block;
}

#if SIMDJWT_X86_64
// low + middle * x^64 + high * x^128, divided by x^128, modulo the field's polynomial: two steps
// that each clear the lowest 64 coefficients by adding a multiple of it. What it has above x^64 is
// x^63 + x^62 + x^57 there.
[[nodiscard, gnu::always_inline]] SIMDJWT_TARGET_CLMUL inline __m128i polyval_reduce(
    __m128i low, __m128i middle, __m128i high) noexcept {
  const __m128i polynomial = _mm_set1_epi64x(static_cast<long long>(0xc2ULL << 56));
  low = _mm_xor_si128(low, _mm_slli_si128(middle, 8));
  high = _mm_xor_si128(high, _mm_srli_si128(middle, 8));
  for (int i = 0; i < 2; ++i) {
    low = _mm_xor_si128(_mm_shuffle_epi32(low, 0x4e), _mm_clmulepi64_si128(low, polynomial, 0));
  }
  return _mm_xor_si128(high, low);
}
#endif

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_CORE_BYTES_POLYVAL_KERNELS_H_
