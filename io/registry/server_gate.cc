// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/server_gate.h"

#include "registry/jti.h"

namespace simdjwt::registry {

Verdict ServerGate::judge(const VerifiedToken& token) const noexcept {
  const std::optional<Claim> type = token.claim("token_type");
  if (type && type->string() == "refresh") return Verdict::kRefreshToken;
  const std::string_view jti = token.jti().value_or(std::string_view());
  const std::optional<TokenIndex> index = index_of_jti(jti);
  if (!index || !tables_->tokens.holds(*index, jti, account_)) {
    return accepts_ == Accepts::kSigned ? Verdict::kValid : Verdict::kNotRegistered;
  }
  if (tables_->revocations->is_index_revoked(static_cast<uint32_t>(*index))) {
    return Verdict::kRevoked;
  }
  return tables_->tokens.is_associated(*index, server_) ? Verdict::kValid : Verdict::kNotAssociated;
}

}  // namespace simdjwt::registry
