// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// RSA's power down the columns of a matrix of numbers: lane i of every vector belongs to job i.
//
// Included by one file per instruction set, which first defines SIMDJWT_RSA_TARGET and passes an
// `Isa`:
//
//   Vector, kLanes                  the SIMD type of sums; its number of 64-bit lanes
//   Factor, Word                    the SIMD type of limbs, and that of one of its lanes
//   zero(), add(x, y)
//   subtract(x, word)               the same from all lanes
//   carry(x), factor(x)             x / 2^52; the lowest 52 bits
//   multiply_add(low, high, x, y)   adds the halves, of 52 bits, of the product of two limbs
//   kLowBias, kHighBias             what it adds to them beside
//   multiply_low(x, y)              the lowest 52 bits of the product of those of x, and a limb
//
// The limbs i and j of two numbers meet in column i + j of their product, the upper half of what
// they give one further. Columns are sums of 64 bits, which have the room to wait with their
// carries: at most 4 * 80 halves of 52 bits meet in one. They are summed in rows of blocks of four
// by four limbs: eight loads for sixteen products, their sums in registers. Montgomery's reduction
// adds the multiple of n that makes the lower columns vanish. To find a block of it takes long,
// most of it waiting, and so is done in the midst of the row of the one before.

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
constexpr size_t kColumns = 2 * kBlock;

// How many pairs of limbs of two blocks meet in a column.
constexpr size_t pairs_in(size_t column) {
  return column < kBlock ? column + 1 : kColumns - 1 - column;
}

// A row: a block of limbs times others, in turn. The sums of the columns in which it meets the
// next.
template <class Isa>
struct Row {
  using Vector = typename Isa::Vector;
  using Factor = typename Isa::Factor;

  const Factor* block;
  Vector sums[kColumns];

  // What the first columns begin with: null for zeros.
  SIMDJWT_RSA_INLINE void begin(const Factor* a, const Vector* first) {
    block = a;
#pragma GCC unroll 4
    for (size_t i = 0; i < kBlock; ++i) {
      sums[i] = first != nullptr ? first[i] : Isa::zero();
      sums[kBlock + i] = Isa::zero();
    }
  }

  SIMDJWT_RSA_INLINE void add_products(const Factor* b) {
#pragma GCC unroll 4
    for (size_t j = 0; j < kBlock; ++j) {
#pragma GCC unroll 4
      for (size_t i = 0; i < kBlock; ++i) {
        Isa::multiply_add(sums[i + j], sums[i + j + 1], block[i], b[j]);
      }
    }
  }

  // Adds the sums that are complete to their columns, and goes on to the next.
  SIMDJWT_RSA_INLINE void advance(const Vector* columns, Vector* out) {
#pragma GCC unroll 4
    for (size_t i = 0; i < kBlock; ++i) {
      out[i] = Isa::add(columns[i], sums[i]);
      sums[i] = sums[kBlock + i];
      sums[kBlock + i] = Isa::zero();
    }
  }

  SIMDJWT_RSA_INLINE void add_to(Vector* columns, const Factor* b, size_t num_blocks) {
    for (size_t j = 0; j < kBlock * num_blocks; j += kBlock) {
      add_products(b + j);
      advance(columns + j, columns + j);
    }
    advance(columns + kBlock * num_blocks, columns + kBlock * num_blocks);
  }
};

// Numbers under their moduli, in blocks of limbs.
template <class Isa>
struct VerticalModulus {
  using Vector = typename Isa::Vector;
  using Factor = typename Isa::Factor;
  using Number = Factor[RsaModulus::kLimbsMax];
  using Columns = Vector[2 * RsaModulus::kLimbsMax];

  size_t num_blocks;
  Factor negative_inverse;
  Number n;
  // By column, the bias of all products that ever meet in it: as many as there are blocks below it,
  // or above it, of the two numbers and again of m and n.
  uint64_t biases[2 * RsaModulus::kLimbsMax];

  void set_num_blocks(size_t count) noexcept {
    num_blocks = count;
    const auto bias_in = [](size_t i) {
      return pairs_in(i) * Isa::kLowBias + (i > 0 ? pairs_in(i - 1) * Isa::kHighBias : 0);
    };
    for (size_t i = 0; i < 2 * kBlock * num_blocks; ++i) {
      const size_t above = i / kBlock;
      const size_t here = above + 1;
      biases[i] = 2 * std::min(here, 2 * num_blocks - here) * bias_in(i % kBlock) +
                  2 * std::min(above, 2 * num_blocks - above) * bias_in(kBlock + i % kBlock);
    }
  }

  // out = a * b / R mod n, below 2 n if a and b are. `out` may be either of them.
  SIMDJWT_RSA_TARGET void multiply(Factor* out, const Factor* a, const Factor* b) const noexcept {
    Columns columns;
    for (size_t i = 0; i < 2 * kBlock * num_blocks; ++i) {
      columns[i] = Isa::subtract(Isa::zero(), biases[i]);
    }
    for (size_t i = 0; i < num_blocks; ++i) {
      Row<Isa> row;
      row.begin(a + kBlock * i, nullptr);
      row.add_to(columns + kBlock * i, b, num_blocks);
    }
    reduce(columns, out);
  }

  // The same of b = a. What is not on the diagonal is summed once, and doubled.
  SIMDJWT_RSA_TARGET void square(Factor* out, const Factor* a) const noexcept {
    Columns columns;
    for (size_t i = 0; i < 2 * kBlock * num_blocks; ++i) columns[i] = Isa::zero();
    for (size_t i = 0; i + 1 < num_blocks; ++i) {
      Row<Isa> row;
      row.begin(a + kBlock * i, nullptr);
      row.add_to(columns + kBlock * (2 * i + 1), a + kBlock * (i + 1), num_blocks - 1 - i);
    }
    for (size_t i = 0; i < num_blocks; ++i) {
      Row<Isa> row;
      row.begin(a + kBlock * i, nullptr);
      row.add_products(a + kBlock * i);
#pragma GCC unroll 8
      for (size_t j = 0; j < kColumns; ++j) {
        Vector& column = columns[kColumns * i + j];
        column = Isa::add(Isa::add(column, column), row.sums[j]);
        column = Isa::subtract(column, biases[kColumns * i + j]);
      }
    }
    reduce(columns, out);
  }

 private:
  SIMDJWT_RSA_INLINE void reduce(Vector* columns, Factor* out) const {
    Number m;  // the multiple of n that is added
    Vector lowest[kColumns];
#pragma GCC unroll 4
    for (size_t i = 0; i < kBlock; ++i) {
      lowest[i] = columns[i];
      lowest[kBlock + i] = Isa::zero();
    }
    for (size_t i = 0; i < kBlock; ++i) {
      m[i] = Isa::multiply_low(lowest[i], negative_inverse);
      clear_column(lowest + i, m[i]);
    }

    for (size_t k = 0; k + 1 < num_blocks; ++k) {
      Row<Isa> row;
      row.begin(m + kBlock * k, lowest + kBlock);
      row.add_products(n + kBlock);
      columns += kBlock;
      row.advance(columns, lowest);
#pragma GCC unroll 4
      for (size_t i = 0; i < kBlock; ++i) lowest[kBlock + i] = Isa::zero();
      size_t j = kBlock;
      for (size_t i = 0; i < kBlock; ++i) {
        Factor& limb = m[kBlock * (k + 1) + i];
        limb = Isa::multiply_low(lowest[i], negative_inverse);
        row.add_products(n + kBlock + j);
        row.advance(columns + j, columns + j);
        j += kBlock;
        clear_column(lowest + i, limb);
        row.add_products(n + kBlock + j);
        row.advance(columns + j, columns + j);
        j += kBlock;
      }
      for (; j < kBlock * (num_blocks - 1); j += kBlock) {
        row.add_products(n + kBlock + j);
        row.advance(columns + j, columns + j);
      }
      row.advance(columns + j, columns + j);
    }
    Row<Isa> row;
    row.begin(m + kBlock * (num_blocks - 1), lowest + kBlock);
    columns += kBlock;
    row.add_to(columns, n + kBlock, num_blocks - 1);

    Vector carry = Isa::zero();
    for (size_t i = 0; i < kBlock * num_blocks; ++i) {
      const Vector column = Isa::add(columns[i], carry);
      out[i] = Isa::factor(column);
      carry = Isa::carry(column);
    }
  }

  // Adds the multiple of the lowest block of n that leaves nothing of a column but a carry.
  SIMDJWT_RSA_INLINE void clear_column(Vector* column, Factor limb) const {
    Vector sums[kBlock + 1];
#pragma GCC unroll 5
    for (size_t j = 0; j <= kBlock; ++j) sums[j] = column[j];
#pragma GCC unroll 4
    for (size_t j = 0; j < kBlock; ++j) Isa::multiply_add(sums[j], sums[j + 1], limb, n[j]);
    sums[1] = Isa::add(sums[1], Isa::carry(sums[0]));
#pragma GCC unroll 4
    for (size_t j = 1; j <= kBlock; ++j) column[j] = sums[j];
  }
};

// RsaKernel::power. Lanes without a job do the first one's again.
template <class Isa>
[[gnu::noinline]] SIMDJWT_RSA_TARGET void power_vertically(std::span<const RsaJob> jobs) noexcept {
  using Modulus = VerticalModulus<Isa>;
  using Number = typename Modulus::Number;
  using Word = typename Isa::Word;
  const size_t num_limbs = jobs[0].modulus->num_limbs;
  Modulus modulus;
  Number base;
  Number correction;
  RsaLimbs limbs;
  const auto store_lane = [num_limbs](Number& number, size_t lane, const uint64_t* from) {
    Word* const words = reinterpret_cast<Word*>(number) + lane;
    for (size_t i = 0; i < num_limbs; ++i)
      words[i * Isa::kLanes] = static_cast<Word>(static_cast<int64_t>(from[i]));
  };
  for (size_t lane = 0; lane < Isa::kLanes; ++lane) {
    const RsaJob& job = jobs[lane < jobs.size() ? lane : 0];
    rsa_limbs_of({job.signature, job.modulus->num_bytes}, num_limbs, limbs.data());
    store_lane(base, lane, limbs.data());
    store_lane(modulus.n, lane, job.modulus->limbs.data());
    store_lane(correction, lane, job.modulus->correction.data());
    reinterpret_cast<Word*>(&modulus.negative_inverse)[lane] =
        static_cast<Word>(job.modulus->negative_inverse);
  }
  modulus.set_num_blocks(num_limbs / kBlock);

  Number product;
  modulus.square(product, base);
  for (int i = 1; i < kRsaSquarings; ++i) modulus.square(product, product);
  modulus.multiply(product, product, base);
  modulus.multiply(product, product, correction);
  for (size_t lane = 0; lane < jobs.size(); ++lane) {
    const Word* const words = reinterpret_cast<const Word*>(product) + lane;
    for (size_t i = 0; i < num_limbs; ++i) {
      limbs[i] = static_cast<uint64_t>(static_cast<int64_t>(words[i * Isa::kLanes]));
    }
    rsa_store(*jobs[lane].modulus, limbs, jobs[lane].power);
  }
}

}  // namespace
}  // namespace simdjwt::bytes

#endif  // SIMDJWT_CORE_BYTES_RSA_VERTICAL_H_
