// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// SHA-256 with the SHA extensions, one message or several interleaved.
//
// SHA256RNDS2 does two rounds and takes four cycles, and each needs the result of the one before: a
// single message waits 128 cycles a block. Independent messages fill the gaps, until the one unit
// that takes these instructions, each for two cycles, is never idle: 64 cycles a block. Nanoseconds
// a block on Zen 3 (`bench_sha256 block.*sha-ni`; other numbers of lanes by changing the kernel's
// last line), with instructions of two operands, g++ 12 / clang 14:
//
//   lanes    1             2             3             4             5
//            39.8 / 39.8   20.0 / 20.0   18.6 / 17.7   18.6 / 19.3   20.9 / 37
//
// AVX's have three, where there are any, which spares a sixth of all instructions: 17.8 with g++.
// Three, because a fourth lane saves nothing and would more often run empty. Tried for three lanes:
// leaving the registers to the compiler (19.6 / 27); all schedules ahead of all rounds (18.6
// / 18.1, but 21 / 22 with four); the schedule of the next block staged beside the rounds of this
// (20.7).

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

// The last sixteen words of a lane's message schedule, four to a vector. Three lanes need more
// registers for this than there are. Compilers then move states and words to memory as it comes,
// and the rounds wait for them; so say what is to stay where: states in registers, older words in
// memory. The newest four words, which the next ones wait for, are a variable apart.
struct Schedule {
  __m128i words[4];
};

template <size_t kLanes>
SIMDJWT_SHA_NI_INLINE void put(Schedule& schedule, size_t quad, __m128i words) {
  schedule.words[quad % 4] = words;
  if constexpr (kLanes > 1) __asm__("" : "+m"(schedule.words[quad % 4]));
}
SIMDJWT_SHA_NI_INLINE void keep_in_registers(State& state) {
  __asm__("" : "+x"(state.abef), "+x"(state.cdgh));
}

// The four words behind `newest`, from the sixteen before them.
SIMDJWT_SHA_NI_INLINE __m128i next_words(const Schedule& schedule, size_t quad, __m128i newest) {
  const __m128i w0 = schedule.words[quad % 4];
  const __m128i w4 = schedule.words[(quad + 1) % 4];
  const __m128i w9 = _mm_alignr_epi8(newest, schedule.words[(quad + 2) % 4], 4);
  return _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(w0, w4), w9), newest);
}

SIMDJWT_SHA_NI_INLINE void four_rounds(State& state, __m128i words, const uint32_t* constants) {
  const __m128i sum = _mm_add_epi32(words, load(constants));
  state.cdgh = _mm_sha256rnds2_epu32(state.cdgh, state.abef, sum);
  state.abef = _mm_sha256rnds2_epu32(state.abef, state.cdgh, _mm_shuffle_epi32(sum, 0x0e));
}

// One block of each of `kLanes` messages.
template <size_t kLanes>
SIMDJWT_SHA_NI_INLINE void compress_block(State (&state)[kLanes],
                                          const uint8_t* const (&data)[kLanes]) {
  State start[kLanes];
  Schedule schedule[kLanes];
  __m128i newest[kLanes];
#pragma GCC unroll 4
  for (size_t lane = 0; lane < kLanes; ++lane) start[lane] = state[lane];
#pragma GCC unroll 16
  for (size_t quad = 0; quad < 16; ++quad) {
#pragma GCC unroll 4
    for (size_t lane = 0; lane < kLanes; ++lane) {
      if (quad < 4) {
        newest[lane] = load_words(data[lane] + 16 * quad);
        put<kLanes>(schedule[lane], quad, newest[lane]);
      }
      four_rounds(state[lane], newest[lane], kSha256RoundConstants + 4 * quad);
      if (quad >= 3 && quad < 15) {
        newest[lane] = next_words(schedule[lane], quad + 1, newest[lane]);
        put<kLanes>(schedule[lane], quad + 1, newest[lane]);
      }
      keep_in_registers(state[lane]);
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
    for (size_t lane = 0; lane < kLanes; ++lane) data[lane] = lanes[lane].block(block);
    compress_block<kLanes>(state, data);
  }
#pragma GCC unroll 4
  for (size_t lane = 0; lane < kLanes; ++lane) store_state(*lanes[lane].state, state[lane]);
}

}  // namespace

const Sha2Kernel<Sha256> kSha256ShaNi = {"sha256/sha-ni-x3", compress<1>, compress<3>, 3, 2};

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_X86_64
