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

}  // namespace

constinit const JsonIndexKernel kJsonIndexScalar = {"json/scalar", index_scalar};

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
