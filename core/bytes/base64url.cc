// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "bytes/base64url.h"

#include <simdjwt/cpu.h>

#include "bytes/base64url_kernels.h"

namespace simdjwt::bytes {
namespace {

// The specification of decode. Invalid characters are looked for once, at the end, because tokens
// that get here are nearly always well-formed.
bool decode_scalar(uint8_t* out, std::string_view text) noexcept {
  const auto value_at = [text](size_t i) -> uint32_t {
    return kBase64urlValues[static_cast<uint8_t>(text[i])];
  };
  uint32_t seen = 0;
  size_t i = 0;
  for (; i + 4 <= text.size(); i += 4) {
    const uint32_t a = value_at(i);
    const uint32_t b = value_at(i + 1);
    const uint32_t c = value_at(i + 2);
    const uint32_t d = value_at(i + 3);
    seen |= a | b | c | d;
    *out++ = static_cast<uint8_t>(a << 2 | b >> 4);
    *out++ = static_cast<uint8_t>(b << 4 | c >> 2);
    *out++ = static_cast<uint8_t>(c << 6 | d);
  }
  uint32_t bits = 0;
  uint32_t num_bits = 0;
  for (; i < text.size(); ++i) {
    seen |= value_at(i);
    bits = bits << 6 | value_at(i);
    num_bits += 6;
    if (num_bits >= 8) {
      num_bits -= 8;
      *out++ = static_cast<uint8_t>(bits >> num_bits);
    }
  }
  return (seen & kNoBase64urlCharacter) == 0 && has_canonical_end(text);
}

size_t find_dots_scalar(uint32_t offsets[4], std::string_view text) noexcept {
  size_t num_dots = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '.') continue;
    if (num_dots == 4) return 5;
    offsets[num_dots++] = static_cast<uint32_t>(i);
  }
  return num_dots;
}

}  // namespace

constinit const Base64urlKernel kBase64urlScalar = {
    .name = "base64url/scalar", .decode = decode_scalar, .find_dots = find_dots_scalar};

std::span<const Base64urlKernel* const> available_base64url_kernels() {
#if SIMDJWT_X86_64
  // In the order of preference, so that a CPU's choices are a prefix: AVX-512 implies AVX2.
  static constexpr const Base64urlKernel* kKernels[] = {&kBase64urlScalar, &kBase64urlAvx2,
                                                        &kBase64urlAvx512Vbmi};
  const CpuFeatures& cpu = cpu_features();
  return std::span(kKernels).first(cpu.avx512 ? 3 : cpu.avx2 ? 2 : 1);
#else
  static constexpr const Base64urlKernel* kKernels[] = {&kBase64urlScalar};
  return kKernels;
#endif
}

}  // namespace simdjwt::bytes
