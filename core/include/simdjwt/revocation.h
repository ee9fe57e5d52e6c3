// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Revocations: which tokens are refused though signature and claims are right.

#ifndef SIMDJWT_REVOCATION_H_
#define SIMDJWT_REVOCATION_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "simdjwt/token_gate.h"

namespace simdjwt {

namespace internal {
class RevocationTables;
struct RevocationAccess;
}  // namespace internal

// Whose tokens: those with this iss (where there is none, it counts as empty), or those that a
// Verifier judges for this account. An account and an issuer of the same name are two owners.
struct TokenOwner {
  enum class Kind : uint8_t { kIssuer, kAccount };

  static TokenOwner issuer(std::string_view iss) noexcept { return {Kind::kIssuer, iss}; }
  static TokenOwner account(std::string_view name) noexcept { return {Kind::kAccount, name}; }

  Kind kind;
  std::string_view name;
};

// Three kinds, each exact:
//
//   index        a token that its registry knows by a number: one bit. Which number a token has, a
//                Verifier does not know: whoever does asks is_index_revoked().
//   jti          any other: its owner and jti, remembered until the token has expired
//   not before   all that were issued before a second: by anybody, or of an owner, or of a subject
//                of an owner. The latest that is set for a token decides; where one is, a token
//                without iat is refused.
//
// Any number of threads ask while one makes changes. Asking is wait-free, takes no lock and
// allocates nothing. Once a change has returned, whatever a thread asks that knows so is answered
// by it. Nothing is taken back: what is revoked stays so, and a not-before only rises.
//
// Names, subjects and jtis are compared byte for byte, by a keyed hash of 127 bits; each takes 48
// to 96 bytes. The tables they are in are used again, but only destruction gives them back.
class Revocations {
 public:
  // Random bytes that nobody else knows, for instance from getrandom(2): they key the hash.
  using Seed = std::array<uint8_t, 32>;

  // Nothing is revoked. Allocates.
  [[nodiscard]] static std::shared_ptr<Revocations> create(const Seed& seed);
  ~Revocations();

  // --- Changes, by one thread at a time. They allocate. ---

  // Takes a bit for each index up to the next power of two.
  void revoke_index(uint32_t index);

  // `exp` is the token's, if it has one: after it, prune() may forget the token.
  void revoke_jti(const TokenOwner& owner, std::string_view jti, std::optional<int64_t> exp);

  // Refuse tokens with iat < `seconds`, which are moved into 0..kNumericDateMax. An iat is a whole
  // second: to refuse all that were issued until now, say now + 1.
  void refuse_before(int64_t seconds);
  void refuse_before(const TokenOwner& owner, int64_t seconds);
  void refuse_before(const TokenOwner& owner, std::string_view sub, int64_t seconds);

  // Forgets the jtis of tokens that no Verifier accepts any more, whatever its leeway, and returns
  // how many.
  size_t prune(int64_t now);

  // How many indexes and jtis are revoked.
  [[nodiscard]] size_t num_indexes() const noexcept;
  [[nodiscard]] size_t num_jtis() const noexcept;

  // --- Questions, by any thread ---

  [[nodiscard]] bool is_index_revoked(uint32_t index) const noexcept;
  // Asks for the memory that is_index_revoked() will look at.
  void prefetch_index(uint32_t index) const noexcept;
  [[nodiscard]] bool is_jti_revoked(const TokenOwner& owner, std::string_view jti) const noexcept;

 private:
  friend struct internal::RevocationAccess;
  explicit Revocations(std::unique_ptr<internal::RevocationTables> tables) noexcept;
  std::unique_ptr<internal::RevocationTables> tables_;
};

// What a Verifier asks about a token that would be valid: its jti, and the dates before which it
// must not have been issued, of its issuer and of the account; then the gate.
struct RevocationCheck {
  std::shared_ptr<const Revocations> revocations = nullptr;  // null: nothing is revoked
  std::string_view account = {};                             // empty: the tokens are no account's
  std::shared_ptr<const TokenGate> gate = nullptr;           // null: open to all
};

}  // namespace simdjwt

#endif  // SIMDJWT_REVOCATION_H_
