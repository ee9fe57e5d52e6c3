// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/server_gate.h"

#include "registry/jti.h"

namespace simdjwt::registry {

void ServerGate::foresee(std::string_view claims) const noexcept {
  const std::optional<TokenIndex> index = index_of_jti(guess_jti(claims));
  if (!index || *index > UINT32_MAX) return;
  tables_->tokens.prefetch(*index);
  tables_->revocations->prefetch_index(static_cast<uint32_t>(*index));
}

std::optional<TokenIndex> ServerGate::recognize(std::string_view jti) const noexcept {
  const std::optional<TokenIndex> index = index_of_jti(jti);
  return index && tables_->tokens.holds(*index, jti, account_) ? index : std::nullopt;
}

Verdict ServerGate::judge(const VerifiedToken& token, std::optional<TokenIndex> index,
                          int64_t /*now*/) const noexcept {
  const std::optional<Claim> type = token.claim("token_type");
  if (type && type->string() == "refresh") return Verdict::kRefreshToken;
  if (!index) return accepts_ == Accepts::kSigned ? Verdict::kValid : Verdict::kNotRegistered;
  if (tables_->revocations->is_index_revoked(static_cast<uint32_t>(*index))) {
    return Verdict::kRevoked;
  }
  return tables_->tokens.is_associated(*index, server_) ? Verdict::kValid : Verdict::kNotAssociated;
}

}  // namespace simdjwt::registry
