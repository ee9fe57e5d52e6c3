// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// DecisionRing: decisions on their way from the thread that makes them to the one that writes them.

#ifndef SIMDJWT_IO_SERVE_DECISION_RING_H_
#define SIMDJWT_IO_SERVE_DECISION_RING_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "serve/decision.h"

namespace simdjwt::serve {

// One producer, one consumer, no locks. Records have the size of what they hold and lie in one
// piece; one that does not fit before the end leaves a gap there:
//
//   |record|gap|     free      |record|record|record|
//    0          tail            head             capacity
class DecisionRing {
 public:
  static constexpr size_t kCapacity = size_t{1} << 20;  // some 2,000 decisions with their tokens
  static constexpr size_t kTextBytesMax = 2048;         // of each text; more is cut off

  DecisionRing();
  DecisionRing(const DecisionRing&) = delete;
  DecisionRing& operator=(const DecisionRing&) = delete;

  // --- The producer ---
  // False if there is no room. A token longer than kTokenBytesMax is left out.
  bool push(const Decision& decision, int64_t unix_nanoseconds) noexcept;
  // Whether so much waits that the consumer should not sleep on.
  [[nodiscard]] bool needs_reader() const noexcept;

  // --- The consumer ---
  // The oldest decision, if there is one. Its views are valid until pop(), which wipes the token.
  [[nodiscard]] bool front(Decision& decision, int64_t& unix_nanoseconds) noexcept;
  void pop() noexcept;

 private:
  struct Record;

  // Both only grow; modulo kCapacity they are places in bytes_. Each is written by one side, and on
  // a cache line of its own.
  alignas(64) std::atomic<size_t> tail_{0};  // the producer's
  alignas(64) std::atomic<size_t> head_{0};  // the consumer's
  std::unique_ptr<std::byte[]> bytes_;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_DECISION_RING_H_
