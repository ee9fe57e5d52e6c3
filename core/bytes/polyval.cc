// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "bytes/polyval.h"

#include <simdjwt/cpu.h>

#include <algorithm>

#include "bytes/polyval_kernels.h"

namespace simdjwt::bytes {
namespace {

PolyvalBlock add(PolyvalBlock a, PolyvalBlock b) noexcept {
  return {a.low ^ b.low, a.high ^ b.high};
}

// a / x. The field's polynomial, x^128 + x^127 + x^126 + x^121 + 1, is added where x does not
// divide a.
PolyvalBlock divide_by_x(PolyvalBlock a) noexcept {
  constexpr uint64_t kPolynomialByX = 0xe1ULL << 56;
  const uint64_t mask = uint64_t{0} - (a.low & 1);
  return {a.low >> 1 | a.high << 63, (a.high >> 1) ^ (mask & kPolynomialByX)};
}

// dot(a, b) of the RFC: a * b / x^128. A step for each coefficient of a, lowest first; no branch
// depends on either.
PolyvalBlock dot(PolyvalBlock a, PolyvalBlock b) noexcept {
  PolyvalBlock product;
  for (const uint64_t word : {a.low, a.high}) {
    for (int i = 0; i < 64; ++i) {
      const uint64_t mask = uint64_t{0} - (word >> i & 1);
      product = divide_by_x(add(product, {b.low & mask, b.high & mask}));
    }
  }
  return product;
}

PolyvalBlock update(const PolyvalKey& key, PolyvalBlock sum, std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    sum = dot(add(sum, load_polyval_block(bytes)), key.powers.back());
    bytes.remove_prefix(std::min(bytes.size(), kPolyvalBlockBytes));
  }
  return sum;
}

}  // namespace

const PolyvalKernel kPolyvalScalar = {"polyval/scalar", update};

PolyvalKey::PolyvalKey(PolyvalBlock point) noexcept {
  powers.back() = point;
  for (size_t i = kNumPowers - 1; i > 0; --i) powers[i - 1] = dot(powers[i], point);
}

std::span<const PolyvalKernel* const> available_polyval_kernels() {
#if SIMDJWT_X86_64
  static constexpr const PolyvalKernel* kKernels[] = {&kPolyvalScalar, &kPolyvalClmul,
                                                      &kPolyvalVclmul};
  const CpuFeatures& cpu = cpu_features();
  return {kKernels, !cpu.clmul ? 1U : !cpu.vclmul ? 2U : 3U};
#else
  static constexpr const PolyvalKernel* kKernels[] = {&kPolyvalScalar};
  return kKernels;
#endif
}

}  // namespace simdjwt::bytes
