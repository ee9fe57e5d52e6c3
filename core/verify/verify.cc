// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include <simdjwt/verifier.h>

#include <atomic>
#include <utility>

#include "state/issuer_table.h"
#include "state/key_table.h"
#include "state/revocation_tables.h"
#include "state/signature_table.h"
#include "verify/pipeline.h"
#include "verify/policy_rules.h"
#include "verify/scratch.h"

namespace simdjwt {
namespace {

// Identifies a combination of keys and policy for as long as the process lives. Relaxed: only
// uniqueness matters.
uint64_t next_verifier_id() noexcept {
  static constinit std::atomic<uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace

Scratch::Scratch() : memory_(std::make_unique<internal::ScratchMemory>()) {}
Scratch::~Scratch() = default;
Scratch::Scratch(Scratch&&) noexcept = default;
Scratch& Scratch::operator=(Scratch&&) noexcept = default;

SignatureLookups Scratch::take_signature_lookups() noexcept {
  return std::exchange(memory_->signature_lookups, {});
}

Verifier::Verifier(KeySet keys, Policy policy, std::shared_ptr<SignatureCache> signatures,
                   const RevocationCheck& revocations)
    : Verifier(std::move(keys), std::nullopt, std::move(policy), std::move(signatures),
               revocations) {}

Verifier::Verifier(IssuerKeys issuers, Policy policy, std::shared_ptr<SignatureCache> signatures,
                   const RevocationCheck& revocations)
    : Verifier(KeySet::unavailable(), std::move(issuers), std::move(policy), std::move(signatures),
               revocations) {}

Verifier::Verifier(KeySet keys, std::optional<IssuerKeys> issuers, Policy policy,
                   std::shared_ptr<SignatureCache> signatures, const RevocationCheck& revocations)
    : keys_(std::move(keys)),
      issuers_(std::move(issuers)),
      policy_(std::move(policy)),
      signatures_(std::move(signatures)),
      revocations_(revocations.revocations == nullptr && revocations.gate == nullptr
                       ? nullptr
                       : std::make_shared<const internal::RevocationGuard>(revocations)),
      id_(next_verifier_id()) {}

internal::Pipeline Verifier::pipeline(Scratch& scratch, int64_t now) const noexcept {
  return {*scratch.memory_,
          internal::KeySetAccess::table(keys_),
          issuers_ ? &internal::IssuerKeysAccess::table(*issuers_) : nullptr,
          internal::PolicyAccess::rules(policy_),
          signatures_ == nullptr ? nullptr : &internal::SignatureCacheAccess::table(*signatures_),
          revocations_.get(),
          id_,
          now};
}

VerifyResult Verifier::verify(std::string_view token, Scratch& scratch,
                              int64_t now) const noexcept {
  const internal::Pipeline pipeline = this->pipeline(scratch, now);
  pipeline.memory.release();
  internal::PendingToken& pending = pipeline.memory.pending[0];

  VerifyResult result;
  Verdict verdict = pipeline.open(token, pending);
  if (verdict == Verdict::kValid) {
    pipeline.compute_tag(pending, [&] {
      verdict = pipeline.decode(pending);
      return verdict == Verdict::kValid;
    });
  }
  if (verdict == Verdict::kValid) {
    pipeline.finish(pending, result);
  } else {
    pipeline.reject(pending, internal::Findings::only(verdict), result);
  }
  return result;
}

}  // namespace simdjwt
