// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// POLYVAL by carry-less multiplication, up to eight blocks to a reduction:
//
//   (sum + b0) * p^8  +  b1 * p^7  +  ...  +  b7 * p^1
//
// After Gueron and Kounavis, "Intel Carry-Less Multiplication Instruction and its Usage for
// Computing the GCM Mode".

#include "bytes/polyval_kernels.h"

#if SIMDJWT_X86_64

#include <immintrin.h>

#include <algorithm>

namespace simdjwt::bytes {
namespace {

SIMDJWT_TARGET_CLMUL inline __m128i load(const void* block) noexcept {
  return _mm_loadu_si128(static_cast<const __m128i*>(block));
}

SIMDJWT_TARGET_CLMUL PolyvalBlock update_clmul(const PolyvalKey& key, PolyvalBlock sum,
                                               std::string_view bytes) noexcept {
  __m128i value = load(&sum);
  while (!bytes.empty()) {
    const size_t num_whole = bytes.size() / kPolyvalBlockBytes;
    const size_t num_blocks = std::clamp<size_t>(num_whole, 1, PolyvalKey::kNumPowers);
    const PolyvalBlock part = num_whole == 0 ? load_polyval_block(bytes) : PolyvalBlock();
    const void* const blocks = num_whole == 0 ? static_cast<const void*>(&part) : bytes.data();
    const PolyvalBlock* const powers = &key.powers[PolyvalKey::kNumPowers - num_blocks];
    __m128i low = _mm_setzero_si128();
    __m128i middle = low;
    __m128i high = low;
    for (size_t i = 0; i < num_blocks; ++i) {
      const __m128i a = _mm_xor_si128(load(static_cast<const PolyvalBlock*>(blocks) + i), value);
      const __m128i b = load(powers + i);
      value = _mm_setzero_si128();
      low = _mm_xor_si128(low, _mm_clmulepi64_si128(a, b, 0x00));
      high = _mm_xor_si128(high, _mm_clmulepi64_si128(a, b, 0x11));
      middle = _mm_xor_si128(middle, _mm_xor_si128(_mm_clmulepi64_si128(a, b, 0x01),
                                                   _mm_clmulepi64_si128(a, b, 0x10)));
    }
    value = polyval_reduce(low, middle, high);
    bytes.remove_prefix(std::min(bytes.size(), num_blocks * kPolyvalBlockBytes));
  }
  _mm_storeu_si128(reinterpret_cast<__m128i*>(&sum), value);
  return sum;
}

}  // namespace

const PolyvalKernel kPolyvalClmul = {"polyval/clmul", update_clmul};

}  // namespace simdjwt::bytes

#endif
