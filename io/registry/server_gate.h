// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// ServerGate: which tokens, of those that an account's secret has signed, one server accepts.

#ifndef SIMDJWT_IO_REGISTRY_SERVER_GATE_H_
#define SIMDJWT_IO_REGISTRY_SERVER_GATE_H_

#include <simdjwt/revocation.h>
#include <simdjwt/token_gate.h>

#include <memory>
#include <optional>
#include <string_view>

#include "registry/model.h"
#include "registry/token_table.h"

namespace simdjwt::registry {

// What the gates of a registry share: changed in place, by one thread.
struct CheckTables {
  TokenTable tokens;
  std::shared_ptr<Revocations> revocations;
};

class ServerGate final : public TokenGate {
 public:
  ServerGate(std::shared_ptr<const CheckTables> tables, ServerId server, AccountId account,
             Accepts accepts) noexcept
      : tables_(std::move(tables)), server_(server), account_(account), accepts_(accepts) {}

  // What is not in the cache arrives while the signature is computed.
  void foresee(std::string_view claims) const noexcept override;

  // The index of the account's token in the registry that has this jti.
  [[nodiscard]] std::optional<TokenIndex> recognize(std::string_view jti) const noexcept override;

  // A token is the registry's if index and jti agree and its account is this one; it must not be
  // revoked, and be associated with this server. Others pass where the account accepts what its own
  // services sign. Refresh tokens, which they sign with the same secret, never do.
  [[nodiscard]] Verdict judge(const VerifiedToken& token, std::optional<TokenIndex> index,
                              int64_t now) const noexcept override;

 private:
  const std::shared_ptr<const CheckTables> tables_;
  const ServerId server_;
  const AccountId account_;
  const Accepts accepts_;
};

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_SERVER_GATE_H_
