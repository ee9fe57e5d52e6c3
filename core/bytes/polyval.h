// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// POLYVAL (RFC 8452 section 3): a universal hash of any number of bytes, a polynomial over
// GF(2^128) evaluated at a secret point. Two texts that somebody chooses without knowing the point
// have the same value with a probability of their blocks over 2^128.
//
// The value itself must stay secret: it is linear, so enough of them betray the point. Whoever
// shows anything that depends on it puts a pseudorandom function behind it.

#ifndef SIMDJWT_CORE_BYTES_POLYVAL_H_
#define SIMDJWT_CORE_BYTES_POLYVAL_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace simdjwt::bytes {

// 16 bytes as an element of the field: bit i of `low` is the coefficient of x^i, of `high` that of
// x^(64 + i).
struct PolyvalBlock {
  uint64_t low = 0;
  uint64_t high = 0;

  friend bool operator==(const PolyvalBlock&, const PolyvalBlock&) = default;
};

// The point and its powers. As secret as the point.
struct PolyvalKey {
  static constexpr size_t kNumPowers = 8;

  // `point` is random; all values are equally good, but 0.
  explicit PolyvalKey(PolyvalBlock point) noexcept;

  // powers[i] is the point's power of kNumPowers - i: in the order in which blocks need them.
  std::array<PolyvalBlock, kNumPowers> powers;
};

// One instruction-set variant.
struct PolyvalKernel {
  std::string_view name;  // for instance "polyval/clmul"

  // The value of a text that begins with what `sum` is the value of, and goes on with `bytes`,
  // filled up with zero bytes to whole blocks of 16. Reads nothing outside `bytes`.
  PolyvalBlock (*update)(const PolyvalKey& key, PolyvalBlock sum, std::string_view bytes) noexcept;
};

// The kernels this CPU can run, slowest first; `scalar` is always there, and is the specification.
std::span<const PolyvalKernel* const> available_polyval_kernels();

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_CORE_BYTES_POLYVAL_H_
