// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "verify/pipeline.h"

#include <algorithm>
#include <new>

#include "bytes/constant_time.h"
#include "jose/header.h"
#include "jose/token_split.h"
#include "state/issuer_table.h"
#include "state/key_table.h"

namespace simdjwt::internal {
namespace {

using bytes::base64url_decoded_bytes;
using bytes::kBase64urlDecodeSlackBytes;

static_assert(jose::kJsonPaddingBytes >= kBase64urlDecodeSlackBytes,
              "a decoded part may be followed by the decoder's slack or the reader's padding");

// Whether the claims were read to their end.
bool are_claims_read(const Findings& findings) noexcept {
  return findings.first != Verdict::kBadClaimsJson && findings.first != Verdict::kDuplicateClaim;
}

// Picks the first key of `candidates` that is for the header's alg, active, and has signatures of
// this length, and leaves the others for later.
Verdict choose_key(std::span<const Key> candidates, int64_t now, PendingToken& pending) noexcept {
  if (candidates.empty()) return Verdict::kNoMatchingKey;
  Verdict verdict = Verdict::kAlgMismatch;
  for (size_t i = 0; i < candidates.size(); ++i) {
    const KeyMaterial& material = KeyAccess::material(candidates[i]);
    if (material.algorithm != pending.facts.alg) continue;
    if (material.active_at(now)) {
      if (material.signature_chars != pending.view.signature().size()) {
        verdict = Verdict::kBadSignatureLength;
        continue;
      }
      pending.key = &material;
      pending.later = candidates.subspan(i + 1);
      return Verdict::kValid;
    }
    if (verdict == Verdict::kAlgMismatch) {
      verdict = now < material.period.not_before ? Verdict::kKeyNotYetActive : Verdict::kKeyExpired;
    }
  }
  return verdict;
}

inline bool is_authentic(const PendingToken& pending) noexcept {
  if (!is_hmac(pending.facts.alg)) return pending.is_signed;
  return bytes::constant_time_equal(pending.tag.data(), pending.signature.data(),
                                    signature_bytes(pending.facts.alg));
}

}  // namespace

// What an accepted token leaves in the arena, or one whose claims were read beforehand; as much of
// the room for members as it uses.
struct AcceptedToken {
  jose::Claims claims;
  alignas(VerifiedToken) char token[sizeof(VerifiedToken)];
  jose::JsonMembers members;
};
static_assert(alignof(AcceptedToken) <= Arena::kAlignment);
static_assert(jose::json_room_bytes(kTokenBytesMax) + sizeof(AcceptedToken) <= Arena::kBlockBytes,
              "any one token fits a block");

inline AcceptedToken* Pipeline::room_for_claims() const noexcept {
  char* const room = memory.arena.reserve(sizeof(AcceptedToken));
  return room == nullptr ? nullptr : new (room) AcceptedToken;
}

inline void Pipeline::keep(const AcceptedToken& token) const noexcept {
  memory.arena.commit(offsetof(AcceptedToken, members) +
                      token.members.used_bytes(token.claims.object()));
}

void Pipeline::compute_tag(PendingToken& pending,
                           absl::FunctionRef<bool()> meanwhile) const noexcept {
  if (pending.facts.alg == Algorithm::kHs256) {
    bytes::hmac_beside(*memory.kernels.sha256, sha256_job(pending), meanwhile);
  } else if (is_hmac(pending.facts.alg)) {
    bytes::hmac_beside(*memory.kernels.sha512, sha512_job(pending), meanwhile);
  } else if (meanwhile() && !pending.is_signed) {
    verify_signature(pending);
  }
}

// Beside what this costs, the claims take no time: nothing is done meanwhile.
[[gnu::noinline]] void Pipeline::verify_signature(PendingToken& pending) const noexcept {
  const jose::AsymmetricKey& key = *pending.key->asymmetric();
  const bool is_long = key.signature_bytes() > bytes::kHmacTagBytesMax;
  const Verdict verdict = key.verify(memory.kernels, pending.view.signing_input(),
                                     is_long ? pending.long_signature : pending.signature.data());
  pending.is_signed = verdict == Verdict::kValid;
  pending.is_in_doubt |= verdict == Verdict::kOutOfMemory;
}

[[gnu::noinline]] void Pipeline::judge_power(PendingToken& pending,
                                             const uint8_t* power) const noexcept {
  pending.is_signed =
      pending.key->asymmetric()->verify_power(memory.kernels, pending.view.signing_input(), power);
}

SignatureFingerprint Pipeline::fingerprint(const PendingToken& pending) const noexcept {
  return signatures->fingerprint(memory.kernels, pending.digest, pending.view.text().size(),
                                 pending.key->asymmetric()->identity());
}

// Asks for the memory that recall_signature will look at.
[[gnu::noinline]] void Pipeline::look_up_signature(PendingToken& pending) const noexcept {
  pending.may_be_known = true;
  pending.digest = signatures->digest(memory.kernels, pending.view.text());
  pending.fingerprint = fingerprint(pending);
  signatures->prefetch(pending.fingerprint);
}

// Whether one of the keys has verified exactly this token before. All are asked before any has to
// verify it: the right one may not be the first.
[[gnu::noinline]] void Pipeline::recall_signature(PendingToken& pending) const noexcept {
  const KeyMaterial* const first = pending.key;
  const std::span<const Key> later = pending.later;
  pending.is_signed = signatures->contains(pending.fingerprint);
  while (!pending.is_signed && choose_key(pending.later, now, pending) == Verdict::kValid) {
    pending.is_signed = signatures->contains(fingerprint(pending));
  }
  SignatureLookups& lookups = memory.signature_lookups;
  ++(pending.is_signed ? lookups.hits : lookups.misses);
  pending.is_new = !pending.is_signed;
  if (pending.is_signed) return;
  pending.key = first;
  pending.later = later;
}

[[gnu::noinline]] void Pipeline::remember_signature(const PendingToken& pending) const noexcept {
  const SignatureTable::Insertion insertion = signatures->insert(fingerprint(pending));
  SignatureLookups& lookups = memory.signature_lookups;
  if (insertion != SignatureTable::Insertion::kKnown) ++lookups.inserts;
  if (insertion == SignatureTable::Insertion::kEvicted) ++lookups.evictions;
}

void Pipeline::reject(const PendingToken& pending, const Findings& findings,
                      VerifyResult& result) noexcept {
  result.token_ = nullptr;
  result.issuer_ = pending.issuer;
  result.token_number_ = std::nullopt;
  result.failures_ = findings.all;
  result.failed_rules_ = findings.failed_rules;
  result.verdict_ = findings.first;
}

// Most tokens begin with the header that the last one had. Then its key is known, and by the length
// of that key's signatures, where the second dot has to be. Should there be more dots, the decoder
// will trip over them.
inline bool Pipeline::split_like_last(std::string_view token,
                                      PendingToken& pending) const noexcept {
  const HeaderMemo::Entry* const known = memory.memo.find_last(verifier_id, token, pending.begin);
  if (known == nullptr || token.size() > kTokenBytesMax) return false;
  const size_t header_end = known->header_chars;
  const size_t behind_claims = 1 + size_t{known->facts.signature_chars};
  // A header, a dot, a character of claims.
  if (token.size() < header_end + 2 + behind_claims) return false;
  const size_t claims_end = token.size() - behind_claims;
  if (token[claims_end] != '.') return false;
  pending.view = TokenSplitter::at(token, header_end, claims_end);
  pending.facts = known->facts;
  pending.from_memo = true;
  return true;
}

// Anybody may have written these claims. So they are read as strictly as any others, and do nothing
// here but choose between keys: what is wrong with them is nobody's to know, and a wrong choice
// ends at the signature, which covers the issuer. What was read is judged later, behind the
// signature.
[[gnu::noinline]] bool Pipeline::find_issuer(PendingToken& pending,
                                             const KeyTable*& issuers_keys) const noexcept {
  issuers_keys = nullptr;
  auto* const payload = reinterpret_cast<uint8_t*>(pending.payload);
  if (!memory.kernels.base64url->decode(payload, pending.view.claims())) return true;
  AcceptedToken* const token = room_for_claims();
  if (token == nullptr) return false;
  const jose::JsonStatus status = token->claims.read(memory.unsigned_reader, pending.payload,
                                                     pending.payload_bytes, token->members);
  if (status != jose::JsonStatus::kOk) return true;
  const std::optional<std::string_view> iss = token->claims.iss();
  const IssuerTable::Entry* const entry = iss ? issuers->find(*iss) : nullptr;
  if (entry == nullptr) return true;
  keep(*token);
  pending.read_ahead = token;
  pending.issuer = &entry->first;
  issuers_keys = &KeySetAccess::table(entry->second);
  return true;
}

// From memory if possible: then the same header came with a token of the same keys.
Verdict Pipeline::read_header(PendingToken& pending, const KeyTable* among) const noexcept {
  const std::string_view encoded = pending.view.header();
  const HeaderMemo::Entry* const known = memory.memo.find(verifier_id, encoded);
  pending.from_memo = known != nullptr && known->facts.keys == among;
  if (pending.from_memo) {
    pending.facts = known->facts;
    pending.begin = known->begin_of(pending.view.text());
    return Verdict::kValid;
  }
  pending.begin = nullptr;
  if (!memory.kernels.base64url->decode(reinterpret_cast<uint8_t*>(memory.header.data()),
                                        encoded)) {
    return Verdict::kBadBase64url;
  }
  jose::Header header;
  const Verdict verdict = jose::read_header(memory.header_reader, memory.header.data(),
                                            base64url_decoded_bytes(encoded.size()), header);
  if (verdict != Verdict::kValid) return verdict;
  pending.is_new_header = header.is_new;
  pending.facts = {header.alg, judge_typ(rules, header.typ), 0, among, {}};
  if (among != nullptr) pending.facts.candidates = among->candidates(header.kid);
  return Verdict::kValid;
}

inline Verdict Pipeline::find_key(PendingToken& pending) const noexcept {
  const Verdict verdict = choose_key(pending.facts.candidates, now, pending);
  if (verdict != Verdict::kValid) {
    const KeyTable* const among = pending.facts.keys;
    return among != nullptr && among->keys().empty() ? Verdict::kKeysUnavailable : verdict;
  }
  if (pending.begin != nullptr && pending.begin->key != pending.key) pending.begin = nullptr;
  return verdict;
}

Verdict Pipeline::open(std::string_view token, PendingToken& pending) const noexcept {
  pending.issuer = nullptr;
  pending.read_ahead = nullptr;
  bool is_like_last = split_like_last(token, pending);
  if (!is_like_last) {
    const Verdict verdict = TokenSplitter::split(*memory.kernels.base64url, token, pending.view);
    if (verdict != Verdict::kValid) return verdict;
    if (pending.view.header().size() > kHeaderCharsMax) return Verdict::kHeaderTooLarge;
  }
  pending.payload_bytes = base64url_decoded_bytes(pending.view.claims().size());
  pending.payload = memory.arena.reserve(jose::json_room_bytes(pending.payload_bytes));
  if (pending.payload == nullptr) return Verdict::kOutOfMemory;
  memory.arena.commit(jose::json_room_bytes(pending.payload_bytes));

  const KeyTable* among = &keys;
  if (issuers != nullptr) {
    if (!find_issuer(pending, among)) return Verdict::kOutOfMemory;
    is_like_last = is_like_last && pending.facts.keys == among;
  }
  pending.is_signed = pending.is_in_doubt = pending.may_be_known = pending.is_new = false;
  Verdict verdict = is_like_last ? Verdict::kValid : read_header(pending, among);
  if (verdict == Verdict::kValid) verdict = find_key(pending);
  if (verdict == Verdict::kValid) {
    if (signatures != nullptr && !is_hmac(pending.facts.alg)) look_up_signature(pending);
    return verdict;
  }
  // Nobody will decode the other parts; but that they are base64url is checked first.
  const Verdict encoding = decode(pending);
  return encoding != Verdict::kValid ? encoding : verdict;
}

// Room for a signature that is longer than any tag. One that no key has is decoded like any other,
// though nobody will look at it. Null if there is none.
[[gnu::noinline]] uint8_t* Pipeline::long_signature_room(PendingToken& pending) const noexcept {
  const size_t num_bytes =
      base64url_decoded_bytes(pending.view.signature().size()) + kBase64urlDecodeSlackBytes;
  auto* const room = reinterpret_cast<uint8_t*>(memory.arena.reserve(num_bytes));
  if (room != nullptr) memory.arena.commit(num_bytes);
  pending.long_signature = room;
  return room;
}

Verdict Pipeline::decode(PendingToken& pending) const noexcept {
  const bytes::Base64urlKernel& kernel = *memory.kernels.base64url;
  if (pending.read_ahead != nullptr ||
      kernel.decode(reinterpret_cast<uint8_t*>(pending.payload), pending.view.claims())) {
    if (revocations != nullptr) revocations->foresee({pending.payload, pending.payload_bytes});
    if (pending.may_be_known) recall_signature(pending);
    if (pending.is_signed) return Verdict::kValid;
    const std::string_view signature = pending.view.signature();
    uint8_t* decoded = pending.signature.data();
    if (base64url_decoded_bytes(signature.size()) > bytes::kHmacTagBytesMax) [[unlikely]] {
      decoded = long_signature_room(pending);
      if (decoded == nullptr) return Verdict::kOutOfMemory;
    }
    if (kernel.decode(decoded, signature)) return Verdict::kValid;
  }
  // Perhaps because the token has other dots than it seemed to.
  const Verdict verdict = TokenSplitter::split(kernel, pending.view.text(), pending.view);
  return verdict != Verdict::kValid ? verdict : Verdict::kBadBase64url;
}

// Whether a later key's tag is the signature, as that of the first one is not.
[[gnu::noinline]] Verdict Pipeline::try_later_keys(PendingToken& pending) const noexcept {
  static constexpr HashedBegin kNone;  // and none is to be learnt under a later key
  pending.begin = &kNone;
  do {
    if (choose_key(pending.later, now, pending) != Verdict::kValid) {
      return pending.is_in_doubt ? Verdict::kOutOfMemory : Verdict::kBadSignature;
    }
    compute_tag(pending, [] { return true; });
  } while (!is_authentic(pending));
  return Verdict::kValid;
}

inline VerdictSet Pipeline::judge_parties(const jose::Claims& claims) const noexcept {
  jose::JsonNote* const note = jose::Claims::note(memory.claims_reader);
  if (note != nullptr && note->author == verifier_id) [[likely]]
    return note->verdicts;
  const VerdictSet verdicts = internal::judge_parties(rules, claims);
  if (note != nullptr) *note = {verifier_id, verdicts};
  return verdicts;
}

inline Findings Pipeline::judge(const PendingToken& pending, AcceptedToken& token) const noexcept {
  jose::Claims& claims = token.claims;
  VerdictSet failures;
  if (pending.read_ahead == nullptr) [[likely]] {
    const Verdict verdict = jose::verdict_of(
        claims.read(memory.claims_reader, pending.payload, pending.payload_bytes, token.members),
        Verdict::kBadClaimsJson, Verdict::kDuplicateClaim);
    if (verdict != Verdict::kValid) return Findings::only(verdict);
    failures = judge_parties(claims);
  } else {
    failures = internal::judge_parties(rules, claims);
  }
  claims.read_dates(failures);
  return judge_claims(rules, pending.facts.typ_verdict, failures, claims, now);
}

void Pipeline::finish(PendingToken& pending, VerifyResult& result) const noexcept {
  if (!is_authentic(pending)) [[unlikely]] {
    const Verdict verdict = try_later_keys(pending);
    if (verdict != Verdict::kValid) return reject(pending, Findings::only(verdict), result);
  }
  accept(pending, result);
}

void Pipeline::learn_header(std::string_view encoded) const noexcept {
  memory.kernels.base64url->decode(reinterpret_cast<uint8_t*>(memory.header.data()), encoded);
  jose::learn_header(memory.header_reader, memory.header.data(),
                     base64url_decoded_bytes(encoded.size()));
}

// Remembers header or begin of a token with a right signature.
[[gnu::noinline]] void Pipeline::learn(const PendingToken& pending) const noexcept {
  const size_t header_chars = pending.view.header().size();
  const std::string_view signing_input = pending.view.signing_input();
  if (!pending.from_memo) {
    HeaderFacts facts = pending.facts;
    facts.signature_chars = pending.key->signature_chars;
    memory.memo.remember(verifier_id, header_chars, signing_input, facts);
    if (pending.is_new_header) learn_header(pending.view.header());
  } else {
    memory.memo.learn_begin(verifier_id, header_chars, signing_input, memory.kernels, *pending.key);
  }
}

inline void Pipeline::accept(PendingToken& pending, VerifyResult& result) const noexcept {
  if (pending.begin == nullptr || !pending.from_memo) [[unlikely]]
    learn(pending);
  // Where only the signature matters, nobody is shown claims that were read.
  AcceptedToken* accepted = rules.signature_only ? nullptr : pending.read_ahead;
  if (accepted == nullptr) [[likely]]
    accepted = room_for_claims();
  if (accepted == nullptr) {
    return reject(pending, Findings::only(Verdict::kOutOfMemory), result);
  }
  const auto* const token = new (accepted->token)
      VerifiedToken({pending.payload, pending.payload_bytes}, pending.key->kid, accepted->claims);
  std::optional<uint64_t> number;
  if (!rules.signature_only) {
    Findings findings = judge(pending, *accepted);
    if (revocations != nullptr && are_claims_read(findings)) {
      number = revocations->recognize(accepted->claims);
      if (findings.first == Verdict::kValid) {
        findings = Findings::only(revocations->judge(accepted->claims, *token, number, now));
      }
    }
    if (findings.first != Verdict::kValid) {
      reject(pending, findings, result);
      result.token_number_ = number;
      return;
    }
  }
  if (accepted != pending.read_ahead) [[likely]]
    keep(*accepted);
  // Not before: what is refused for its claims again and again shall take nobody's place.
  if (pending.is_new) [[unlikely]]
    remember_signature(pending);
  result.issuer_ = pending.issuer;
  result.token_number_ = number;
  result.token_ = token;
  result.failures_ = {};
  result.failed_rules_ = 0;
  result.verdict_ = Verdict::kValid;
}

}  // namespace simdjwt::internal
