// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// GrowingArray: elements by their number, read while it grows; none of them ever moves.

#ifndef SIMDJWT_IO_REGISTRY_GROWING_ARRAY_H_
#define SIMDJWT_IO_REGISTRY_GROWING_ARRAY_H_

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace simdjwt::registry {

//   segment 0 [0, 2^12)   1 [2^12, 2^13)   2 [2^13, 2^14)   ...   20 [2^31, 2^32)
//
// Elements begin as T(), which others may read before the writer has done anything to them.
template <class T>
class GrowingArray {
 public:
  GrowingArray() = default;
  GrowingArray(const GrowingArray&) = delete;
  GrowingArray& operator=(const GrowingArray&) = delete;
  ~GrowingArray() {
    for (const auto& segment : segments_) delete[] segment.load(std::memory_order_relaxed);
  }

  // Any thread: null where the array does not reach yet. Two loads.
  [[nodiscard]] const T* find(uint32_t number) const noexcept {
    const auto [segment, place] = place_of(number);
    // Acquire pairs with the release in at(): the elements are seen as constructed.
    const T* const elements = segments_[segment].load(std::memory_order_acquire);
    return elements == nullptr ? nullptr : &elements[place];
  }

  // One writer. Allocates where the array has to grow.
  [[nodiscard]] T& at(uint32_t number) {
    const auto [segment, place] = place_of(number);
    T* elements = segments_[segment].load(std::memory_order_relaxed);
    if (elements == nullptr) {
      elements = new T[segment_size(segment)]();
      segments_[segment].store(elements, std::memory_order_release);
    }
    return elements[place];
  }

 private:
  struct Place {
    uint32_t segment;
    uint32_t place;
  };
  static constexpr int kFirstBits = 12;

  static constexpr uint32_t segment_size(uint32_t segment) noexcept {
    return uint32_t{1} << (kFirstBits + (segment == 0 ? 0 : segment - 1));
  }
  static constexpr Place place_of(uint32_t number) noexcept {
    const auto segment = static_cast<uint32_t>(std::bit_width(number >> kFirstBits));
    return {segment, segment == 0 ? number : number - segment_size(segment)};
  }

  std::array<std::atomic<T*>, 32 - kFirstBits + 1> segments_{};
};

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_GROWING_ARRAY_H_
