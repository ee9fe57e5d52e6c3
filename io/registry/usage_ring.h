// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// UsageRing: uses of tokens on their way from the thread that counts them to the one that books
// them.

#ifndef SIMDJWT_IO_REGISTRY_USAGE_RING_H_
#define SIMDJWT_IO_REGISTRY_USAGE_RING_H_

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace simdjwt::registry {

// That a token was shown at a server, and what came of it, in 8 bytes.
class TokenUse {
 public:
  static constexpr uint32_t kMetersMax = 1 << 24;

  TokenUse() = default;
  // `meter` < kMetersMax.
  TokenUse(uint32_t token, uint32_t meter, uint8_t outcome) noexcept
      : token_(token), meter_and_outcome_(meter << 8 | outcome) {}

  [[nodiscard]] uint32_t token() const noexcept { return token_; }
  [[nodiscard]] uint32_t meter() const noexcept { return meter_and_outcome_ >> 8; }
  [[nodiscard]] uint8_t outcome() const noexcept {
    return static_cast<uint8_t>(meter_and_outcome_);
  }

 private:
  uint32_t token_;
  uint32_t meter_and_outcome_;
};

// One producer, one consumer, no locks. A line of the cache holds eight uses, so that the consumer
// takes one from the producer an eighth as often as a counter would be. (To ask for the next lines
// ahead of writing to them makes a check that is counted no faster.)
class UsageRing {
 public:
  static constexpr size_t kCapacity = size_t{1} << 18;  // 2 MiB

  // --- The producer ---
  // False if there is no room.
  bool push(TokenUse use) noexcept {
    const size_t head = head_.load(std::memory_order_relaxed);  // nobody else's to store
    if (head - tail_seen_ == kCapacity) {
      // Acquire pairs with the release in drain(): what was in these places has been read.
      tail_seen_ = tail_.load(std::memory_order_acquire);
      if (head - tail_seen_ == kCapacity) return false;
    }
    uses_[head % kCapacity] = use;
    head_.store(head + 1, std::memory_order_release);
    return true;
  }

  // --- The consumer ---
  // Visits all that is there, the oldest first, as one or two std::span<const TokenUse>, and
  // returns how many uses that were.
  template <class Visit>
  size_t drain(const Visit& visit) {
    const size_t tail = tail_.load(std::memory_order_relaxed);
    // Acquire pairs with the release in push(): the uses are seen as they were written.
    const size_t head = head_.load(std::memory_order_acquire);
    for (size_t i = tail; i != head;) {
      const size_t num = std::min(head - i, kCapacity - i % kCapacity);
      visit(std::span<const TokenUse>(&uses_[i % kCapacity], num));
      i += num;
    }
    tail_.store(head, std::memory_order_release);
    return head - tail;
  }

 private:
  // Both only grow. Each is written by one side, and on a cache line of its own.
  alignas(64) std::atomic<size_t> head_{0};  // the producer's
  size_t tail_seen_ = 0;                     // by the producer
  alignas(64) std::atomic<size_t> tail_{0};  // the consumer's
  std::unique_ptr<TokenUse[]> uses_{new TokenUse[kCapacity]};
};

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_USAGE_RING_H_
