// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// base64url with AVX2: 32 characters, 24 bytes per step.

#include "bytes/base64url_kernels.h"

#if SIMDJWT_X86_64

#include <immintrin.h>

#include <algorithm>
#include <array>

namespace simdjwt::bytes {
namespace {

// How a character finds its value and its verdict
// -----------------------------------------------
// Think of the byte c as row c / 16 and column c % 16 of a 16 x 16 table. A byte shuffle looks up
// 16 entries, so the rows are hashed to 16 buckets such that within a bucket the valid characters
// share one distance to their value, and one bound tells them from the bucket's invalid ones:
//
//   bucket = row + 5   for columns 0..c
//   bucket = row + 1   for columns d..f, which sets '-' and '_' apart
//
//   bucket   columns 0..c   columns d..f   valid   distance   invalid where
//        3                  - . /          -             17   c >= 0x2e
//        5   0x00..0x0c     MNO            MNO          -65   c <  0x4d
//        6   0x10..0x1c     ] ^ _          _            -32   c <  0x5f
//        7   0x20..0x2c     mno            mno          -71   c <  0x6d
//        8   0..9 : ; <     } ~ DEL        0..9           4   c >= 0x3a
//        9   @ A..L                        A..L         -65   c <  0x41
//       10   P..Z [ \                      P..Z         -65   c >= 0x5b
//       11   ` a..l                        a..l         -71   c <  0x61
//       12   p..z { |                      p..z         -71   c >= 0x7b
//   others   never valid                               -128   always
//
// The bucket takes three instructions, because the 16-bit shift needs no mask: what it moves in
// from the next byte lands in bits that the shuffle ignores, and kColumn is too small to carry into
// bit 7, which the shuffle does not ignore. A byte >= 0x80 finds column 0, hence some bucket of
// 8..15 or 0; the saturating addition of a negative distance keeps it negative, and so does the one
// positive distance there. So the sign bit of (value | check) is the verdict; a static_assert below
// proves that for every byte.
struct alignas(32) Table {
  constexpr explicit Table(const std::array<int8_t, 16>& lane) {
    std::copy(lane.begin(), lane.end(), entries);  // the shuffle looks up within 128-bit lanes
    std::copy(lane.begin(), lane.end(), entries + 16);
  }
  int8_t entries[32];
};
// Rounded up: (c >> 3) + kColumn + 1, halved, is the bucket.
constexpr Table kColumn({9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 1, 1, 1});
constexpr Table kDistance({-128, -128, -128, 17, -128, -65, -32, -71,  //
                           4, -65, -65, -71, -71, -128, -128, -128});
// Added with wrap-around: minus a lower bound, or 0x80 minus an upper bound.
constexpr Table kCheck({0, 0, 0, 0x52, 0, -0x4d, -0x5f, -0x6d,  //
                        0x46, -0x41, 0x25, -0x61, 0x05, 0, 0, 0});

constexpr int lookup(const Table& table, int index) {
  return (index & 0x80) != 0 ? 0 : table.entries[index & 15];
}

// What one byte comes to, given the three bits that the shift moves in from the next byte.
constexpr int value_or_negative(int c, int moved_in) {
  const int bucket = ((c >> 3 | moved_in << 5) + lookup(kColumn, c) + 1) >> 1;
  const int value = (c < 0x80 ? c : c - 0x100) + lookup(kDistance, bucket);
  const int check = c + lookup(kCheck, bucket);
  return value < 0 || (check & 0x80) != 0 ? -1 : value;
}

constexpr bool the_tables_decide_every_byte() {
  for (int c = 0; c < 256; ++c) {
    const uint8_t value = kBase64urlValues[static_cast<size_t>(c)];
    const int expected = value == kNoBase64urlCharacter ? -1 : value;
    for (int moved_in = 0; moved_in < 8; ++moved_in) {
      if (value_or_negative(c, moved_in) != expected) return false;
    }
  }
  return true;
}
static_assert(the_tables_decide_every_byte());

SIMDJWT_TARGET_AVX2 inline __m128i load16(const void* from) {
  return _mm_loadu_si128(static_cast<const __m128i*>(from));
}

SIMDJWT_TARGET_AVX2 inline __m256i load32(const void* from) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(from));
}

// PERF (bench_base64url, fastest of 150 repetitions on a Zen 3 at 3.24 GHz)
// - A step: 32 characters, 24 bytes; 13 vector operations, one load, two stores; no branch but the
//   loop's. Predicted from the four vector pipes: 3.3 cycles. Measured: 3.8 without its stores, 4.6
//   with them. 256 characters: predicted 40 cycles, measured 43 (13.3 ns); 43: 6.3 ns, 64: 6.0 ns,
//   86: 7.6 ns, 300: 16.5 ns, 4000: 190 ns.
// - Steps do not depend on each other but for `errors`, one OR. Within a step about 20 cycles pass
//   from load to store: column, bucket, distance, value, two multiplications, byte order.
// - One bucket serves value and verdict; with a hash for each, a step has one shuffle and one
//   average more.
// - Lost: one permutation across lanes and one store instead of two stores, 5.1 cycles a step; the
//   upper lane stored through memory, 4.8; a multiplication instead of the shift, to relieve the
//   shuffle pipes, 4.5 but no faster as a whole. Two steps per turn: 3 % faster at 256 characters,
//   too little for twice the code.

// The values of 32 characters; the sign bits of `errors` remember the invalid ones.
SIMDJWT_TARGET_AVX2 inline __m256i values_of(__m256i chars, __m256i& errors) {
  const __m256i column = _mm256_shuffle_epi8(load32(kColumn.entries), chars);
  const __m256i bucket = _mm256_avg_epu8(_mm256_srli_epi16(chars, 3), column);
  const __m256i distance = _mm256_shuffle_epi8(load32(kDistance.entries), bucket);
  const __m256i check = _mm256_shuffle_epi8(load32(kCheck.entries), bucket);
  const __m256i values = _mm256_adds_epi8(chars, distance);
  errors = _mm256_or_si256(errors, _mm256_or_si256(values, _mm256_add_epi8(chars, check)));
  return values;
}

// Writes the 24 bytes that 32 values stand for, and 4 more.
SIMDJWT_TARGET_AVX2 inline void store_bytes(uint8_t* out, __m256i values) {
  static constexpr Table kBigEndian({2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1});
  const __m256i pairs = _mm256_maddubs_epi16(values, _mm256_set1_epi16(0x0140));  // 12 bits
  const __m256i quads = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000));  // 24 bits
  const __m256i bytes = _mm256_shuffle_epi8(quads, load32(kBigEndian.entries));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm256_castsi256_si128(bytes));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out + 12), _mm256_extracti128_si256(bytes, 1));
}

SIMDJWT_TARGET_AVX2 bool decode_avx2(uint8_t* out, std::string_view text) noexcept {
  if (text.size() < 16) return kBase64urlScalar.decode(out, text);
  const char* const end = text.data() + text.size();
  const char* chars = text.data();
  __m256i errors = _mm256_setzero_si256();
  for (; end - chars > 32; chars += 32, out += 24) {
    store_bytes(out, values_of(load32(chars), errors));
  }

  // The last 1 to 32 characters. The step begins, if it can, so much earlier that it reaches over
  // the end by less than four; it then writes bytes again that are there already. Its upper lane is
  // loaded from the last 16 characters and, once they are values, moved down; the zeros behind them
  // decode to zeros.
  alignas(32) static constexpr int8_t kDown[32] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
                                                   11, 12, 13, 14, 15, -1, -1, -1, -1, -1, -1,
                                                   -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
  const size_t back = text.size() < 32 ? 0 : static_cast<size_t>(32 - (end - chars)) / 4;
  chars -= back * 4;
  out -= back * 3;
  const __m256i ends =
      _mm256_inserti128_si256(_mm256_castsi128_si256(load16(chars)), load16(end - 16), 1);
  const __m256i down = _mm256_inserti128_si256(_mm256_castsi128_si256(load16(kDown)),
                                               load16(kDown + (32 - (end - chars))), 1);
  store_bytes(out, _mm256_shuffle_epi8(values_of(ends, errors), down));
  return _mm256_movemask_epi8(errors) == 0 && has_canonical_end(text);
}

// PERF (as above): 64 characters a step; each dot costs a branch that is predicted only if tokens
// are alike. 350 characters: predicted 20 cycles, measured 27 (8.3 ns), and 7.5 ns where lengths
// vary from 230 to 350. Lost: 32 characters a step, 9.9 ns; testing the OR of both halves first, no
// difference.
SIMDJWT_TARGET_AVX2 inline uint64_t dots_of_64(const char* chars) {
  const __m256i dot = _mm256_set1_epi8('.');
  const __m256i low = _mm256_cmpeq_epi8(load32(chars), dot);
  const __m256i high = _mm256_cmpeq_epi8(load32(chars + 32), dot);
  return static_cast<uint32_t>(_mm256_movemask_epi8(low)) |
         uint64_t{static_cast<uint32_t>(_mm256_movemask_epi8(high))} << 32;
}

SIMDJWT_TARGET_AVX2 size_t find_dots_avx2(uint32_t offsets[4], std::string_view text) noexcept {
  if (text.size() < 64) return kBase64urlScalar.find_dots(offsets, text);
  size_t num_dots = 0;
  size_t i = 0;
  for (; i + 64 < text.size(); i += 64) {
    num_dots = append_dots(offsets, num_dots, dots_of_64(text.data() + i), i);
    if (num_dots == 5) return 5;
  }
  // The last 1 to 64 characters, without those of the step before.
  const uint64_t dots = dots_of_64(text.data() + text.size() - 64) >> (64 - (text.size() - i));
  return append_dots(offsets, num_dots, dots, i);
}

}  // namespace

constinit const Base64urlKernel kBase64urlAvx2 = {
    .name = "base64url/avx2", .decode = decode_avx2, .find_dots = find_dots_avx2};

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_X86_64
