// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// SHA-512 of eight messages in the eight 64-bit lanes of AVX-512, which rotates in one instruction
// and computes every three-operand function of the rounds in one more.

#include "bytes/sha2_kernels.h"

#if defined(SIMDJWT_X86_64)

#define SIMDJWT_VERTICAL_TARGET SIMDJWT_TARGET_AVX512
#include "bytes/sha2_vertical.h"

namespace simdjwt::bytes {
namespace {

struct Sha512Avx512 {
  using Hash = Sha512;
  using Vector = __m512i;
  static constexpr size_t kLanes = 8;

  SIMDJWT_VERTICAL_INLINE static Vector broadcast(uint64_t word) {
    return _mm512_set1_epi64(static_cast<long long>(word));
  }
  SIMDJWT_VERTICAL_INLINE static Vector swap_bytes(Vector x) {
    return _mm512_shuffle_epi8(x, _mm512_set4_epi64(0x08090a0b0c0d0e0f, 0x0001020304050607,
                                                    0x08090a0b0c0d0e0f, 0x0001020304050607));
  }

  // Pairs of words first, then their 128-bit quarters.
  SIMDJWT_VERTICAL_INLINE static void transpose(Vector (&rows)[8]) {
    Vector pairs[8];
#pragma GCC unroll 4
    for (size_t i = 0; i < 8; i += 2) {
      pairs[i] = _mm512_unpacklo_epi64(rows[i], rows[i + 1]);
      pairs[i + 1] = _mm512_unpackhi_epi64(rows[i], rows[i + 1]);
    }
#pragma GCC unroll 2
    for (size_t i = 0; i < 2; ++i) {
      const Vector low01 = _mm512_shuffle_i32x4(pairs[i], pairs[i + 2], 0x44);
      const Vector high01 = _mm512_shuffle_i32x4(pairs[i], pairs[i + 2], 0xee);
      const Vector low23 = _mm512_shuffle_i32x4(pairs[i + 4], pairs[i + 6], 0x44);
      const Vector high23 = _mm512_shuffle_i32x4(pairs[i + 4], pairs[i + 6], 0xee);
      rows[i] = _mm512_shuffle_i32x4(low01, low23, 0x88);
      rows[i + 2] = _mm512_shuffle_i32x4(low01, low23, 0xdd);
      rows[i + 4] = _mm512_shuffle_i32x4(high01, high23, 0x88);
      rows[i + 6] = _mm512_shuffle_i32x4(high01, high23, 0xdd);
    }
  }

  template <size_t kWords>
  SIMDJWT_VERTICAL_INLINE static void load_columns(Vector (&columns)[8],
                                                   const void* const (&rows)[8]) {
#pragma GCC unroll 8
    for (size_t i = 0; i < 8; ++i) columns[i] = _mm512_loadu_si512(rows[i]);
    transpose(columns);
  }
  template <size_t kWords>
  SIMDJWT_VERTICAL_INLINE static void store_columns(void* const (&rows)[8], Vector (&columns)[8]) {
    transpose(columns);
    for (size_t i = 0; i < 8; ++i) _mm512_storeu_si512(rows[i], columns[i]);
  }

  SIMDJWT_VERTICAL_INLINE static Vector add(Vector x, Vector y) { return _mm512_add_epi64(x, y); }
  SIMDJWT_VERTICAL_INLINE static Vector xor3(Vector x, Vector y, Vector z) {
    return _mm512_ternarylogic_epi64(x, y, z, 0x96);
  }
  template <int kBits>
  SIMDJWT_VERTICAL_INLINE static Vector shift_right(Vector x) {
    return _mm512_srli_epi64(x, kBits);
  }
  template <int kBits>
  SIMDJWT_VERTICAL_INLINE static Vector rotate_right(Vector x) {
    return _mm512_ror_epi64(x, kBits);
  }
  SIMDJWT_VERTICAL_INLINE static Vector choose(Vector x, Vector y, Vector z) {
    return _mm512_ternarylogic_epi64(x, y, z, 0xca);
  }
  SIMDJWT_VERTICAL_INLINE static Vector majority(Vector x, Vector y, Vector z) {
    return _mm512_ternarylogic_epi64(x, y, z, 0xe8);
  }
};

SIMDJWT_TARGET_AVX512 void compress_lanes_avx512(const Sha2Lane<Sha512>* lanes,
                                                 size_t num_blocks) noexcept {
  compress_vertically<Sha512Avx512>(lanes, num_blocks);
}

}  // namespace

const Sha2Kernel<Sha512> kSha512Avx512 = {"sha512/avx512-x8", compress_openssl,
                                          compress_lanes_avx512, 8, 3};

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_X86_64
