// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Snapshot: an immutable value that is replaced while threads read it, without locks. Made for
// verifiers: publish a new one to rotate keys, and every reader uses it from its next read() on.

#ifndef SIMDJWT_SNAPSHOT_H_
#define SIMDJWT_SNAPSHOT_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

namespace simdjwt {

// Reclamation by quiescent states (the idea of RCU, McKenney and Slingwine 1998). Each published
// value has a version, and each reader a slot that tells the version it last entered:
//
//   current --> [version 7]    slots: [7] [6] [parked]    retired: [version 6]
//
// By entering version 7 a reader promises that it has let go of what it entered before. A retired
// value is deleted once every slot is beyond its version or parked: above, version 6 waits for the
// second reader.
//
// Readers are wait-free and never write to shared lines but their own slot. publish() never waits.
template <class T>
class Snapshot {
  struct Slot;

 public:
  // One for each reading thread. Must not outlive the Snapshot.
  class Reader {
   public:
    Reader(Reader&& other) noexcept
        : snapshot_(other.snapshot_), slot_(std::exchange(other.slot_, nullptr)) {}
    Reader& operator=(Reader&&) = delete;
    ~Reader() {
      if (slot_ != nullptr) slot_->version.store(kFree, std::memory_order_release);
    }

    // The newest value. Valid until the next read() or park() of this reader. One acquire load, and
    // one store to the reader's own cache line.
    [[nodiscard]] const T& read() noexcept {
      if (slot_->version.load(std::memory_order_relaxed) == kParked) {
        // The slot must say "may hold anything" before the pointer is loaded: a writer either sees
        // this store and keeps the old value, or has already exchanged the pointer that is loaded
        // below. That is the store-load order of Dekker's algorithm, which only seq_cst gives.
        slot_->version.store(0, std::memory_order_seq_cst);
      }
      // Acquire pairs with the exchange in publish(): the value is seen as constructed. seq_cst for
      // the order above; on x86-64 and aarch64 the load is as cheap as an acquire load.
      const Node* node = snapshot_->current_.load(std::memory_order_seq_cst);
      // Release: whatever was read through the previous value happens before its deletion.
      slot_->version.store(node->version, std::memory_order_release);
      return node->value;
    }

    // Says that this reader holds nothing, so that it delays no reclamation while it sleeps.
    void park() noexcept { slot_->version.store(kParked, std::memory_order_release); }

   private:
    friend class Snapshot;
    Reader(Snapshot* snapshot, Slot* slot) noexcept : snapshot_(snapshot), slot_(slot) {}
    Snapshot* snapshot_;
    Slot* slot_;
  };

  // Room for `num_readers_max` readers at a time. Allocates.
  Snapshot(T value, size_t num_readers_max) : slots_(num_readers_max) {
    current_.store(new Node{1, std::move(value)}, std::memory_order_relaxed);
  }
  ~Snapshot() { delete current_.load(std::memory_order_relaxed); }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  // A reader that is parked until its first read(). No more than `num_readers_max` may live at a
  // time; one more is a mistake of the program and traps.
  // Thread-safe.
  [[nodiscard]] Reader make_reader() noexcept {
    for (Slot& slot : slots_) {
      uint64_t free = kFree;
      if (slot.version.compare_exchange_strong(free, kParked, std::memory_order_acq_rel)) {
        return Reader(this, &slot);
      }
    }
    __builtin_trap();
  }

  // Replaces the value; readers that enter from now on see the new one. Deletes what no reader can
  // hold any more. One writer at a time: calls must not overlap. Allocates.
  void publish(T value) {
    const Node* old = current_.load(std::memory_order_relaxed);
    std::unique_ptr<Node> next(new Node{old->version + 1, std::move(value)});
    retired_.reserve(retired_.size() + 1);
    // Release publishes the new value; seq_cst orders the exchange before the slots are read.
    current_.exchange(next.release(), std::memory_order_seq_cst);
    retired_.emplace_back(old);
    reclaim();
  }

  // Deletes what no reader can hold any more and returns how many values still wait. The writer's
  // alone.
  size_t reclaim() {
    uint64_t oldest = std::numeric_limits<uint64_t>::max();
    for (const Slot& slot : slots_) {
      const uint64_t version = slot.version.load(std::memory_order_seq_cst);
      if (version < oldest) oldest = version;
    }
    std::erase_if(retired_, [oldest](const auto& node) { return node->version < oldest; });
    return retired_.size();
  }

 private:
  // Above every version, so that neither holds anything back.
  static constexpr uint64_t kParked = std::numeric_limits<uint64_t>::max() - 1;
  static constexpr uint64_t kFree = std::numeric_limits<uint64_t>::max();

  struct Node {
    uint64_t version;
    const T value;
  };
  // A cache line each, so that readers do not disturb one another.
  struct alignas(64) Slot {
    std::atomic<uint64_t> version{kFree};
  };

  std::atomic<const Node*> current_;
  std::vector<Slot> slots_;
  std::vector<std::unique_ptr<const Node>> retired_;
};

}  // namespace simdjwt

#endif  // SIMDJWT_SNAPSHOT_H_
