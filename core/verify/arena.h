// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Memory that lives from one verification to the next: taken piece by piece, given back all at
// once, and kept, so that only the largest batch ever seen allocates.

#ifndef SIMDJWT_CORE_VERIFY_ARENA_H_
#define SIMDJWT_CORE_VERIFY_ARENA_H_

#include <cstddef>
#include <cstdint>
#include <new>

namespace simdjwt::internal {

// Not thread-safe.
class Arena {
 public:
  static constexpr size_t kBlockBytes = 64 * 1024;
  static constexpr size_t kAlignment = 16;

  Arena() = default;
  ~Arena() {
    while (first_ != nullptr) {
      Block* const next = first_->next;
      delete first_;
      first_ = next;
    }
  }
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // Room for `num_bytes` (at most kBlockBytes), aligned to kAlignment, or null when the system has
  // no memory left. Nothing is taken yet: the next reserve() returns the same room, unless commit()
  // takes some of it.
  char* reserve(size_t num_bytes) noexcept {
    if (num_bytes > free_bytes_ && !next_block()) return nullptr;
    return free_;
  }

  // Takes the first `num_bytes` of what was reserved last.
  void commit(size_t num_bytes) noexcept {
    const size_t taken = (num_bytes + kAlignment - 1) / kAlignment * kAlignment;
    free_ += taken < free_bytes_ ? taken : free_bytes_;
    free_bytes_ -= taken < free_bytes_ ? taken : free_bytes_;
  }

  // Gives back everything, and keeps the blocks.
  void reset() noexcept {
    if (first_ != nullptr) enter(first_);
  }

 private:
  struct Block {
    Block* next;
    alignas(64) char bytes[kBlockBytes];
  };

  void enter(Block* block) noexcept {
    current_ = block;
    free_ = block->bytes;
    free_bytes_ = kBlockBytes;
  }

  bool next_block() noexcept {
    Block*& next = current_ == nullptr ? first_ : current_->next;
    if (next == nullptr) {
      next = new (std::nothrow) Block;
      if (next == nullptr) return false;
      next->next = nullptr;
    }
    enter(next);
    return true;
  }

  Block* first_ = nullptr;
  Block* current_ = nullptr;
  char* free_ = nullptr;
  size_t free_bytes_ = 0;
};

}  // namespace simdjwt::internal

#endif  // SIMDJWT_CORE_VERIFY_ARENA_H_
