// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/server_gate.h"

#include "registry/jti.h"

namespace simdjwt::registry {

std::optional<TokenIndex> ServerGate::find(std::string_view jti) const noexcept {
  const std::optional<TokenIndex> index = index_of_jti(jti);
  return index && tables_->tokens.holds(*index, jti, account_) ? index : std::nullopt;
}

void ServerGate::foresee(std::string_view claims) const noexcept {
  const std::optional<TokenIndex> index = index_of_jti(guess_jti(claims));
  if (!index || *index > UINT32_MAX) return;
  tables_->tokens.prefetch(*index);
  tables_->revocations->prefetch_index(static_cast<uint32_t>(*index));
}

Verdict ServerGate::judge(const VerifiedToken& token, int64_t /*now*/) const noexcept {
  const std::string_view jti = token.jti().value_or(std::string_view());
  const std::optional<TokenIndex> index = index_of_jti(jti);
  // If this token was not foreseen, what is not in the cache arrives while all claims are looked
  // through. Of an index that is not the registry's, what the bits say does not matter.
  if (index) tables_->tokens.prefetch(*index);
  const bool is_revoked =
      index && tables_->revocations->is_index_revoked(static_cast<uint32_t>(*index));
  const std::optional<Claim> type = token.claim("token_type");
  if (type && type->string() == "refresh") return Verdict::kRefreshToken;
  if (!index || !tables_->tokens.holds(*index, jti, account_)) {
    return accepts_ == Accepts::kSigned ? Verdict::kValid : Verdict::kNotRegistered;
  }
  if (is_revoked) return Verdict::kRevoked;
  return tables_->tokens.is_associated(*index, server_) ? Verdict::kValid : Verdict::kNotAssociated;
}

}  // namespace simdjwt::registry
