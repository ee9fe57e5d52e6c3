// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The POLYVAL kernels by name, and what they share. Only polyval*.cc need this.

#ifndef SIMDJWT_CORE_BYTES_POLYVAL_KERNELS_H_
#define SIMDJWT_CORE_BYTES_POLYVAL_KERNELS_H_

#include <bit>
#include <cstring>
#include <string_view>

#include "bytes/polyval.h"
#include "bytes/target.h"

namespace simdjwt::bytes {

inline constexpr size_t kPolyvalBlockBytes = sizeof(PolyvalBlock);

extern const PolyvalKernel kPolyvalScalar;
#if SIMDJWT_X86_64
extern const PolyvalKernel kPolyvalClmul;  // call only if cpu_features().clmul
#endif

// The first block of `bytes`, or what there is of it.
inline PolyvalBlock load_polyval_block(std::string_view bytes) noexcept {
  static_assert(std::endian::native == std::endian::little);
  PolyvalBlock block;
  std::memcpy(&block, bytes.data(),
              bytes.size() < kPolyvalBlockBytes ? bytes.size() : kPolyvalBlockBytes);
  return block;
}

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_CORE_BYTES_POLYVAL_KERNELS_H_
