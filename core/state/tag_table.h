// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// TagTable: a number for each of many texts, which are known by a keyed hash; read while it
// changes.

#ifndef SIMDJWT_CORE_STATE_TAG_TABLE_H_
#define SIMDJWT_CORE_STATE_TAG_TABLE_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace simdjwt::internal {

// What stands for a text: 127 bits that nobody can foresee who does not know the key, and a one.
class Tag {
 public:
  using Key = std::array<uint8_t, 16>;

  // SipHash-2-4 with 128 bits of output.
  Tag(const Key& key, std::string_view text) noexcept;
  // Of `text` within `scope`: the hash of the scope is the key.
  Tag(const Tag& scope, std::string_view text) noexcept;

  [[nodiscard]] uint64_t first() const noexcept { return words_[0]; }  // odd
  [[nodiscard]] uint64_t second() const noexcept { return words_[1]; }

 private:
  std::array<uint64_t, 2> words_;
};

//   second()  -->  | free | tag, value | tag, value | left | free |
//                    empty   ^ probed one after the other, up to the first that was never taken
//
// Open addressing, at most half full, so that a search ends after three slots on average. A tag
// never moves while its slots are current, and a slot that was left is taken again by another tag:
// so a reader misses none that stays. When they are too few, all tags move to slots twice as many;
// those before are kept for the readers that may still be there, which costs as much again at most.
class TagTable {
 public:
  TagTable() = default;
  TagTable(const TagTable&) = delete;
  TagTable& operator=(const TagTable&) = delete;

  // --- Any thread ---

  // Whether nothing ever was in it. One load.
  [[nodiscard]] bool is_unused() const noexcept {
    return current_.load(std::memory_order_relaxed) == nullptr;
  }
  [[nodiscard]] std::optional<int64_t> find(const Tag& tag) const noexcept;

  // --- One writer ---

  // Gives the tag this value, unless it has a greater one.
  void raise(const Tag& tag, int64_t value);
  // Forgets the tags with values less than this, and returns how many.
  size_t erase_below(int64_t value);

  [[nodiscard]] size_t size() const noexcept { return num_tags_; }
  [[nodiscard]] size_t num_slots() const noexcept {
    return slots_.empty() ? 0 : slots_.back()->mask + 1;
  }

 private:
  // A first word that no tag has.
  static constexpr uint64_t kNeverTaken = 0;
  static constexpr uint64_t kLeft = 2;

  struct Slot {
    std::atomic<uint64_t> first{kNeverTaken};
    std::atomic<uint64_t> second{0};
    std::atomic<int64_t> value{0};
  };
  struct Slots {
    explicit Slots(size_t num_slots) : mask(num_slots - 1), slots(new Slot[num_slots]) {}
    [[nodiscard]] Slot& at(uint64_t position) const noexcept { return slots[position & mask]; }
    size_t mask;
    std::unique_ptr<Slot[]> slots;
  };

  void make_room();
  void insert(const Slots& slots, uint64_t first, uint64_t second, int64_t value) noexcept;
  void leave(const Slots& slots, uint64_t position) noexcept;

  std::atomic<const Slots*> current_{nullptr};
  std::vector<std::unique_ptr<const Slots>> slots_;  // the last is current
  size_t num_tags_ = 0;
  size_t num_left_ = 0;
};

}  // namespace simdjwt::internal

#endif  // SIMDJWT_CORE_STATE_TAG_TABLE_H_
