// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// GrowingArray: elements by their number, read while it grows; none of them ever moves.

#ifndef SIMDJWT_IO_REGISTRY_GROWING_ARRAY_H_
#define SIMDJWT_IO_REGISTRY_GROWING_ARRAY_H_

#include <sys/mman.h>

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>

namespace simdjwt::registry {

//   segment 0 [0, 2^12)   1 [2^12, 2^13)   2 [2^13, 2^14)   ...   20 [2^31, 2^32)
//
// Elements begin as zeros, which others may read before the writer has done anything to them.
// Memory that is not touched is not taken, and lies in huge pages where the system has some.
template <class T>
class GrowingArray {
  static_assert(std::is_standard_layout_v<T> && std::is_trivially_destructible_v<T>,
                "a T of zeros is one that nobody has to construct");

 public:
  GrowingArray() = default;
  GrowingArray(const GrowingArray&) = delete;
  GrowingArray& operator=(const GrowingArray&) = delete;
  ~GrowingArray() {
    for (uint32_t i = 0; i < segments_.size(); ++i) {
      T* const elements = segments_[i].load(std::memory_order_relaxed);
      if (elements != nullptr) munmap(elements, segment_size(i) * sizeof(T));
    }
  }

  // Any thread: null where the array does not reach yet. Two loads.
  [[nodiscard]] const T* find(uint32_t number) const noexcept {
    const auto [segment, place] = place_of(number);
    // Acquire pairs with the release in at(): the elements are seen as zeros.
    const T* const elements = segments_[segment].load(std::memory_order_acquire);
    return elements == nullptr ? nullptr : &elements[place];
  }

  // One writer. Allocates where the array has to grow.
  [[nodiscard]] T& at(uint32_t number) {
    const auto [segment, place] = place_of(number);
    T* elements = segments_[segment].load(std::memory_order_relaxed);
    if (elements == nullptr) {
      elements = map(segment_size(segment) * sizeof(T));
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

  static T* map(size_t num_bytes) {
    void* const bytes = mmap(nullptr, num_bytes, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (bytes == MAP_FAILED) throw std::bad_alloc();
    (void)madvise(bytes, num_bytes, MADV_HUGEPAGE);
    return static_cast<T*>(bytes);
  }

  static constexpr size_t segment_size(uint32_t segment) noexcept {
    return size_t{1} << (kFirstBits + (segment == 0 ? 0 : segment - 1));
  }
  static constexpr Place place_of(uint32_t number) noexcept {
    const auto segment = static_cast<uint32_t>(std::bit_width(number >> kFirstBits));
    return {segment, segment == 0 ? number : number - static_cast<uint32_t>(segment_size(segment))};
  }

  std::array<std::atomic<T*>, 32 - kFirstBits + 1> segments_{};
};

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_GROWING_ARRAY_H_
