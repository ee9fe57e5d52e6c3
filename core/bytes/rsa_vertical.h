// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// RSA's power down the columns of a matrix of numbers: lane i of every vector belongs to job i.
//
// Included by one file per instruction set, which first defines SIMDJWT_RSA_TARGET and passes an
// `Isa`:
//
//   Vector, kLanes                 the SIMD type; its number of 64-bit lanes
//   kLimbBits                      of a limb here: 52, or a divisor of it
//   load(words), zero(), add(x, y), twice(x), shift_right<n>(x)
//   limb(x)                        the lowest kLimbBits
//   multiply_add(low, high, x, y)  adds the product of two limbs, of which `high`, if used at all,
//                                  counts kLimbBits more
//   multiply_low(x, y)             the lowest kLimbBits of the product of those of x, and a limb
//
// A product is summed column by column (the limbs i and j meet in column i + j), in blocks of four
// by four limbs: eight loads for sixteen products, their sums in registers. The multiples of n that
// make the lower half vanish are found and added on the way, so that no number has twice the limbs.
// Sums have the room to wait with their carries until their column is complete: at most 4 * 160
// products of 52 bits meet in one.

#ifndef SIMDJWT_CORE_BYTES_RSA_VERTICAL_H_
#define SIMDJWT_CORE_BYTES_RSA_VERTICAL_H_

#include <algorithm>

#include "bytes/rsa_kernels.h"

// See sha2_vertical.h.
#if !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>
#if !defined(__clang__)
#pragma GCC diagnostic pop
#endif

#define SIMDJWT_RSA_INLINE SIMDJWT_RSA_TARGET __attribute__((always_inline)) inline

namespace simdjwt::bytes {
namespace {

constexpr size_t kBlock = 4;  // limbs

// The sums of the columns in which two blocks of limbs meet.
template <class Isa>
struct BlockSums {
  using Vector = typename Isa::Vector;
  static constexpr size_t kColumns = 2 * kBlock - 1;

  Vector low[kColumns];
  Vector high[kColumns];  // each belongs to the next column; apart, so that fewer sums wait

  SIMDJWT_RSA_INLINE void clear() {
#pragma GCC unroll 7
    for (size_t i = 0; i < kColumns; ++i) low[i] = high[i] = Isa::zero();
  }

  SIMDJWT_RSA_INLINE void add_products(const Vector* a, const Vector* b) {
#pragma GCC unroll 4
    for (size_t j = 0; j < kBlock; ++j) {
#pragma GCC unroll 4
      for (size_t i = 0; i < kBlock; ++i) {
        Isa::multiply_add(low[i + j], high[i + j], a[i], b[j]);
      }
    }
  }

  SIMDJWT_RSA_INLINE void double_all() {
#pragma GCC unroll 7
    for (size_t i = 0; i < kColumns; ++i) {
      low[i] = Isa::twice(low[i]);
      high[i] = Isa::twice(high[i]);
    }
  }

  SIMDJWT_RSA_INLINE void add_to(Vector* columns) const {
#pragma GCC unroll 7
    for (size_t i = 0; i < kColumns; ++i) {
      columns[i] = Isa::add(columns[i], low[i]);
      columns[i + 1] = Isa::add(columns[i + 1], high[i]);
    }
  }
};

// Numbers under their moduli, in blocks of limbs.
template <class Isa>
struct VerticalModulus {
  static constexpr size_t kLimbsMax =
      RsaModulus::kLimbsMax * RsaModulus::kLimbBits / Isa::kLimbBits;
  using Vector = typename Isa::Vector;
  using Number = Vector[kLimbsMax];

  size_t num_blocks;
  Vector negative_inverse;
  Number n;

  // out = a * b / R mod n, below 2 n if a and b are. `out` may be either of them; where a is b, it
  // is squared with five sixths of the work.
  SIMDJWT_RSA_TARGET void multiply(Vector* out, const Vector* a, const Vector* b) const noexcept {
    Number m;  // the multiple of n that is added
    Vector columns[2 * kBlock];
    for (Vector& column : columns) column = Isa::zero();
    for (size_t k = 0; k < 2 * num_blocks; ++k) {
      const size_t first = k < num_blocks ? 0 : k - num_blocks + 1;
      BlockSums<Isa> sums;
      sums.clear();
      if (a == b) {
        for (size_t i = first; 2 * i < k; ++i) {
          sums.add_products(a + kBlock * i, a + kBlock * (k - i));
        }
        sums.double_all();
        if (k % 2 == 0) sums.add_products(a + kBlock * (k / 2), a + kBlock * (k / 2));
      } else {
        for (size_t i = first; i <= std::min(k, num_blocks - 1); ++i) {
          sums.add_products(a + kBlock * i, b + kBlock * (k - i));
        }
      }
      for (size_t i = first; i < std::min(k, num_blocks); ++i) {
        sums.add_products(m + kBlock * i, n + kBlock * (k - i));
      }
      sums.add_to(columns);
      if (k < num_blocks) {
        clear_columns(columns, m + kBlock * k);
      } else {
        take_limbs(columns, out + kBlock * (k - num_blocks));
      }
#pragma GCC unroll 4
      for (size_t i = 0; i < kBlock; ++i) {
        columns[i] = columns[kBlock + i];
        columns[kBlock + i] = Isa::zero();
      }
    }
  }

 private:
  // Adds the multiple of the lowest block of n that leaves nothing of the lower four columns but
  // carries.
  SIMDJWT_RSA_INLINE void clear_columns(Vector* columns, Vector* m) const {
#pragma GCC unroll 4
    for (size_t i = 0; i < kBlock; ++i) {
      m[i] = Isa::multiply_low(columns[i], negative_inverse);
#pragma GCC unroll 4
      for (size_t j = 0; j < kBlock; ++j) {
        Isa::multiply_add(columns[i + j], columns[i + j + 1], m[i], n[j]);
      }
      columns[i + 1] =
          Isa::add(columns[i + 1], Isa::template shift_right<Isa::kLimbBits>(columns[i]));
    }
  }

  // The lower four columns as limbs, their carries added to what is above.
  SIMDJWT_RSA_INLINE static void take_limbs(Vector* columns, Vector* out) {
#pragma GCC unroll 4
    for (size_t i = 0; i < kBlock; ++i) {
      out[i] = Isa::limb(columns[i]);
      columns[i + 1] =
          Isa::add(columns[i + 1], Isa::template shift_right<Isa::kLimbBits>(columns[i]));
    }
  }
};

// A number's limbs into its lane, split if those here are shorter.
template <class Isa>
void store_lane(typename Isa::Vector* number, size_t lane, const uint64_t* limbs,
                size_t num_limbs) noexcept {
  constexpr size_t kParts = RsaModulus::kLimbBits / Isa::kLimbBits;
  auto* const words = reinterpret_cast<uint64_t*>(number);
  for (size_t i = 0; i < num_limbs; ++i) {
    for (size_t part = 0; part < kParts; ++part) {
      words[(kParts * i + part) * Isa::kLanes + lane] =
          limbs[i] >> part * Isa::kLimbBits & ((uint64_t{1} << Isa::kLimbBits) - 1);
    }
  }
}

template <class Isa>
void load_lane(const typename Isa::Vector* number, size_t lane, uint64_t* limbs,
               size_t num_limbs) noexcept {
  constexpr size_t kParts = RsaModulus::kLimbBits / Isa::kLimbBits;
  const auto* const words = reinterpret_cast<const uint64_t*>(number);
  for (size_t i = 0; i < num_limbs; ++i) {
    limbs[i] = 0;
    for (size_t part = 0; part < kParts; ++part) {
      limbs[i] |= words[(kParts * i + part) * Isa::kLanes + lane] << part * Isa::kLimbBits;
    }
  }
}

// RsaKernel::power. Lanes without a job do the first one's again.
template <class Isa>
SIMDJWT_RSA_TARGET void power_vertically(std::span<const RsaJob> jobs) noexcept {
  using Modulus = VerticalModulus<Isa>;
  const size_t num_limbs = jobs[0].modulus->num_limbs;
  Modulus modulus;
  typename Modulus::Number base;
  typename Modulus::Number correction;
  alignas(64) uint64_t inverses[Isa::kLanes];
  RsaLimbs limbs;
  for (size_t lane = 0; lane < Isa::kLanes; ++lane) {
    const RsaJob& job = jobs[lane < jobs.size() ? lane : 0];
    rsa_limbs_of({job.signature, job.modulus->num_bytes}, num_limbs, limbs.data());
    store_lane<Isa>(base, lane, limbs.data(), num_limbs);
    store_lane<Isa>(modulus.n, lane, job.modulus->limbs.data(), num_limbs);
    store_lane<Isa>(correction, lane, job.modulus->correction.data(), num_limbs);
    inverses[lane] = job.modulus->negative_inverse & ((uint64_t{1} << Isa::kLimbBits) - 1);
  }
  modulus.num_blocks = num_limbs * RsaModulus::kLimbBits / Isa::kLimbBits / kBlock;
  modulus.negative_inverse = Isa::load(inverses);

  typename Modulus::Number product;
  modulus.multiply(product, base, base);
  for (int i = 1; i < kRsaSquarings; ++i) modulus.multiply(product, product, product);
  modulus.multiply(product, product, base);
  modulus.multiply(product, product, correction);
  for (size_t lane = 0; lane < jobs.size(); ++lane) {
    load_lane<Isa>(product, lane, limbs.data(), num_limbs);
    rsa_store(*jobs[lane].modulus, limbs, jobs[lane].power);
  }
}

}  // namespace
}  // namespace simdjwt::bytes

#endif  // SIMDJWT_CORE_BYTES_RSA_VERTICAL_H_
