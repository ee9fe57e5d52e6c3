// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Steps that several changes of a registry have in common.

#ifndef SIMDJWT_IO_REGISTRY_ROWS_H_
#define SIMDJWT_IO_REGISTRY_ROWS_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "registry/model.h"
#include "registry/secret_text.h"
#include "registry/sqlite.h"
#include "registry/vault.h"
#include "registry/writer.h"

namespace simdjwt::registry {

// "there is no account named alice"
[[nodiscard]] std::string no_such(std::string_view what, std::string_view name);

// The columns that account_of() reads; a WHERE may follow.
inline constexpr char kSelectAccounts[] =
    "SELECT id, name, created, accepts, life_min, life_max, may_be_indefinite FROM accounts ";
[[nodiscard]] Account account_of(const Statement& row);
[[nodiscard]] absl::StatusOr<Account> load_account(Database& database, AccountId account);

[[nodiscard]] absl::Status switch_authentication(Writer& writer, const Server& server,
                                                 bool authenticates);

// The token, unless it is revoked already.
[[nodiscard]] absl::Status revoke_row(Writer& writer, const Token& token, std::string_view reason);
// Its entries in both logs, for a row that was changed.
[[nodiscard]] absl::Status log_revocation(Writer& writer, AccountId account, int64_t index,
                                          std::string_view jti, std::string_view reason);

struct CurrentSecret {
  int64_t generation;
  SecretText text;
};

// The account's current secret, which is made if there is none.
[[nodiscard]] absl::StatusOr<CurrentSecret> current_secret(Writer& writer, const Vault& vault,
                                                           const Account& account);
// One of the account's secrets, if it has not ended by `now`.
[[nodiscard]] absl::StatusOr<SecretText> load_secret(Database& database, const Vault& vault,
                                                     AccountId account, int64_t generation,
                                                     int64_t now);
// Makes a secret, the current one.
[[nodiscard]] absl::StatusOr<SecretText> insert_secret(Writer& writer, const Vault& vault,
                                                       AccountId account, int64_t generation);
// The current secret is valid until then, and all before it are dropped. Returns its generation.
[[nodiscard]] absl::StatusOr<int64_t> end_current_secret(Writer& writer, AccountId account,
                                                         int64_t valid_until);

// Whether new tokens name the list of their status.
[[nodiscard]] absl::StatusOr<bool> names_status_lists(Database& database);

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_ROWS_H_
