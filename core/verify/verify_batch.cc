// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include <simdjwt/verifier.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "verify/pipeline.h"
#include "verify/scratch.h"

namespace simdjwt {
namespace {

using internal::Findings;
using internal::kPendingMax;
using internal::PendingToken;
using internal::Pipeline;

// Tokens that came from far away in memory are asked for while others are being opened: 300 ns a
// token that lies behind the caches instead of 550. Tried: a fixed number of lines, unrolled, 26
// instructions less, but 40 ns more for tokens in the third-level cache.
constexpr size_t kPrefetchAhead = 2;
void prefetch(std::string_view token) noexcept {
  constexpr size_t kLineBytes = 64;
  const size_t num_bytes = std::min(token.size(), kTokenBytesMax);
  for (size_t i = 0; i < num_bytes; i += kLineBytes) __builtin_prefetch(token.data() + i);
}

// The tokens of one call: each is opened, waits in a lane for its tag or the power of its signature
// beside others, and is judged as soon as that is there. The lanes of each hash family, and those
// of RSA for each length of moduli, fill up independently. Signatures of other algorithms, and
// those of RSA that no kernel takes, are verified one after the other.
class Batch {
 public:
  Batch(const Pipeline& pipeline, std::span<VerifyResult> results) noexcept
      : pipeline_(pipeline), memory_(pipeline.memory), results_(results) {
    std::iota(free_.begin(), free_.end(), uint8_t{0});
  }

  void add(size_t index, std::string_view token) noexcept {
    const uint8_t slot = free_[num_open_];
    PendingToken& pending = memory_.pending[slot];
    Verdict verdict = pipeline_.open(token, pending);
    if (verdict == Verdict::kValid) verdict = pipeline_.decode(pending);
    if (verdict != Verdict::kValid) {
      return Pipeline::reject(pending, Findings::only(verdict), results_[index]);
    }
    index_[slot] = index;
    ++num_open_;
    if (pending.facts.alg == Algorithm::kHs256) {
      add_to(memory_.sha256_lanes, internal::sha256_job(pending), slot);
    } else if (!is_hmac(pending.facts.alg)) {
      add_signature(pending, slot);
    } else {
      add_to(memory_.sha512_lanes, internal::sha512_job(pending), slot);
    }
  }

  void finish() noexcept {
    while (!memory_.sha256_lanes.is_empty()) judge(memory_.sha256_lanes.run());
    while (!memory_.sha512_lanes.is_empty()) judge(memory_.sha512_lanes.run());
    for (bytes::RsaLanes& lanes : memory_.rsa_lanes) judge(lanes);
  }

 private:
  template <class Hash>
  void add_to(bytes::HmacLanes<Hash>& lanes, const bytes::HmacJob<Hash>& job,
              uint8_t slot) noexcept {
    lanes.add(job, slot);
    if (lanes.is_full()) judge(lanes.run());
  }

  void add_signature(PendingToken& pending, uint8_t slot) noexcept {
    bytes::RsaLanes* const lanes = lanes_for(pending);
    if (lanes == nullptr) return judge_alone(slot);
    lanes->add(*pending.key->asymmetric()->rsa_modulus(), pending.long_signature, slot);
    if (lanes->is_full()) judge(*lanes);
  }

  // Null where there are none: for what is remembered, what is not RSA, keys and CPUs without a
  // kernel, and signatures that no power makes right.
  bytes::RsaLanes* lanes_for(const PendingToken& pending) noexcept {
    const bytes::RsaModulus* const modulus = pending.key->asymmetric()->rsa_modulus();
    if (pending.is_signed || modulus == nullptr || !modulus->exceeds(pending.long_signature)) {
      return nullptr;
    }
    bytes::RsaLanes& lanes = memory_.rsa_lanes[modulus->length_index()];
    return lanes.is_usable() ? &lanes : nullptr;
  }

  void judge(bytes::RsaLanes& lanes) noexcept {
    const bool is_worthwhile = lanes.is_worthwhile();
    if (is_worthwhile) lanes.run();
    const std::span<const uint8_t> slots = lanes.take();
    for (size_t i = 0; i < slots.size(); ++i) {
      if (!is_worthwhile) {
        judge_alone(slots[i]);
        continue;
      }
      pipeline_.judge_power(memory_.pending[slots[i]], lanes.power(i));
      judge(slots[i]);
    }
  }

  void judge_alone(uint8_t slot) noexcept {
    pipeline_.compute_tag(memory_.pending[slot], [] { return true; });
    judge(slot);
  }

  void judge(std::span<const uint8_t> slots) noexcept {
    for (const uint8_t slot : slots) judge(slot);
  }

  void judge(uint8_t slot) noexcept {
    pipeline_.finish(memory_.pending[slot], results_[index_[slot]]);
    free_[--num_open_] = slot;
  }

  const Pipeline& pipeline_;
  internal::ScratchMemory& memory_;
  const std::span<VerifyResult> results_;
  size_t num_open_ = 0;
  std::array<uint8_t, kPendingMax> free_;  // slots of memory_.pending, from num_open_ on
  std::array<size_t, kPendingMax> index_;  // of the token in each slot
};

}  // namespace

void Verifier::verify_batch(std::span<const std::string_view> tokens,
                            std::span<VerifyResult> results, Scratch& scratch,
                            int64_t now) const noexcept {
  const Pipeline pipeline = this->pipeline(scratch, now);
  pipeline.memory.release();
  Batch batch(pipeline, results);
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (i + kPrefetchAhead < tokens.size()) prefetch(tokens[i + kPrefetchAhead]);
    batch.add(i, tokens[i]);
  }
  batch.finish();
}

}  // namespace simdjwt
