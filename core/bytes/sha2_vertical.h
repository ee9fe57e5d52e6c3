// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// SHA-2 down the columns of a matrix of messages: lane i of every vector belongs to message i, so
// that the rounds are those of FIPS 180-4 with vectors for words. Only loading has to turn rows
// into columns.
//
// Included by one file per instruction set, which first defines SIMDJWT_VERTICAL_TARGET and passes
// an `Isa`:
//
//   Hash, Vector, kLanes           Sha256 or Sha512; the SIMD type; its number of words
//   load_columns<n>(columns, rows) column i has the i-th word of each row; n words a row, unaligned
//   store_columns<n>(rows, columns)
//   swap_bytes(x)                  of every word
//   broadcast, add, xor3, rotate_right<n>, shift_right<n>
//   choose(x, y, z)                y where x is set, else z
//   majority(x, y, z)

#ifndef SIMDJWT_CORE_BYTES_SHA2_VERTICAL_H_
#define SIMDJWT_CORE_BYTES_SHA2_VERTICAL_H_

#include <algorithm>

#include "bytes/sha2_kernels.h"

// GCC before 13 warns about its own header: an unmasked AVX-512 intrinsic passes an undefined
// vector where the masked one has the result of the lanes that are off.
#if !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>
#if !defined(__clang__)
#pragma GCC diagnostic pop
#endif

#define SIMDJWT_VERTICAL_INLINE SIMDJWT_VERTICAL_TARGET __attribute__((always_inline)) inline

namespace simdjwt::bytes {
namespace {

// The functions of FIPS 180-4 sections 4.1.2 and 4.1.3 that differ between the two hashes.
template <class Isa, class Hash = typename Isa::Hash>
struct Sigma;

template <class Isa>
struct Sigma<Isa, Sha256> {
  using Vector = typename Isa::Vector;
  static constexpr const uint32_t* kRoundConstants = kSha256RoundConstants;
  static constexpr size_t kRounds = 64;

  SIMDJWT_VERTICAL_INLINE static Vector big0(Vector x) {
    return Isa::xor3(Isa::template rotate_right<2>(x), Isa::template rotate_right<13>(x),
                     Isa::template rotate_right<22>(x));
  }
  SIMDJWT_VERTICAL_INLINE static Vector big1(Vector x) {
    return Isa::xor3(Isa::template rotate_right<6>(x), Isa::template rotate_right<11>(x),
                     Isa::template rotate_right<25>(x));
  }
  SIMDJWT_VERTICAL_INLINE static Vector small0(Vector x) {
    return Isa::xor3(Isa::template rotate_right<7>(x), Isa::template rotate_right<18>(x),
                     Isa::template shift_right<3>(x));
  }
  SIMDJWT_VERTICAL_INLINE static Vector small1(Vector x) {
    return Isa::xor3(Isa::template rotate_right<17>(x), Isa::template rotate_right<19>(x),
                     Isa::template shift_right<10>(x));
  }
};

template <class Isa>
struct Sigma<Isa, Sha512> {
  using Vector = typename Isa::Vector;
  static constexpr const uint64_t* kRoundConstants = kSha512RoundConstants;
  static constexpr size_t kRounds = 80;

  SIMDJWT_VERTICAL_INLINE static Vector big0(Vector x) {
    return Isa::xor3(Isa::template rotate_right<28>(x), Isa::template rotate_right<34>(x),
                     Isa::template rotate_right<39>(x));
  }
  SIMDJWT_VERTICAL_INLINE static Vector big1(Vector x) {
    return Isa::xor3(Isa::template rotate_right<14>(x), Isa::template rotate_right<18>(x),
                     Isa::template rotate_right<41>(x));
  }
  SIMDJWT_VERTICAL_INLINE static Vector small0(Vector x) {
    return Isa::xor3(Isa::template rotate_right<1>(x), Isa::template rotate_right<8>(x),
                     Isa::template shift_right<7>(x));
  }
  SIMDJWT_VERTICAL_INLINE static Vector small1(Vector x) {
    return Isa::xor3(Isa::template rotate_right<19>(x), Isa::template rotate_right<61>(x),
                     Isa::template shift_right<6>(x));
  }
};

// Round number `t` of its sixteen. Instead of moving a..h along, the round moves its names: `a` is
// state[-t mod 8].
template <class Isa>
SIMDJWT_VERTICAL_INLINE void round(typename Isa::Vector (&state)[8], size_t t,
                                   typename Isa::Vector word_and_constant) {
  using Vector = typename Isa::Vector;
  const Vector a = state[(0 - t) % 8];
  const Vector b = state[(1 - t) % 8];
  const Vector c = state[(2 - t) % 8];
  Vector& d = state[(3 - t) % 8];
  const Vector e = state[(4 - t) % 8];
  const Vector f = state[(5 - t) % 8];
  const Vector g = state[(6 - t) % 8];
  Vector& h = state[(7 - t) % 8];
  const Vector sum =
      Isa::add(Isa::add(h, word_and_constant), Isa::add(Sigma<Isa>::big1(e), Isa::choose(e, f, g)));
  d = Isa::add(d, sum);
  h = Isa::add(sum, Isa::add(Sigma<Isa>::big0(a), Isa::majority(a, b, c)));
}

// One block of every lane, given as its sixteen words. The word for sixteen rounds later is
// computed behind the round that uses its predecessor, where nothing waits for it. Computing it
// just ahead of its own round took 4 % longer.
template <class Isa>
SIMDJWT_VERTICAL_INLINE void compress_words(typename Isa::Vector (&state)[8],
                                            typename Isa::Vector (&words)[16]) {
  typename Isa::Vector work[8];
#pragma GCC unroll 8
  for (size_t i = 0; i < 8; ++i) work[i] = state[i];
  const auto* constants = Sigma<Isa>::kRoundConstants;
  size_t first = 0;
  for (; first < Sigma<Isa>::kRounds - 16; first += 16) {
#pragma GCC unroll 16
    for (size_t t = 0; t < 16; ++t) {
      round<Isa>(work, t, Isa::add(words[t], Isa::broadcast(constants[first + t])));
      words[t] = Isa::add(Isa::add(words[t], Sigma<Isa>::small0(words[(t + 1) % 16])),
                          Isa::add(words[(t + 9) % 16], Sigma<Isa>::small1(words[(t + 14) % 16])));
    }
  }
#pragma GCC unroll 16
  for (size_t t = 0; t < 16; ++t) {
    round<Isa>(work, t, Isa::add(words[t], Isa::broadcast(constants[first + t])));
  }
#pragma GCC unroll 8
  for (size_t i = 0; i < 8; ++i) state[i] = Isa::add(state[i], work[i]);
}

// The contract of Sha2Kernel::compress_lanes.
template <class Isa>
SIMDJWT_VERTICAL_INLINE void compress_vertically(const Sha2Lane<typename Isa::Hash>* lanes,
                                                 size_t num_blocks) {
  using Hash = typename Isa::Hash;
  constexpr size_t kLanes = Isa::kLanes;
  constexpr size_t kStateStep = std::min<size_t>(kLanes, 8);  // words of a state per pass
  typename Isa::Vector state[8];
  typename Isa::Vector columns[kLanes];
  for (size_t first = 0; first < 8; first += kStateStep) {
    const void* rows[kLanes];
    for (size_t lane = 0; lane < kLanes; ++lane) rows[lane] = lanes[lane].state->data() + first;
    Isa::template load_columns<kStateStep>(columns, rows);
    for (size_t i = 0; i < kStateStep; ++i) state[first + i] = columns[i];
  }
  for (size_t block = 0; block < num_blocks; ++block) {
    typename Isa::Vector words[16];
#pragma GCC unroll 4
    for (size_t first = 0; first < 16; first += kLanes) {
      const void* rows[kLanes];
      for (size_t lane = 0; lane < kLanes; ++lane) {
        rows[lane] = lanes[lane].block(block) + first * sizeof(typename Hash::Word);
      }
      Isa::template load_columns<kLanes>(columns, rows);
#pragma GCC unroll 16
      for (size_t i = 0; i < kLanes; ++i) words[first + i] = Isa::swap_bytes(columns[i]);
    }
    compress_words<Isa>(state, words);
  }
  for (size_t first = 0; first < 8; first += kStateStep) {
    void* rows[kLanes];
    for (size_t lane = 0; lane < kLanes; ++lane) rows[lane] = lanes[lane].state->data() + first;
    for (size_t i = 0; i < kLanes; ++i) columns[i] = state[(first + i) % 8];
    Isa::template store_columns<kStateStep>(rows, columns);
  }
}

}  // namespace
}  // namespace simdjwt::bytes

#endif  // SIMDJWT_CORE_BYTES_SHA2_VERTICAL_H_
