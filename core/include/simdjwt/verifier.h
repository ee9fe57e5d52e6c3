// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Verifier: signature, then claims, of JSON Web Tokens (RFC 7519); one at a time or many.

#ifndef SIMDJWT_VERIFIER_H_
#define SIMDJWT_VERIFIER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "simdjwt/issuer_keys.h"
#include "simdjwt/key_set.h"
#include "simdjwt/policy.h"
#include "simdjwt/revocation.h"
#include "simdjwt/signature_cache.h"
#include "simdjwt/verdict.h"
#include "simdjwt/verified_token.h"

namespace simdjwt {

namespace internal {
class RevocationGuard;
class ScratchMemory;
struct Pipeline;
}  // namespace internal

// How often verifications looked for a token in a SignatureCache, and what came of it.
struct SignatureLookups {
  uint64_t hits = 0;
  uint64_t misses = 0;
  uint64_t inserts = 0;    // misses that were accepted, and are remembered since
  uint64_t evictions = 0;  // inserts for which another token was forgotten
};

// Working memory of one thread: about 260 KiB, more where batches need it. Never shared between
// threads that run at the same time; may serve any number of verifiers. Its construction allocates
// and picks the kernels; a verification allocates only to grow it, and growing stops once it has
// seen the largest batch. What libcrypto allocates for a signature is another matter: see Verifier.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(Scratch&&) noexcept;
  Scratch& operator=(Scratch&&) noexcept;

  // Those with this scratch since they were last taken, for whoever keeps counters.
  [[nodiscard]] SignatureLookups take_signature_lookups() noexcept;

 private:
  friend class Verifier;
  std::unique_ptr<internal::ScratchMemory> memory_;
};

// The outcome of one verification. Trivially copyable; the token it leads to lives in the Scratch.
class VerifyResult {
 public:
  VerifyResult() = default;  // not judged: kOutOfMemory

  [[nodiscard]] Verdict verdict() const noexcept { return verdict_; }
  [[nodiscard]] explicit operator bool() const noexcept { return verdict_ == Verdict::kValid; }

  // The accepted token. Only for a valid result; valid until the Scratch is used again.
  [[nodiscard]] const VerifiedToken& operator*() const noexcept { return *token_; }
  [[nodiscard]] const VerifiedToken* operator->() const noexcept { return token_; }

  // All failed claim checks where the policy collects them, else the verdict alone. Never holds
  // claim failures beside a failed signature.
  [[nodiscard]] VerdictSet failures() const noexcept { return failures_; }

  // Of kClaimMissing, kClaimForbidden and kClaimMismatch: which rules of the policy failed, rule i
  // as bit i (see Policy::rule_claim). One bit, unless the policy collects all failures.
  [[nodiscard]] uint64_t failed_rules() const noexcept { return failed_rules_; }

  // Of a Verifier with IssuerKeys: the one among them whose keys the token was judged by, because
  // it names that issuer; unless it is valid, anybody may have written that. Empty if it names none
  // of them. Lives as long as the IssuerKeys.
  [[nodiscard]] std::string_view issuer() const noexcept {
    return issuer_ == nullptr ? std::string_view() : *issuer_;
  }

  // The number by which the gate of the RevocationCheck knows the token, for whoever counts what is
  // done with which: be it accepted or refused, its signature is right. nullopt of all others, and
  // where there is no gate.
  [[nodiscard]] std::optional<uint64_t> token_number() const noexcept { return token_number_; }

 private:
  friend struct internal::Pipeline;
  const VerifiedToken* token_ = nullptr;
  std::optional<uint64_t> token_number_;
  const std::string* issuer_ = nullptr;
  VerdictSet failures_;
  uint64_t failed_rules_ = 0;
  Verdict verdict_ = Verdict::kOutOfMemory;
};

// Immutable: any number of threads may use one Verifier, each with a Scratch of its own. Copies
// share keys and policy.
//
// A verification waits for nobody and throws nothing. Under HMAC and Ed25519 keys, and wherever a
// signature is found in the cache or verified beside others of a batch, it allocates nothing (see
// Scratch) and takes no lock. Else libcrypto, for RSA, ECDSA and Ed448, allocates some dozens of
// small objects that it frees again, and reads an RSA key under a lock that is written once. Where
// there is no memory, the verdict is kOutOfMemory.
class Verifier {
 public:
  // With a cache, asymmetric signatures that it remembers are not verified again; it may be shared
  // with other verifiers. No verdict is another for it. With revocations, a token that would be
  // valid is asked for there (but not under a Policy::signature_only(), which sees no claims).
  Verifier(KeySet keys, Policy policy, std::shared_ptr<SignatureCache> signatures = nullptr,
           const RevocationCheck& revocations = {});

  // For tokens of many issuers: each is judged by the keys of the issuer that its iss names. That
  // is read before the signature is checked, and does nothing but choose: a token that is not valid
  // JSON to its end, or names no issuer that is known, or none at all, is refused for want of a key
  // (kNoMatchingKey), whatever else is wrong with its claims. Where the signature is right, iss is
  // what the owner of the keys signed.
  Verifier(IssuerKeys issuers, Policy policy, std::shared_ptr<SignatureCache> signatures = nullptr,
           const RevocationCheck& revocations = {});

  // --- One token ---
  // `token` is the bare token, without "Bearer"; it need not be terminated and nothing outside it
  // is read. `now` is the time in seconds since 1970.
  [[nodiscard]] VerifyResult verify(std::string_view token, Scratch& scratch,
                                    int64_t now) const noexcept;

  // --- Many tokens ---
  // Judges tokens[i] into results[i], exactly as verify() would, but computes several HMACs or RSA
  // signatures at a time: fastest from a few dozen tokens on. `results` has at least as many
  // elements as `tokens`. All accepted tokens stay readable until the scratch is used again; that
  // memory (about twice the tokens' size) stays with the scratch.
  void verify_batch(std::span<const std::string_view> tokens, std::span<VerifyResult> results,
                    Scratch& scratch, int64_t now) const noexcept;

  // --- Inspection ---
  // KeySet::unavailable(), if there are issuers.
  [[nodiscard]] const KeySet& keys() const noexcept { return keys_; }
  [[nodiscard]] const std::optional<IssuerKeys>& issuers() const noexcept { return issuers_; }
  [[nodiscard]] const Policy& policy() const noexcept { return policy_; }

 private:
  internal::Pipeline pipeline(Scratch& scratch, int64_t now) const noexcept;

  Verifier(KeySet keys, std::optional<IssuerKeys> issuers, Policy policy,
           std::shared_ptr<SignatureCache> signatures, const RevocationCheck& revocations);

  KeySet keys_;
  std::optional<IssuerKeys> issuers_;
  Policy policy_;
  std::shared_ptr<SignatureCache> signatures_;                    // or null
  std::shared_ptr<const internal::RevocationGuard> revocations_;  // or null
  uint64_t id_;  // of this combination of keys and policy; tags what a Scratch remembers
};

}  // namespace simdjwt

#endif  // SIMDJWT_VERIFIER_H_
