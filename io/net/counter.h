// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Counter: written by one thread, read by any.

#ifndef SIMDJWT_IO_NET_COUNTER_H_
#define SIMDJWT_IO_NET_COUNTER_H_

#include <atomic>
#include <cstdint>

namespace simdjwt::net {

// One writer and no locked instruction: add() costs what `n += k` costs. Readers see some value of
// the recent past, and never a torn one. A copy is a number of its own.
class Counter {
 public:
  Counter() = default;
  Counter(const Counter& other) noexcept : value_(other.value()) {}
  Counter& operator=(const Counter& other) noexcept {
    set(other.value());
    return *this;
  }

  void add(uint64_t n = 1) noexcept { set(value() + n); }
  void subtract(uint64_t n = 1) noexcept { set(value() - n); }
  [[nodiscard]] uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }
  operator uint64_t() const noexcept { return value(); }  // NOLINT: it is a number

 private:
  void set(uint64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }

  std::atomic<uint64_t> value_{0};
};

}  // namespace simdjwt::net

#endif  // SIMDJWT_IO_NET_COUNTER_H_
