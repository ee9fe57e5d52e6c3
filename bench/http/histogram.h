// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Histogram: durations, counted in buckets of which 64 share each power of two.

#ifndef SIMDJWT_BENCH_HTTP_HISTOGRAM_H_
#define SIMDJWT_BENCH_HTTP_HISTOGRAM_H_

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace simdjwt::bench {

// Off by at most 1.6 %. Adding costs a few instructions and no allocation.
class Histogram {
 public:
  void add(uint64_t nanoseconds) noexcept {
    ++counts_[index_of(nanoseconds)];
    ++num_values_;
    largest_ = std::max(largest_, nanoseconds);
  }

  // The duration that the share `quantile` (0 to 1) of all did not exceed; 0 without any.
  [[nodiscard]] uint64_t at(double quantile) const noexcept {
    const auto wanted = static_cast<uint64_t>(quantile * static_cast<double>(num_values_));
    uint64_t num_below = 0;
    for (size_t index = 0; index < counts_.size(); ++index) {
      num_below += counts_[index];
      if (num_below > wanted) return std::min(end_of(index), largest_);
    }
    return largest_;
  }

  [[nodiscard]] uint64_t largest() const noexcept { return largest_; }

 private:
  static constexpr int kSubBits = 6;  // 2^6 buckets for each power of two
  static constexpr size_t kSub = size_t{1} << kSubBits;

  // Below 64 ns each value has a bucket of its own.
  static size_t index_of(uint64_t value) noexcept {
    const int shift = std::max(0, static_cast<int>(std::bit_width(value)) - kSubBits - 1);
    return static_cast<size_t>(shift) * kSub + static_cast<size_t>(value >> shift);
  }
  static uint64_t end_of(size_t index) noexcept {
    if (index < 2 * kSub) return index;
    const size_t shift = index / kSub - 1;
    return ((uint64_t{index % kSub} + kSub + 1) << shift) - 1;
  }

  std::vector<uint64_t> counts_ = std::vector<uint64_t>((64 - kSubBits + 1) * kSub);
  uint64_t num_values_ = 0;
  uint64_t largest_ = 0;
};

}  // namespace simdjwt::bench

#endif  // SIMDJWT_BENCH_HTTP_HISTOGRAM_H_
