// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "state/tag_table.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>

namespace simdjwt::internal {
namespace {

constexpr size_t kNumSlotsMin = 64;

}  // namespace

Tag::Tag(const Key& key, std::string_view text) noexcept {
  static_assert(sizeof(words_) == crypto_shorthash_siphashx24_BYTES);
  static_assert(sizeof(Key) == crypto_shorthash_siphashx24_KEYBYTES);
  std::array<uint8_t, sizeof(words_)> hash;
  crypto_shorthash_siphashx24(hash.data(), reinterpret_cast<const uint8_t*>(text.data()),
                              text.size(), key.data());
  std::memcpy(words_.data(), hash.data(), hash.size());
  words_[0] |= 1;
}

Tag::Tag(const Tag& scope, std::string_view text) noexcept {
  Key key;
  std::memcpy(key.data(), scope.words_.data(), key.size());
  *this = Tag(key, text);
}

// A slot is read word by word while the writer may give it to another tag, so that the words of two
// may be seen. That is no more dangerous than a third tag: 127 unpredictable bits must fit. What
// must not happen is that a tag is missed which stays, and it stands still.
std::optional<int64_t> TagTable::find(const Tag& tag) const noexcept {
  // Acquire pairs with the release in make_room(): the slots are seen with all that moved there.
  const Slots* const slots = current_.load(std::memory_order_acquire);
  if (slots == nullptr) return std::nullopt;
  for (uint64_t position = tag.second();; ++position) {
    const Slot& slot = slots->at(position);
    // Acquire pairs with the release in insert(): with the first word, the others are seen.
    const uint64_t first = slot.first.load(std::memory_order_acquire);
    if (first == kNeverTaken) return std::nullopt;
    if (first == tag.first() && slot.second.load(std::memory_order_relaxed) == tag.second()) {
      return slot.value.load(std::memory_order_relaxed);
    }
  }
}

// Half of the slots have never been taken, so that every search ends.
void TagTable::make_room() {
  const Slots* const old = current_.load(std::memory_order_relaxed);
  if (old != nullptr && (num_tags_ + num_left_ + 1) * 2 <= old->mask + 1) return;
  const size_t num_slots = old == nullptr ? kNumSlotsMin : (old->mask + 1) * 2;
  auto fresh = std::make_unique<const Slots>(num_slots);
  slots_.reserve(slots_.size() + 1);
  num_tags_ = num_left_ = 0;
  for (size_t i = 0; old != nullptr && i <= old->mask; ++i) {
    const Slot& slot = old->slots[i];
    const uint64_t first = slot.first.load(std::memory_order_relaxed);
    if (first == kNeverTaken || first == kLeft) continue;
    insert(*fresh, first, slot.second.load(std::memory_order_relaxed),
           slot.value.load(std::memory_order_relaxed));
  }
  current_.store(fresh.get(), std::memory_order_release);
  slots_.push_back(std::move(fresh));
}

// A tag that is not there, to where there is room.
void TagTable::insert(const Slots& slots, uint64_t first, uint64_t second, int64_t value) noexcept {
  uint64_t position = second;
  uint64_t taken = slots.at(position).first.load(std::memory_order_relaxed);
  while (taken != kNeverTaken && taken != kLeft) {
    taken = slots.at(++position).first.load(std::memory_order_relaxed);
  }
  if (taken == kLeft) --num_left_;
  Slot& slot = slots.at(position);
  slot.value.store(value, std::memory_order_relaxed);
  slot.second.store(second, std::memory_order_relaxed);
  slot.first.store(first, std::memory_order_release);
  ++num_tags_;
}

void TagTable::raise(const Tag& tag, int64_t value) {
  make_room();
  const Slots& slots = *current_.load(std::memory_order_relaxed);
  for (uint64_t position = tag.second();; ++position) {
    Slot& slot = slots.at(position);
    const uint64_t first = slot.first.load(std::memory_order_relaxed);
    if (first == kNeverTaken) return insert(slots, tag.first(), tag.second(), value);
    if (first == tag.first() && slot.second.load(std::memory_order_relaxed) == tag.second()) {
      // Relaxed: who learnt of this change sees this value or a later one, which is greater.
      const int64_t old = slot.value.load(std::memory_order_relaxed);
      return slot.value.store(std::max(old, value), std::memory_order_relaxed);
    }
  }
}

// The slot is left, unless no search goes beyond it: then it, and those left before it, are as if
// they had never been taken.
void TagTable::leave(const Slots& slots, uint64_t position) noexcept {
  slots.at(position).first.store(kLeft, std::memory_order_relaxed);
  ++num_left_;
  --num_tags_;
  if (slots.at(position + 1).first.load(std::memory_order_relaxed) != kNeverTaken) return;
  while (slots.at(position).first.load(std::memory_order_relaxed) == kLeft) {
    slots.at(position--).first.store(kNeverTaken, std::memory_order_relaxed);
    --num_left_;
  }
}

size_t TagTable::erase_below(int64_t value) {
  const Slots* const slots = current_.load(std::memory_order_relaxed);
  const size_t before = num_tags_;
  for (uint64_t i = 0; slots != nullptr && i <= slots->mask; ++i) {
    const Slot& slot = slots->at(i);
    const uint64_t first = slot.first.load(std::memory_order_relaxed);
    if (first == kNeverTaken || first == kLeft) continue;
    if (slot.value.load(std::memory_order_relaxed) < value) leave(*slots, i);
  }
  return before - num_tags_;
}

}  // namespace simdjwt::internal
