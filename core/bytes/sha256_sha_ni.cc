// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// SHA-256 with the SHA extensions, one message or several interleaved.
//
// SHA256RNDS2 does two rounds in four cycles, and each needs the result of the one before: a single
// message spends its 64 rounds waiting. Independent messages fill the gaps.

#include "bytes/sha2_kernels.h"

#if defined(SIMDJWT_X86_64)

#include <immintrin.h>

#define SIMDJWT_SHA_NI_INLINE SIMDJWT_TARGET_SHA_NI __attribute__((always_inline)) inline

namespace simdjwt::bytes {
namespace {

// The state as SHA256RNDS2 wants it, first letter in the highest word.
struct State {
  __m128i abef;
  __m128i cdgh;
};

SIMDJWT_SHA_NI_INLINE __m128i load(const void* source) {
  return _mm_loadu_si128(static_cast<const __m128i*>(source));
}

SIMDJWT_SHA_NI_INLINE State load_state(const Sha2State<Sha256>& words) {
  const __m128i cdab = _mm_shuffle_epi32(load(words.data()), 0xb1);
  const __m128i efgh = _mm_shuffle_epi32(load(words.data() + 4), 0x1b);
  return {_mm_alignr_epi8(cdab, efgh, 8), _mm_blend_epi16(efgh, cdab, 0xf0)};
}

SIMDJWT_SHA_NI_INLINE void store_state(Sha2State<Sha256>& words, const State& state) {
  const __m128i feba = _mm_shuffle_epi32(state.abef, 0x1b);
  const __m128i dchg = _mm_shuffle_epi32(state.cdgh, 0xb1);
  __m128i* out = reinterpret_cast<__m128i*>(words.data());
  _mm_storeu_si128(out, _mm_blend_epi16(feba, dchg, 0xf0));
  _mm_storeu_si128(out + 1, _mm_alignr_epi8(dchg, feba, 8));
}

// Four message words, from big-endian bytes.
SIMDJWT_SHA_NI_INLINE __m128i load_words(const uint8_t* data) {
  const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  return _mm_shuffle_epi8(load(data), swap);
}

// W[t..t+3] from the sixteen words before them.
SIMDJWT_SHA_NI_INLINE __m128i next_words(__m128i w0, __m128i w4, __m128i w8, __m128i w12) {
  const __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w0, w4), _mm_alignr_epi8(w12, w8, 4));
  return _mm_sha256msg2_epu32(sum, w12);
}

SIMDJWT_SHA_NI_INLINE void four_rounds(State& state, __m128i words, const uint32_t* constants) {
  const __m128i sum = _mm_add_epi32(words, load(constants));
  state.cdgh = _mm_sha256rnds2_epu32(state.cdgh, state.abef, sum);
  state.abef = _mm_sha256rnds2_epu32(state.abef, state.cdgh, _mm_shuffle_epi32(sum, 0x0e));
}

// One block of each of `kLanes` messages. The schedule is computed four words ahead of their use
// and kept in four registers a lane.
template <size_t kLanes>
SIMDJWT_SHA_NI_INLINE void compress_block(State (&state)[kLanes],
                                          const uint8_t* const (&data)[kLanes]) {
  State start[kLanes];
  __m128i words[kLanes][4];
#pragma GCC unroll 4
  for (size_t lane = 0; lane < kLanes; ++lane) start[lane] = state[lane];
#pragma GCC unroll 16
  for (size_t quad = 0; quad < 16; ++quad) {
#pragma GCC unroll 4
    for (size_t lane = 0; lane < kLanes; ++lane) {
      __m128i(&w)[4] = words[lane];
      w[quad % 4] = quad < 4 ? load_words(data[lane] + 16 * quad)
                             : next_words(w[quad % 4], w[(quad + 1) % 4], w[(quad + 2) % 4],
                                          w[(quad + 3) % 4]);
      four_rounds(state[lane], w[quad % 4], kSha256RoundConstants + 4 * quad);
    }
  }
#pragma GCC unroll 4
  for (size_t lane = 0; lane < kLanes; ++lane) {
    state[lane].abef = _mm_add_epi32(state[lane].abef, start[lane].abef);
    state[lane].cdgh = _mm_add_epi32(state[lane].cdgh, start[lane].cdgh);
  }
}

template <size_t kLanes>
SIMDJWT_TARGET_SHA_NI void compress(const Sha2Lane<Sha256>* lanes, size_t num_blocks) noexcept {
  State state[kLanes];
#pragma GCC unroll 4
  for (size_t lane = 0; lane < kLanes; ++lane) state[lane] = load_state(*lanes[lane].state);
  for (size_t block = 0; block < num_blocks; ++block) {
    const uint8_t* data[kLanes];
#pragma GCC unroll 4
    for (size_t lane = 0; lane < kLanes; ++lane) {
      const Sha2Lane<Sha256>& source = lanes[lane];
      data[lane] = block < source.data_blocks
                       ? source.data + block * Sha256::kBlockBytes
                       : source.tail + (block - source.data_blocks) * Sha256::kBlockBytes;
    }
    compress_block<kLanes>(state, data);
  }
#pragma GCC unroll 4
  for (size_t lane = 0; lane < kLanes; ++lane) store_state(*lanes[lane].state, state[lane]);
}

}  // namespace

const Sha2Kernel<Sha256> kSha256ShaNi = {"sha256/sha-ni-x3", compress<1>, compress<3>, 3, 2};

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_X86_64
