// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Stands in for <immintrin.h> where a test compiles an AVX-512 kernel's unmodified source on a CPU
// that lacks the instructions: every intrinsic is SIMDe's portable C++, plus the few it lacks or
// gets wrong. Add here what a kernel needs and SIMDe 0.7.4 does not have.

#ifndef SIMDJWT_TESTS_SUPPORT_EMULATED_IMMINTRIN_H_
#define SIMDJWT_TESTS_SUPPORT_EMULATED_IMMINTRIN_H_

#ifndef SIMDJWT_EMULATED_ISA
#error "Only for programs that link simdjwt_emulated_avx512."
#endif

// Without this SIMDe includes the real <immintrin.h> under -mavx2 or -march=native, and its vector
// types collide with the emulated ones. All portable also means that no flag changes what is
// tested.
#define SIMDE_NO_NATIVE
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

// 0.7.4 maps these type names only where it has native AVX-512.
using __mmask8 = uint8_t;
using __mmask16 = uint16_t;
using __mmask32 = uint32_t;
using __mmask64 = uint64_t;

namespace simdjwt::emulated {

// Touches only the bytes whose mask bit is set, as the instruction does: it faults on no others.
inline __m512i maskz_loadu_epi8(__mmask64 mask, const void* address) {
  uint8_t bytes[64] = {};
  for (size_t i = 0; i < 64; ++i) {
    if ((mask >> i & 1) != 0) bytes[i] = static_cast<const uint8_t*>(address)[i];
  }
  __m512i result;
  std::memcpy(&result, bytes, 64);
  return result;
}

inline __m512i mask_loadu_epi8(__m512i elsewhere, __mmask64 mask, const void* address) {
  return _mm512_mask_mov_epi8(elsewhere, mask, maskz_loadu_epi8(mask, address));
}

// IFMA, which 0.7.4 lacks: the lower or upper 52 bits of the product of the lowest 52 of each,
// added.
inline __m512i madd52(__m512i sum, __m512i a, __m512i b, int shift) {
  constexpr uint64_t kMask = (uint64_t{1} << 52) - 1;
  uint64_t sums[8];
  uint64_t x[8];
  uint64_t y[8];
  std::memcpy(sums, &sum, 64);
  std::memcpy(x, &a, 64);
  std::memcpy(y, &b, 64);
  for (size_t i = 0; i < 8; ++i) {
    const unsigned __int128 product = static_cast<unsigned __int128>(x[i] & kMask) * (y[i] & kMask);
    sums[i] += static_cast<uint64_t>(product >> shift) & kMask;
  }
  std::memcpy(&sum, sums, 64);
  return sum;
}

}  // namespace simdjwt::emulated

#undef _mm512_maskz_loadu_epi8
#define _mm512_maskz_loadu_epi8(mask, address) simdjwt::emulated::maskz_loadu_epi8(mask, address)
#undef _mm512_mask_loadu_epi8
#define _mm512_mask_loadu_epi8(elsewhere, mask, address) \
  simdjwt::emulated::mask_loadu_epi8(elsewhere, mask, address)
#define _mm512_madd52lo_epu64(sum, a, b) simdjwt::emulated::madd52(sum, a, b, 0)
#define _mm512_madd52hi_epu64(sum, a, b) simdjwt::emulated::madd52(sum, a, b, 52)
#undef _mm512_madd_epi16  // 0.7.4 gives the alias the masked form's parameters
#define _mm512_madd_epi16(a, b) simde_mm512_madd_epi16(a, b)

#endif  // SIMDJWT_TESTS_SUPPORT_EMULATED_IMMINTRIN_H_
