// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What the request parser does with every byte: finding the ends of lines, and of field names.

#ifndef SIMDJWT_IO_HTTP_SCAN_H_
#define SIMDJWT_IO_HTTP_SCAN_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
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
// ControlFinder.
[[nodiscard]] constexpr size_t find_control_scalar(std::string_view bytes, size_t from) noexcept {
  while (from < bytes.size() && !is_control(bytes[from])) ++from;
  return from;
}

// Printable ASCII but for the blank.
[[nodiscard]] constexpr bool is_visible(char c) noexcept { return c > ' ' && c < 0x7f; }

// Offset of the first character at or behind `from` that is not visible, or bytes.size(). The
// specification of visible_end().
[[nodiscard]] constexpr size_t visible_end_scalar(std::string_view bytes, size_t from) noexcept {
  while (from < bytes.size() && is_visible(bytes[from])) ++from;
  return from;
}

#if defined(__SSE2__)

// Finds the controls of `bytes` one after another. Looks at 64 bytes at a time, in 40 instructions,
// and remembers all that are among them, rather than to look for the end of each line anew. (AVX2
// makes a parse no faster.) Never reads outside `bytes`.
class ControlFinder {
 public:
  explicit ControlFinder(std::string_view bytes) noexcept : bytes_(bytes) {}

  // What find_control_scalar() says. `from` may only grow.
  [[nodiscard]] size_t find(size_t from) noexcept {
    if (bytes_.size() < kBlockBytes) return find_control_scalar(bytes_, from);
    while (true) {
      if (from < block_end_) {
        const size_t block = block_end_ - kBlockBytes;
        const uint64_t mask = mask_ & (~uint64_t{0} << (from - block));
        if (mask != 0) return block + static_cast<size_t>(__builtin_ctzll(mask));
        from = block_end_;
      }
      if (from >= bytes_.size()) return bytes_.size();
      // The last block overlaps the one before it.
      block_end_ = std::min(from + kBlockBytes, bytes_.size());
      mask_ = controls(bytes_.data() + block_end_ - kBlockBytes);
    }
  }

 private:
  static constexpr size_t kBlockBytes = 64;

  static uint64_t controls(const char* block) noexcept {
    const __m128i last_control = _mm_set1_epi8(0x1f);
    const __m128i tab = _mm_set1_epi8('\t');
    const __m128i del = _mm_set1_epi8(0x7f);
    const auto of = [&](size_t i) {
      const __m128i chunk = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block + i));
      const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(chunk, last_control), chunk);  // <= 0x1f
      const __m128i found = _mm_or_si128(_mm_andnot_si128(_mm_cmpeq_epi8(chunk, tab), low),
                                         _mm_cmpeq_epi8(chunk, del));
      return static_cast<uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(found))) << i;
    };
    return of(0) | of(16) | of(32) | of(48);
  }

  std::string_view bytes_;
  size_t block_end_ = 0;  // of the 64 bytes that mask_ tells of; 0: none yet
  uint64_t mask_ = 0;
};

// What visible_end_scalar() says, 64 bytes at a time. Never reads outside `bytes`.
[[nodiscard]] inline size_t visible_end(std::string_view bytes, size_t from) noexcept {
  const auto visible = [&bytes](size_t at) {
    const __m128i chunk = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes.data() + at));
    // Signed, 0x80 and above are less than ' ', as DEL is with one more.
    return _mm_cmpgt_epi8(_mm_add_epi8(chunk, _mm_set1_epi8(1)), _mm_set1_epi8(' ' + 1));
  };
  const auto mask = [](__m128i chunk) { return static_cast<unsigned>(_mm_movemask_epi8(chunk)); };
  for (; from + 64 <= bytes.size(); from += 64) {
    const __m128i all = _mm_and_si128(_mm_and_si128(visible(from), visible(from + 16)),
                                      _mm_and_si128(visible(from + 32), visible(from + 48)));
    if (mask(all) != 0xffff) break;
  }
  for (; from + 16 <= bytes.size(); from += 16) {
    const unsigned others = mask(visible(from)) ^ 0xffff;
    if (others != 0) return from + static_cast<size_t>(__builtin_ctz(others));
  }
  return visible_end_scalar(bytes, from);
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

class ControlFinder {
 public:
  explicit ControlFinder(std::string_view bytes) noexcept : bytes_(bytes) {}
  [[nodiscard]] size_t find(size_t from) noexcept { return find_control_scalar(bytes_, from); }

 private:
  std::string_view bytes_;
};

[[nodiscard]] inline size_t visible_end(std::string_view bytes, size_t from) noexcept {
  return visible_end_scalar(bytes, from);
}

[[nodiscard]] inline size_t plain_name_end(std::string_view, size_t from) noexcept { return from; }

#endif

}  // namespace simdjwt::http

#endif  // SIMDJWT_IO_HTTP_SCAN_H_
