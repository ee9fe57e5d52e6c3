// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The base64url kernels by name, and what they share. Only base64url*.cc and their tests need this;
// everyone else asks available_base64url_kernels().

#ifndef SIMDJWT_CORE_BYTES_BASE64URL_KERNELS_H_
#define SIMDJWT_CORE_BYTES_BASE64URL_KERNELS_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "bytes/base64url.h"
#include "bytes/target.h"

namespace simdjwt::bytes {

extern const Base64urlKernel kBase64urlScalar;
#if SIMDJWT_X86_64
extern const Base64urlKernel kBase64urlAvx2;        // call only if cpu_features().avx2
extern const Base64urlKernel kBase64urlAvx512Vbmi;  // call only if cpu_features().avx512
#endif

inline constexpr std::string_view kBase64urlAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
inline constexpr uint8_t kNoBase64urlCharacter = 0x80;

// The value 0..63 of every character, kNoBase64urlCharacter where it is none.
inline constexpr std::array<uint8_t, 256> kBase64urlValues = [] {
  std::array<uint8_t, 256> values{};
  values.fill(kNoBase64urlCharacter);
  for (uint8_t value = 0; value < 64; ++value) {
    values[static_cast<uint8_t>(kBase64urlAlphabet[value])] = value;
  }
  return values;
}();

// Whether a text of alphabet characters is canonical as to its end: a length that an encoder makes,
// and zero in the last character's bits that belong to no byte (RFC 4648 section 3.5).
inline bool has_canonical_end(std::string_view text) noexcept {
  static constexpr uint8_t kUnusedBits[4] = {0, 0, 0x0f, 0x03};
  const size_t num_last = text.size() % 4;
  if (num_last == 0) return true;
  const uint8_t last = kBase64urlValues[static_cast<uint8_t>(text.back())];
  return num_last != 1 && (last & kUnusedBits[num_last]) == 0;
}

// Continues find_dots with up to 64 characters: bit i of `dots` says that offset `begin` + i is a
// dot. `num_dots` (at most four) are known already; returns how many it is now, five for more.
inline size_t append_dots(uint32_t offsets[4], size_t num_dots, uint64_t dots,
                          size_t begin) noexcept {
  for (; dots != 0; dots &= dots - 1) {
    if (num_dots == 4) return 5;
    offsets[num_dots++] =
        static_cast<uint32_t>(begin + static_cast<size_t>(std::countr_zero(dots)));
  }
  return num_dots;
}

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_CORE_BYTES_BASE64URL_KERNELS_H_
