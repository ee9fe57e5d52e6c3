// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// base64url with AVX-512 VBMI: 64 characters, 48 bytes per step; the last step is masked.

#include "bytes/base64url_kernels.h"

#if SIMDJWT_X86_64

#include <immintrin.h>

namespace simdjwt::bytes {
namespace {

// Where vpermb finds the 48 bytes in sixteen little-endian words of 24 bits each.
struct alignas(64) ByteOrder {
  uint8_t from[64];
};
constexpr ByteOrder kBigEndian = [] {
  ByteOrder order{};
  for (uint8_t i = 0; i < 48; ++i) order.from[i] = static_cast<uint8_t>(i / 3 * 4 + 2 - i % 3);
  return order;
}();

// The first 1 to 64 bytes. A masked load touches no byte, hence no page, whose bit is clear.
constexpr uint64_t mask_of(size_t num_bytes) { return ~uint64_t{0} >> (64 - num_bytes); }

// PERF (not measured: the development machine lacks AVX-512)
// - A step: 64 characters, 48 bytes; five vector operations, one load, one store. Steps do not
//   depend on each other but for `errors`. Predicted: 256 characters in 6 ns, of which four steps
//   of three cycles are the smaller part.
// - The last step, masked, takes the place of any tail: 43, 64 and 86 characters are one, one and
//   two steps.
// - vpmultishiftqb does not help a decoder: it picks eight adjacent bits, and those of a byte are
//   adjacent only behind both multiplications, where a byte permutation is all that is left to do.

// The values of 64 characters; the sign bits of `errors` remember the invalid ones. The
// two-register lookup covers ASCII; it ignores bit 7, which is therefore an error of its own.
SIMDJWT_TARGET_AVX512 inline __m512i values_of(__m512i chars, __m512i& errors) {
  const __m512i low = _mm512_loadu_si512(kBase64urlValues.data());
  const __m512i high = _mm512_loadu_si512(kBase64urlValues.data() + 64);
  const __m512i values = _mm512_permutex2var_epi8(low, chars, high);
  constexpr int kOrOfThree = 0xfe;
  errors = _mm512_ternarylogic_epi32(errors, chars, values, kOrOfThree);
  return values;
}

// Writes the 48 bytes that 64 values stand for, and 16 zeros.
SIMDJWT_TARGET_AVX512 inline void store_bytes(uint8_t* out, __m512i values) {
  const __m512i pairs = _mm512_maddubs_epi16(values, _mm512_set1_epi16(0x0140));  // 12 bits
  const __m512i quads = _mm512_madd_epi16(pairs, _mm512_set1_epi32(0x00011000));  // 24 bits
  // The zeroing form, because g++ 12 warns about an uninitialized variable inside the plain one.
  const __m512i bytes =
      _mm512_maskz_permutexvar_epi8(mask_of(48), _mm512_loadu_si512(kBigEndian.from), quads);
  _mm512_storeu_si512(out, bytes);
}

SIMDJWT_TARGET_AVX512 bool decode_avx512(uint8_t* out, std::string_view text) noexcept {
  if (text.empty()) return true;
  const char* chars = text.data();
  __m512i errors = _mm512_setzero_si512();
  size_t i = 0;
  for (; i + 64 < text.size(); i += 64) {
    store_bytes(out + i / 4 * 3, values_of(_mm512_loadu_si512(chars + i), errors));
  }
  // 'A' is the value zero: behind the end it is valid and decodes to zeros.
  const __m512i tail =
      _mm512_mask_loadu_epi8(_mm512_set1_epi8('A'), mask_of(text.size() - i), chars + i);
  store_bytes(out + i / 4 * 3, values_of(tail, errors));
  return _mm512_movepi8_mask(errors) == 0 && has_canonical_end(text);
}

SIMDJWT_TARGET_AVX512 size_t find_dots_avx512(uint32_t offsets[4], std::string_view text) noexcept {
  if (text.empty()) return 0;
  const __m512i dot = _mm512_set1_epi8('.');
  size_t num_dots = 0;
  size_t i = 0;
  for (; i + 64 < text.size(); i += 64) {
    const __m512i chars = _mm512_loadu_si512(text.data() + i);
    num_dots = append_dots(offsets, num_dots, _mm512_cmpeq_epi8_mask(chars, dot), i);
    if (num_dots == 5) return 5;
  }
  const __m512i tail = _mm512_maskz_loadu_epi8(mask_of(text.size() - i), text.data() + i);
  return append_dots(offsets, num_dots, _mm512_cmpeq_epi8_mask(tail, dot), i);
}

}  // namespace

constinit const Base64urlKernel kBase64urlAvx512Vbmi = {
    .name = "base64url/avx512vbmi", .decode = decode_avx512, .find_dots = find_dots_avx512};

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_X86_64
