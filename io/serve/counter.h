// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Histogram, beside net::Counter: written by one thread, read by any.

#ifndef SIMDJWT_IO_SERVE_COUNTER_H_
#define SIMDJWT_IO_SERVE_COUNTER_H_

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "net/counter.h"

namespace simdjwt::serve {

using net::Counter;

// Of durations. Bucket i counts those of at most 256 * 2^i nanoseconds that no smaller bucket
// counts: 256 ns, 512 ns, ... 1.07 s; the last one counts what took longer.
class Histogram {
 public:
  static constexpr unsigned kFirstBound = 8;  // as a power of two
  static constexpr size_t kNumBounds = 23;
  static constexpr size_t kNumBuckets = kNumBounds + 1;

  // The largest duration of bucket `i` < kNumBounds.
  [[nodiscard]] static constexpr uint64_t bound_nanoseconds(size_t i) noexcept {
    return uint64_t{1} << (kFirstBound + i);
  }
  [[nodiscard]] static constexpr size_t bucket_of(uint64_t nanoseconds) noexcept {
    const auto bits = static_cast<size_t>(std::bit_width(nanoseconds - (nanoseconds > 0)));
    return std::min(bits - std::min<size_t>(bits, kFirstBound), kNumBounds);
  }

  // `count` things took this long.
  void observe(uint64_t nanoseconds, uint64_t count = 1) noexcept {
    buckets_[bucket_of(nanoseconds)].add(count);
    sum_nanoseconds_.add(nanoseconds * count);
  }

  [[nodiscard]] uint64_t bucket(size_t i) const noexcept { return buckets_[i].value(); }
  [[nodiscard]] uint64_t sum_nanoseconds() const noexcept { return sum_nanoseconds_.value(); }

 private:
  std::array<Counter, kNumBuckets> buckets_;
  Counter sum_nanoseconds_;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_COUNTER_H_
