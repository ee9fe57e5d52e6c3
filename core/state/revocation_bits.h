// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// RevocationBits: a set of small numbers, read while it grows.

#ifndef SIMDJWT_CORE_STATE_REVOCATION_BITS_H_
#define SIMDJWT_CORE_STATE_REVOCATION_BITS_H_

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace simdjwt::internal {

//   segment 0 [0, 2^16)   1 [2^16, 2^17)   2 [2^17, 2^18)   ...   16 [2^31, 2^32)
//
// Each comes into being with its first number and never moves, so that a reader needs two loads and
// holds nothing. Threads may insert() beside one another only if their numbers lie in segments that
// exist.
class RevocationBits {
 public:
  RevocationBits() = default;
  ~RevocationBits();
  RevocationBits(const RevocationBits&) = delete;
  RevocationBits& operator=(const RevocationBits&) = delete;

  [[nodiscard]] bool contains(uint32_t number) const noexcept {
    const Place place = place_of(number);
    // Acquire pairs with the release in insert(): the words are seen as zeroed, or later.
    const Word* const words = segments_[place.segment].load(std::memory_order_acquire);
    if (words == nullptr) return false;
    // Relaxed: nothing lies behind a bit that must be seen with it. Who learnt that insert() has
    // returned, by whatever synchronizes, sees the bit: of one word, later reads never see less.
    return (words[place.word].load(std::memory_order_relaxed) & place.bit) != 0;
  }

  // Asks for the memory that contains() will look at.
  void prefetch(uint32_t number) const noexcept {
    const Place place = place_of(number);
    const Word* const words = segments_[place.segment].load(std::memory_order_acquire);
    if (words != nullptr) __builtin_prefetch(&words[place.word]);
  }

  // Whether it is new. May allocate.
  bool insert(uint32_t number);

 private:
  using Word = std::atomic<uint64_t>;
  struct Place {
    uint32_t segment;
    uint32_t word;
    uint64_t bit;
  };

  static constexpr int kFirstBits = 16;  // of the numbers in the first segment
  static constexpr size_t kNumSegments = 32 - kFirstBits + 1;

  static constexpr Place place_of(uint32_t number) noexcept {
    const auto segment = static_cast<uint32_t>(std::bit_width(number >> kFirstBits));
    const uint32_t first = segment == 0 ? 0 : uint32_t{1} << (kFirstBits + segment - 1);
    return {segment, (number - first) / 64, uint64_t{1} << number % 64};
  }
  static constexpr size_t num_words(uint32_t segment) noexcept {
    return (size_t{1} << (kFirstBits + (segment == 0 ? 0 : segment - 1))) / 64;
  }

  std::array<std::atomic<Word*>, kNumSegments> segments_{};
};

}  // namespace simdjwt::internal

#endif  // SIMDJWT_CORE_STATE_REVOCATION_BITS_H_
