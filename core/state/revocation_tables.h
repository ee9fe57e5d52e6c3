// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// RevocationTables: what Revocations hold. RevocationGuard: what a Verifier asks them.

#ifndef SIMDJWT_CORE_STATE_REVOCATION_TABLES_H_
#define SIMDJWT_CORE_STATE_REVOCATION_TABLES_H_

#include <simdjwt/revocation.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "jose/claims.h"
#include "state/revocation_bits.h"
#include "state/tag_table.h"

namespace simdjwt::internal {

class RevocationTables {
 public:
  explicit RevocationTables(const Revocations::Seed& seed) noexcept;

  // A jti and a subject have their tags within their owner's.
  [[nodiscard]] Tag tag(const TokenOwner& owner) const noexcept {
    return {keys_[static_cast<size_t>(owner.kind)], owner.name};
  }

  // Whether jti or dates say so, of the issuer or of `account`, which is null if there is none.
  [[nodiscard]] bool refuse(const jose::Claims& claims, const Tag* account) const noexcept;

  void raise_not_before(int64_t seconds) noexcept;

  RevocationBits indexes;
  size_t num_indexes = 0;  // the writer's
  TagTable jtis;           // to the last second in which they may be of use
  TagTable owners;         // to their not-before
  TagTable subjects;       // likewise

 private:
  // Before the first of all dates.
  static constexpr int64_t kNoDate = -1;

  // Whether the jti of this owner is revoked; raises `not_before` to what is set.
  [[nodiscard]] bool ask(const Tag& owner, const jose::Claims& claims,
                         int64_t& not_before) const noexcept;

  std::array<Tag::Key, 2> keys_;  // by TokenOwner::Kind
  std::atomic<int64_t> not_before_{kNoDate};
};

// RevocationCheck as a Verifier keeps it.
class RevocationGuard {
 public:
  explicit RevocationGuard(const RevocationCheck& check);

  // See TokenGate.
  void foresee(std::string_view claims) const noexcept {
    if (gate_ != nullptr) gate_->foresee(claims);
  }

  // See TokenGate.
  [[nodiscard]] std::optional<uint64_t> recognize(const jose::Claims& claims) const noexcept {
    if (gate_ == nullptr) return std::nullopt;
    return gate_->recognize(claims.jti().value_or(std::string_view()));
  }

  // kValid, or why a token is refused whose claims are as the policy demands. `number` is what
  // recognize() said.
  [[nodiscard]] Verdict judge(const jose::Claims& claims, const VerifiedToken& token,
                              std::optional<uint64_t> number, int64_t now) const noexcept {
    if (tables_ != nullptr && tables_->refuse(claims, account_ ? &*account_ : nullptr)) {
      return Verdict::kRevoked;
    }
    return gate_ == nullptr ? Verdict::kValid : gate_->judge(token, number, now);
  }

 private:
  std::shared_ptr<const Revocations> revocations_;  // or null
  const RevocationTables* tables_;                  // theirs
  std::optional<Tag> account_;
  std::shared_ptr<const TokenGate> gate_;  // or null
};

struct RevocationAccess {
  static const RevocationTables& tables(const Revocations& revocations) noexcept {
    return *revocations.tables_;
  }
};

}  // namespace simdjwt::internal

#endif  // SIMDJWT_CORE_STATE_REVOCATION_TABLES_H_
