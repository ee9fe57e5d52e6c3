// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// SignatureTable: what a SignatureCache holds; a lock-free set of fingerprints.

#ifndef SIMDJWT_CORE_STATE_SIGNATURE_TABLE_H_
#define SIMDJWT_CORE_STATE_SIGNATURE_TABLE_H_

#include <simdjwt/signature_cache.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "bytes/kernels.h"
#include "bytes/polyval.h"
#include "bytes/secret.h"
#include "bytes/sha2.h"
#include "jose/asymmetric_key.h"

namespace simdjwt::internal {

// Of a key and a token. `tag` is what is compared, never zero; the rest says where it may lie.
struct SignatureFingerprint {
  std::array<uint64_t, 2> tag;
  std::array<uint32_t, 2> buckets;
  uint32_t victim;
};

//                    0      16     32     48     64
//   fingerprint --> | slot | slot | slot | slot |      two of these, a cache line each
//
// Each slot is a tag, or zero. A tag is two words, written and read one after the other without
// more ado: a reader may see half of one and half of another. That is no more dangerous than a tag
// of a third token, as all are values of a pseudorandom function: 127 unpredictable bits must fit.
// For the same reason no access needs an order: there is nothing behind a tag that must be seen.
class SignatureTable {
 public:
  SignatureTable(size_t num_tokens, const SignatureCache::Seed& seed);

  // What the fingerprints of a token by all keys have in common: POLYVAL over its bytes. Most of
  // the work.
  [[nodiscard]] bytes::PolyvalBlock digest(const bytes::Kernels& kernels,
                                           std::string_view token) const noexcept;

  // SHA-256(64 secret bytes, POLYVAL(token, key, lengths)): one block from a midstate. The hash
  // hides the value of POLYVAL, parts of which show in which lines are touched.
  [[nodiscard]] SignatureFingerprint fingerprint(
      const bytes::Kernels& kernels, bytes::PolyvalBlock digest, size_t token_bytes,
      const jose::AsymmetricKey::Identity& key) const noexcept;

  // Begins to fetch what contains() reads.
  void prefetch(const SignatureFingerprint& fingerprint) const noexcept {
    for (const uint32_t number : fingerprint.buckets) __builtin_prefetch(&bucket(number));
  }
  [[nodiscard]] bool contains(const SignatureFingerprint& fingerprint) const noexcept;

  // Takes a free slot, or another token's, unless it is there already: a batch may hold a token
  // many times before any of them is remembered. If two threads meet, the same takes two slots.
  enum class Insertion : uint8_t { kKnown, kFree, kEvicted };
  Insertion insert(const SignatureFingerprint& fingerprint) noexcept;

  [[nodiscard]] size_t size_bytes() const noexcept { return num_buckets_ * sizeof(Bucket); }

 private:
  struct Slot {
    std::array<std::atomic<uint64_t>, 2> words{};
  };
  static constexpr size_t kNumSlots = 4;
  struct alignas(64) Bucket {
    std::array<Slot, kNumSlots> slots;
  };
  struct Secrets {
    bytes::PolyvalKey polyval;
    bytes::Sha2State<bytes::Sha256> midstate;
  };

  static Secrets make_secrets(const SignatureCache::Seed& seed) noexcept;
  static bool holds(const Slot& slot, const std::array<uint64_t, 2>& tag) noexcept;
  static bool is_free(const Slot& slot) noexcept;
  [[nodiscard]] Slot& slot_for(const SignatureFingerprint& fingerprint) const noexcept;
  [[nodiscard]] Bucket& bucket(uint32_t number) const noexcept {
    return buckets_[uint64_t{number} * num_buckets_ >> 32];
  }

  const bytes::Secret<Secrets> secrets_;
  const size_t num_buckets_;  // at most 2^32
  const std::unique_ptr<Bucket[]> buckets_;
};

struct SignatureCacheAccess {
  static SignatureTable& table(const SignatureCache& cache) noexcept { return *cache.table_; }
};

}  // namespace simdjwt::internal

#endif  // SIMDJWT_CORE_STATE_SIGNATURE_TABLE_H_
