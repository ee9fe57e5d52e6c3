// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// SHA-256 of sixteen messages in the sixteen 32-bit lanes of AVX-512. For CPUs without the SHA
// extensions; with them, interleaved streams are faster and need only three messages at a time.

#include "bytes/sha2_kernels.h"

#if defined(SIMDJWT_X86_64)

#define SIMDJWT_VERTICAL_TARGET SIMDJWT_TARGET_AVX512
#include "bytes/sha2_vertical.h"

namespace simdjwt::bytes {
namespace {

struct Sha256Avx512 {
  using Hash = Sha256;
  using Vector = __m512i;
  static constexpr size_t kLanes = 16;

  SIMDJWT_VERTICAL_INLINE static Vector broadcast(uint32_t word) {
    return _mm512_set1_epi32(static_cast<int>(word));
  }
  SIMDJWT_VERTICAL_INLINE static Vector swap_bytes(Vector x) {
    return _mm512_shuffle_epi8(x,
                               _mm512_set4_epi32(0x0c0d0e0f, 0x08090a0b, 0x04050607, 0x00010203));
  }

  // Squares of four by four words first, then their 128-bit rows.
  SIMDJWT_VERTICAL_INLINE static void transpose(Vector (&rows)[16]) {
    Vector squares[16];
#pragma GCC unroll 4
    for (size_t i = 0; i < 16; i += 4) {
      const Vector low01 = _mm512_unpacklo_epi32(rows[i], rows[i + 1]);
      const Vector high01 = _mm512_unpackhi_epi32(rows[i], rows[i + 1]);
      const Vector low23 = _mm512_unpacklo_epi32(rows[i + 2], rows[i + 3]);
      const Vector high23 = _mm512_unpackhi_epi32(rows[i + 2], rows[i + 3]);
      squares[i] = _mm512_unpacklo_epi64(low01, low23);
      squares[i + 1] = _mm512_unpackhi_epi64(low01, low23);
      squares[i + 2] = _mm512_unpacklo_epi64(high01, high23);
      squares[i + 3] = _mm512_unpackhi_epi64(high01, high23);
    }
#pragma GCC unroll 4
    for (size_t i = 0; i < 4; ++i) {
      const Vector low01 = _mm512_shuffle_i32x4(squares[i], squares[i + 4], 0x44);
      const Vector high01 = _mm512_shuffle_i32x4(squares[i], squares[i + 4], 0xee);
      const Vector low23 = _mm512_shuffle_i32x4(squares[i + 8], squares[i + 12], 0x44);
      const Vector high23 = _mm512_shuffle_i32x4(squares[i + 8], squares[i + 12], 0xee);
      rows[i] = _mm512_shuffle_i32x4(low01, low23, 0x88);
      rows[i + 4] = _mm512_shuffle_i32x4(low01, low23, 0xdd);
      rows[i + 8] = _mm512_shuffle_i32x4(high01, high23, 0x88);
      rows[i + 12] = _mm512_shuffle_i32x4(high01, high23, 0xdd);
    }
  }

  // A state is half a row; what the other half holds is never used.
  template <size_t kWords>
  SIMDJWT_VERTICAL_INLINE static void load_columns(Vector (&columns)[16],
                                                   const void* const (&rows)[16]) {
#pragma GCC unroll 16
    for (size_t i = 0; i < 16; ++i) {
      if constexpr (kWords == 16) {
        columns[i] = _mm512_loadu_si512(rows[i]);
      } else {
        columns[i] =
            _mm512_castsi256_si512(_mm256_loadu_si256(static_cast<const __m256i*>(rows[i])));
      }
    }
    transpose(columns);
  }
  template <size_t kWords>
  SIMDJWT_VERTICAL_INLINE static void store_columns(void* const (&rows)[16],
                                                    Vector (&columns)[16]) {
    static_assert(kWords == 8);
    transpose(columns);
    for (size_t i = 0; i < 16; ++i) {
      _mm256_storeu_si256(static_cast<__m256i*>(rows[i]), _mm512_castsi512_si256(columns[i]));
    }
  }

  SIMDJWT_VERTICAL_INLINE static Vector add(Vector x, Vector y) { return _mm512_add_epi32(x, y); }
  SIMDJWT_VERTICAL_INLINE static Vector xor3(Vector x, Vector y, Vector z) {
    return _mm512_ternarylogic_epi32(x, y, z, 0x96);
  }
  template <int kBits>
  SIMDJWT_VERTICAL_INLINE static Vector shift_right(Vector x) {
    return _mm512_srli_epi32(x, kBits);
  }
  template <int kBits>
  SIMDJWT_VERTICAL_INLINE static Vector rotate_right(Vector x) {
    return _mm512_ror_epi32(x, kBits);
  }
  SIMDJWT_VERTICAL_INLINE static Vector choose(Vector x, Vector y, Vector z) {
    return _mm512_ternarylogic_epi32(x, y, z, 0xca);
  }
  SIMDJWT_VERTICAL_INLINE static Vector majority(Vector x, Vector y, Vector z) {
    return _mm512_ternarylogic_epi32(x, y, z, 0xe8);
  }
};

SIMDJWT_TARGET_AVX512 void compress_lanes_avx512(const Sha2Lane<Sha256>* lanes,
                                                 size_t num_blocks) noexcept {
  compress_vertically<Sha256Avx512>(lanes, num_blocks);
}

}  // namespace

const Sha2Kernel<Sha256> kSha256Avx512 = {"sha256/avx512-x16", compress_openssl,
                                          compress_lanes_avx512, 16, 4};

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_X86_64
