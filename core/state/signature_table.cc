// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "state/signature_table.h"

#include <absl/status/status.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace simdjwt {
namespace internal {
namespace {

using bytes::PolyvalBlock;
using bytes::Sha256;
using bytes::Sha2State;

constexpr size_t kNumTokensMax = size_t{1} << 32;

// What the keyed hash is asked for, told by a byte of its input.
enum class Purpose : uint8_t { kPoint, kFingerprint };

// A block of SHA-256 behind the 64 secret bytes. Its input always has this one length, so that it
// needs no padding.
Sha2State<Sha256> keyed_hash(const bytes::Sha2Kernel<Sha256>& kernel,
                             const Sha2State<Sha256>& midstate, Purpose purpose,
                             PolyvalBlock value) noexcept {
  std::array<uint8_t, Sha256::kBlockBytes> block{};
  std::memcpy(block.data(), &value, sizeof(value));
  block[sizeof(value)] = static_cast<uint8_t>(purpose);
  Sha2State<Sha256> state = midstate;
  const bytes::Sha2Lane<Sha256> lane = {&state, block.data(), 1, nullptr};
  kernel.compress(&lane, 1);
  return state;
}

constexpr uint64_t join(uint32_t high, uint32_t low) noexcept { return uint64_t{high} << 32 | low; }

}  // namespace

SignatureTable::SignatureTable(size_t num_tokens, const SignatureCache::Seed& seed)
    : secrets_(make_secrets(seed)),
      // Three slots for every two tokens: with two buckets to choose from, one token in a thousand
      // then finds no free slot. (Four for three: one in a hundred.)
      num_buckets_((num_tokens * 3 + 2 * kNumSlots - 1) / (2 * kNumSlots)),
      buckets_(new Bucket[num_buckets_]) {}

SignatureTable::Secrets SignatureTable::make_secrets(const SignatureCache::Seed& seed) noexcept {
  const bytes::Sha2Kernel<Sha256>& kernel = *bytes::selected_kernels().sha256;
  Sha2State<Sha256> midstate = bytes::kSha256InitialState;
  const bytes::Sha2Lane<Sha256> lane = {&midstate, seed.data(), 1, nullptr};
  kernel.compress(&lane, 1);
  const Sha2State<Sha256> point = keyed_hash(kernel, midstate, Purpose::kPoint, {});
  return {bytes::PolyvalKey({join(point[0], point[1]), join(point[2], point[3])}), midstate};
}

PolyvalBlock SignatureTable::digest(const bytes::Kernels& kernels,
                                    std::string_view token) const noexcept {
  return kernels.polyval->update(secrets_.value().polyval, {}, token);
}

SignatureFingerprint SignatureTable::fingerprint(
    const bytes::Kernels& kernels, PolyvalBlock digest, size_t token_bytes,
    const jose::AsymmetricKey::Identity& key) const noexcept {
  // The length ends the polynomial, so that tokens which differ by the filling of their last block
  // differ here.
  std::array<char, sizeof(key) + sizeof(PolyvalBlock)> end{};
  const uint64_t length = token_bytes;
  std::memcpy(end.data(), key.data(), key.size());
  std::memcpy(end.data() + key.size(), &length, sizeof(length));
  const Secrets& secrets = secrets_.value();
  const PolyvalBlock value =
      kernels.polyval->update(secrets.polyval, digest, {end.data(), end.size()});
  const Sha2State<Sha256> hash =
      keyed_hash(*kernels.sha256, secrets.midstate, Purpose::kFingerprint, value);
  return {.tag = {join(hash[0], hash[1]) | 1, join(hash[2], hash[3])},
          .buckets = {hash[4], hash[5]},
          .victim = hash[6]};
}

inline bool SignatureTable::holds(const Slot& slot, const std::array<uint64_t, 2>& tag) noexcept {
  return slot.words[0].load(std::memory_order_relaxed) == tag[0] &&
         slot.words[1].load(std::memory_order_relaxed) == tag[1];
}

inline bool SignatureTable::is_free(const Slot& slot) noexcept {
  return slot.words[0].load(std::memory_order_relaxed) == 0;
}

bool SignatureTable::contains(const SignatureFingerprint& fingerprint) const noexcept {
  for (const uint32_t number : fingerprint.buckets) {
    for (const Slot& slot : bucket(number).slots) {
      if (holds(slot, fingerprint.tag)) return true;
    }
  }
  return false;
}

// In the emptier of the two buckets, or at random in either.
SignatureTable::Slot& SignatureTable::slot_for(
    const SignatureFingerprint& fingerprint) const noexcept {
  std::array<Slot*, 2> free{};
  std::array<size_t, 2> num_free{};
  for (size_t i = 0; i < fingerprint.buckets.size(); ++i) {
    for (Slot& slot : bucket(fingerprint.buckets[i]).slots) {
      if (!is_free(slot)) continue;
      free[i] = &slot;
      ++num_free[i];
    }
  }
  const size_t emptier = num_free[1] > num_free[0] ? 1 : 0;
  if (free[emptier] != nullptr) return *free[emptier];
  const uint32_t victim = fingerprint.victim;
  return bucket(fingerprint.buckets[victim / kNumSlots % 2]).slots[victim % kNumSlots];
}

SignatureTable::Insertion SignatureTable::insert(const SignatureFingerprint& fingerprint) noexcept {
  if (contains(fingerprint)) return Insertion::kKnown;
  Slot& slot = slot_for(fingerprint);
  const Insertion insertion = is_free(slot) ? Insertion::kFree : Insertion::kEvicted;
  for (size_t i = 0; i < fingerprint.tag.size(); ++i) {
    slot.words[i].store(fingerprint.tag[i], std::memory_order_relaxed);
  }
  return insertion;
}

}  // namespace internal

SignatureCache::SignatureCache(std::unique_ptr<internal::SignatureTable> table) noexcept
    : table_(std::move(table)) {}
SignatureCache::~SignatureCache() = default;

absl::StatusOr<std::shared_ptr<SignatureCache>> SignatureCache::create(size_t num_tokens,
                                                                       const Seed& seed) {
  if (num_tokens == 0 || num_tokens > internal::kNumTokensMax) {
    return absl::InvalidArgumentError("a signature cache is for 1 to 2^32 tokens");
  }
  return std::shared_ptr<SignatureCache>(
      new SignatureCache(std::make_unique<internal::SignatureTable>(num_tokens, seed)));
}

size_t SignatureCache::size_bytes() const noexcept { return table_->size_bytes(); }

}  // namespace simdjwt
