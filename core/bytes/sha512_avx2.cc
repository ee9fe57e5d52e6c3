// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// SHA-512 of four messages in the four 64-bit lanes of AVX2: on Zen 3 96 ns a block, where
// libcrypto's AVX2 code for one message takes 167 (bench_sha256 block*sha512).
//
// AVX2 has no rotation: each is two shifts and an OR. A round with its part of the schedule shifts
// 22 times, on two ports, and takes 51 instructions in all, on four: 260 cycles a block if nothing
// ever waits; it takes 310.

#include "bytes/sha2_kernels.h"

#if defined(SIMDJWT_X86_64)

#define SIMDJWT_VERTICAL_TARGET SIMDJWT_TARGET_AVX2
#include "bytes/sha2_vertical.h"

namespace simdjwt::bytes {
namespace {

struct Avx2 {
  using Hash = Sha512;
  using Vector = __m256i;
  static constexpr size_t kLanes = 4;

  SIMDJWT_VERTICAL_INLINE static Vector broadcast(uint64_t word) {
    return _mm256_set1_epi64x(static_cast<long long>(word));
  }
  SIMDJWT_VERTICAL_INLINE static Vector swap_bytes(Vector x) {
    const __m256i order = _mm256_set_epi64x(0x08090a0b0c0d0e0f, 0x0001020304050607,
                                            0x08090a0b0c0d0e0f, 0x0001020304050607);
    return _mm256_shuffle_epi8(x, order);
  }

  // Halves of 16 bytes, as the rest of core stores them: a load of 32 would span two younger stores
  // and wait until they reach the cache.
  SIMDJWT_VERTICAL_INLINE static Vector load_halves(const void* low, const void* high) {
    return _mm256_inserti128_si256(
        _mm256_castsi128_si256(_mm_loadu_si128(static_cast<const __m128i*>(low))),
        _mm_loadu_si128(static_cast<const __m128i*>(high)), 1);
  }
  template <size_t kWords>
  SIMDJWT_VERTICAL_INLINE static void load_columns(Vector (&columns)[4],
                                                   const void* const (&rows)[4]) {
    for (size_t half = 0; half < 2; ++half) {
      const size_t offset = half * 16;
      const __m256i rows02 = load_halves(static_cast<const uint8_t*>(rows[0]) + offset,
                                         static_cast<const uint8_t*>(rows[2]) + offset);
      const __m256i rows13 = load_halves(static_cast<const uint8_t*>(rows[1]) + offset,
                                         static_cast<const uint8_t*>(rows[3]) + offset);
      columns[2 * half] = _mm256_unpacklo_epi64(rows02, rows13);
      columns[2 * half + 1] = _mm256_unpackhi_epi64(rows02, rows13);
    }
  }
  SIMDJWT_VERTICAL_INLINE static void store_halves(void* low, void* high, Vector x) {
    _mm_storeu_si128(static_cast<__m128i*>(low), _mm256_castsi256_si128(x));
    _mm_storeu_si128(static_cast<__m128i*>(high), _mm256_extracti128_si256(x, 1));
  }
  template <size_t kWords>
  SIMDJWT_VERTICAL_INLINE static void store_columns(void* const (&rows)[4],
                                                    const Vector (&columns)[4]) {
    for (size_t half = 0; half < 2; ++half) {
      const size_t offset = half * 16;
      const __m256i even = columns[2 * half];
      const __m256i odd = columns[2 * half + 1];
      store_halves(static_cast<uint8_t*>(rows[0]) + offset, static_cast<uint8_t*>(rows[2]) + offset,
                   _mm256_unpacklo_epi64(even, odd));
      store_halves(static_cast<uint8_t*>(rows[1]) + offset, static_cast<uint8_t*>(rows[3]) + offset,
                   _mm256_unpackhi_epi64(even, odd));
    }
  }

  SIMDJWT_VERTICAL_INLINE static Vector add(Vector x, Vector y) { return _mm256_add_epi64(x, y); }
  SIMDJWT_VERTICAL_INLINE static Vector xor3(Vector x, Vector y, Vector z) {
    return _mm256_xor_si256(_mm256_xor_si256(x, y), z);
  }
  template <int kBits>
  SIMDJWT_VERTICAL_INLINE static Vector shift_right(Vector x) {
    return _mm256_srli_epi64(x, kBits);
  }
  template <int kBits>
  SIMDJWT_VERTICAL_INLINE static Vector rotate_right(Vector x) {
    if constexpr (kBits == 8) {  // whole bytes: one shuffle
      const __m256i order = _mm256_set_epi64x(0x080f0e0d0c0b0a09, 0x0007060504030201,
                                              0x080f0e0d0c0b0a09, 0x0007060504030201);
      return _mm256_shuffle_epi8(x, order);
    }
    return _mm256_or_si256(_mm256_srli_epi64(x, kBits), _mm256_slli_epi64(x, 64 - kBits));
  }
  SIMDJWT_VERTICAL_INLINE static Vector choose(Vector x, Vector y, Vector z) {
    return _mm256_xor_si256(z, _mm256_and_si256(x, _mm256_xor_si256(y, z)));
  }
  // In this form x ^ y is the y ^ z of the next round: computed once.
  SIMDJWT_VERTICAL_INLINE static Vector majority(Vector x, Vector y, Vector z) {
    return _mm256_xor_si256(y, _mm256_and_si256(_mm256_xor_si256(x, y), _mm256_xor_si256(y, z)));
  }
};

SIMDJWT_TARGET_AVX2 void compress_lanes_avx2(const Sha2Lane<Sha512>* lanes,
                                             size_t num_blocks) noexcept {
  compress_vertically<Avx2>(lanes, num_blocks);
}

}  // namespace

const Sha2Kernel<Sha512> kSha512Avx2 = {"sha512/avx2-x4", compress_openssl, compress_lanes_avx2, 4,
                                        3};

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_X86_64
