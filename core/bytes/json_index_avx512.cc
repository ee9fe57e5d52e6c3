// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The JSON index with AVX-512 BW: 64 bytes a step, comparisons straight into masks.

#include "bytes/json_index_kernels.h"

#if SIMDJWT_X86_64

#include <immintrin.h>

namespace simdjwt::bytes {
namespace {

SIMDJWT_TARGET_AVX512 JsonTraits index_avx512(uint64_t* quotes, const char* text,
                                              size_t num_bytes) noexcept {
  const __m512i quote = _mm512_set1_epi8('"');
  const __m512i backslash = _mm512_set1_epi8('\\');
  const __m512i first_printable = _mm512_set1_epi8(0x20);
  uint64_t backslashes = 0;
  uint64_t controls = 0;
  uint64_t non_ascii = 0;
  for (size_t block = 0; block < num_bytes; block += kJsonIndexBlockBytes) {
    const __m512i bytes = _mm512_loadu_si512(text + block);
    quotes[block / kJsonIndexBlockBytes] = _mm512_cmpeq_epi8_mask(bytes, quote);
    backslashes |= _mm512_cmpeq_epi8_mask(bytes, backslash);
    controls |= _mm512_cmplt_epu8_mask(bytes, first_printable);
    non_ascii |= _mm512_movepi8_mask(bytes);
  }
  JsonTraits traits;
  traits.has_backslash = backslashes != 0;
  traits.has_control = controls != 0;
  traits.has_non_ascii = non_ascii != 0;
  return traits;
}

}  // namespace

constinit const JsonIndexKernel kJsonIndexAvx512 = {"json/avx512", index_avx512, match_avx2};

}  // namespace simdjwt::bytes

#endif
