// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "bytes/json_index.h"

#include <simdjwt/cpu.h>

#include <array>

#include "bytes/json_index_kernels.h"

namespace simdjwt::bytes {
namespace {

JsonTraits index_scalar(uint64_t* quotes, const char* text, size_t num_bytes) noexcept {
  JsonTraits traits;
  for (size_t block = 0; block < num_bytes; block += kJsonIndexBlockBytes) {
    uint64_t word = 0;
    for (size_t i = 0; i < kJsonIndexBlockBytes; ++i) {
      const auto byte = static_cast<uint8_t>(text[block + i]);
      word |= static_cast<uint64_t>(byte == '"') << i;
      traits.has_backslash |= byte == '\\';
      traits.has_control |= byte < 0x20;
      traits.has_non_ascii |= byte > 0x7f;
    }
    quotes[block / kJsonIndexBlockBytes] = word;
  }
  return traits;
}

bool match_scalar(const JsonPattern& pattern, size_t first, size_t end, std::string_view text,
                  JsonMatch& match) noexcept {
  size_t at = match.at;
  for (size_t i = first;; ++i) {
    const JsonPattern::Part part = pattern.parts[i];
    if (part.num_chars > text.size() - at) return false;
    match.begins[i] = static_cast<uint16_t>(at);
    for (size_t c = part.begin; c < size_t{part.begin} + part.num_chars; ++c, ++at) {
      const auto above = static_cast<uint8_t>(static_cast<uint8_t>(text[at]) - pattern.lowest[c]);
      if (above > pattern.spread[c]) return false;
    }
    if (i + 1 == end) break;
    for (; at < text.size() && text[at] != '"'; ++at) {
      const auto byte = static_cast<uint8_t>(text[at]);
      if (byte == '\\' || byte < 0x20) return false;
      match.has_non_ascii |= byte > 0x7f;
    }
  }
  match.at = at;
  return true;
}

}  // namespace

constinit const JsonIndexKernel kJsonIndexScalar = {"json/scalar", index_scalar, match_scalar};

std::span<const JsonIndexKernel* const> available_json_kernels() {
#if SIMDJWT_X86_64
  static constexpr std::array<const JsonIndexKernel*, 3> kAll = {&kJsonIndexScalar, &kJsonIndexAvx2,
                                                                 &kJsonIndexAvx512};
  const CpuFeatures& cpu = cpu_features();
  return std::span(kAll).first(cpu.avx512 ? 3 : cpu.avx2 ? 2 : 1);
#else
  static constexpr std::array<const JsonIndexKernel*, 1> kAll = {&kJsonIndexScalar};
  return kAll;
#endif
}

}  // namespace simdjwt::bytes
