// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Comparison of authentication tags whose running time tells nothing about where they differ.

#ifndef SIMDJWT_CORE_BYTES_CONSTANT_TIME_H_
#define SIMDJWT_CORE_BYTES_CONSTANT_TIME_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace simdjwt::bytes {

// Whether `a` and `b` hold the same `num_bytes` bytes. No branch and no address depends on the
// content. `num_bytes` is public and a multiple of 8 (every SHA-2 tag is).
[[nodiscard]] inline bool constant_time_equal(const uint8_t* a, const uint8_t* b,
                                              size_t num_bytes) noexcept {
  uint64_t difference = 0;
  for (size_t i = 0; i < num_bytes; i += 8) {
    uint64_t word_a;
    uint64_t word_b;
    std::memcpy(&word_a, a + i, 8);
    std::memcpy(&word_b, b + i, 8);
    difference |= word_a ^ word_b;
    // Without this barrier a compiler may leave the loop once `difference` is known to be non-zero.
    __asm__("" : "+r"(difference));
  }
  return difference == 0;
}

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_CORE_BYTES_CONSTANT_TIME_H_
