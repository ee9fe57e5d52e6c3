// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The steps of a verification, in order:
//
//   open           split, header, choice of key, length of the signature; of many issuers' keys
//                  those of the one that the claims name
//   decode         payload and signature
//   authenticate   the tag under the chosen key, compared, or its signature verified; further keys,
//                  if there are any
//   accept         claims JSON, claims, policy, revocation; only behind a right tag
//
// Whatever a step finds wrong ends the token there.
//
// verify.cc takes one token through them, verify_batch.cc many side by side.

#ifndef SIMDJWT_CORE_VERIFY_PIPELINE_H_
#define SIMDJWT_CORE_VERIFY_PIPELINE_H_

#include <simdjwt/verdict.h>
#include <simdjwt/verifier.h>

#include <cstdint>
#include <string_view>

#include "bytes/hmac.h"
#include "state/revocation_tables.h"
#include "state/signature_table.h"
#include "verify/pending.h"
#include "verify/policy_rules.h"
#include "verify/scratch.h"

namespace simdjwt::internal {

class IssuerTable;

// What the steps share of a verifier and one call of it.
struct Pipeline {
  ScratchMemory& memory;
  const KeyTable& keys;
  const IssuerTable* issuers;  // whose keys are used instead; or null
  const PolicyRules& rules;
  SignatureTable* signatures;          // verified before; or null
  const RevocationGuard* revocations;  // or null
  uint64_t verifier_id;
  int64_t now;

  // Fills in `pending` up to the key to try. kValid, or a verdict before the signature.
  Verdict open(std::string_view token, PendingToken& pending) const noexcept;

  // Decodes signature and payload of an open token, before or after its tag is computed. kValid, or
  // what is wrong with its encoding.
  Verdict decode(PendingToken& pending) const noexcept;

  // Computes pending.tag under pending.key, calling `meanwhile` as bytes::hmac_beside does, or
  // calls `meanwhile`, and verifies the signature if that returned true.
  void compute_tag(PendingToken& pending, absl::FunctionRef<bool()> meanwhile) const noexcept;

  // What compute_tag does for the RSA signature of which this is the power.
  void judge_power(PendingToken& pending, const uint8_t* power) const noexcept;

  // Takes a decoded token, for which compute_tag was done, through the last two steps.
  void finish(PendingToken& pending, VerifyResult& result) const noexcept;

  static void reject(const PendingToken& pending, const Findings& findings,
                     VerifyResult& result) noexcept;

 private:
  [[nodiscard]] SignatureFingerprint fingerprint(const PendingToken& pending) const noexcept;
  void look_up_signature(PendingToken& pending) const noexcept;
  void recall_signature(PendingToken& pending) const noexcept;
  void verify_signature(PendingToken& pending) const noexcept;
  void remember_signature(const PendingToken& pending) const noexcept;
  bool split_like_last(std::string_view token, PendingToken& pending) const noexcept;
  // Null if there is no memory.
  [[nodiscard]] AcceptedToken* room_for_claims() const noexcept;
  void keep(const AcceptedToken& token) const noexcept;
  // Finds the keys of the issuer that the token names; null if it names none. False if there is no
  // memory.
  bool find_issuer(PendingToken& pending, const KeyTable*& issuers_keys) const noexcept;
  // Finds out what the header says, and the candidates among these keys, if there are any.
  Verdict read_header(PendingToken& pending, const KeyTable* among) const noexcept;
  // Chooses one of the candidates. kValid, or a verdict of a token whose parts are all base64url.
  Verdict find_key(PendingToken& pending) const noexcept;
  uint8_t* long_signature_room(PendingToken& pending) const noexcept;
  // Whether a later key's tag is the signature. kValid, kBadSignature or kOutOfMemory.
  Verdict try_later_keys(PendingToken& pending) const noexcept;
  void learn(const PendingToken& pending) const noexcept;
  void learn_header(std::string_view encoded) const noexcept;
  // Remembers what came with a right signature, judges the claims, and remembers the signature.
  void accept(PendingToken& pending, VerifyResult& result) const noexcept;
  // The verdicts of judge_parties, remembered for tokens that have the same shape.
  VerdictSet judge_parties(const jose::Claims& claims) const noexcept;
  // Reads the claims and judges them under the policy.
  Findings judge(const PendingToken& pending, AcceptedToken& token) const noexcept;
};

// The tag of an HMAC key as a job of many.
template <class Hash>
bytes::HmacJob<Hash> hmac_job(PendingToken& pending, const bytes::HmacMidstates<Hash>& midstates,
                              const bytes::Sha2State<Hash> HashedBegin::*state) noexcept {
  bytes::HmacJob<Hash> job = {&midstates, pending.view.signing_input(),
                              signature_bytes(pending.facts.alg), pending.tag.data()};
  if (pending.begin != nullptr) {
    job.begun = &(pending.begin->*state);
    job.begun_bytes = pending.begin->num_chars;
  }
  return job;
}
inline bytes::HmacJob<bytes::Sha256> sha256_job(PendingToken& pending) noexcept {
  return hmac_job(pending, pending.key->sha256(), &HashedBegin::sha256);
}
inline bytes::HmacJob<bytes::Sha512> sha512_job(PendingToken& pending) noexcept {
  return hmac_job(pending, pending.key->sha512(), &HashedBegin::sha512);
}

}  // namespace simdjwt::internal

#endif  // SIMDJWT_CORE_VERIFY_PIPELINE_H_
