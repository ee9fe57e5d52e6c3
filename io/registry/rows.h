// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Steps that several changes of a registry have in common.

#ifndef SIMDJWT_IO_REGISTRY_ROWS_H_
#define SIMDJWT_IO_REGISTRY_ROWS_H_

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "registry/model.h"
#include "registry/secret_text.h"
#include "registry/sqlite.h"
#include "registry/vault.h"
#include "registry/writer.h"

namespace simdjwt::registry {

// What one answer lists at most, of tokens or of the audit log.
inline constexpr size_t kPageRowsMax = 1000;

// "there is no account named alice"
[[nodiscard]] std::string no_such(std::string_view what, std::string_view name);

// The columns that account_of() reads; a WHERE may follow.
inline constexpr char kSelectAccounts[] =
    "SELECT id, name, created, accepts, life_min, life_max, may_be_indefinite, algorithm "
    "FROM accounts ";
// The name in the column, which a registry wrote.
[[nodiscard]] Algorithm algorithm_of(const Statement& row, int column);
[[nodiscard]] Account account_of(const Statement& row);
[[nodiscard]] absl::StatusOr<Account> load_account(Database& database, AccountId account);

[[nodiscard]] absl::Status switch_authentication(Writer& writer, const Server& server,
                                                 bool authenticates);

// The token, unless it is revoked already.
[[nodiscard]] absl::Status revoke_row(Writer& writer, const Token& token, std::string_view reason);
// Its entries in both logs, for a row that was changed.
[[nodiscard]] absl::Status log_revocation(Writer& writer, AccountId account, int64_t index,
                                          std::string_view jti, std::string_view reason);

// Secrets and keys are numbered together. The columns that the functions below read; a WHERE may
// follow.
inline constexpr char kSelectSecrets[] =
    "SELECT generation, created, valid_until, algorithm, public_jwk, sealed FROM secrets ";
[[nodiscard]] SecretInfo secret_info_of(const Statement& row);

// "generation 2, EdDSA", for the audit log; a secret's without algorithm.
[[nodiscard]] std::string generation_text(const SecretInfo& secret);

// What signs tokens.
struct SigningSecret {
  SecretInfo info;
  SecretText text;
};
[[nodiscard]] absl::StatusOr<SigningSecret> signing_secret_of(const Statement& row,
                                                              const Vault& vault,
                                                              AccountId account);

// The account's current secret or key for the algorithm; nullopt if there is none.
[[nodiscard]] absl::StatusOr<std::optional<SigningSecret>> find_current_secret(Database& database,
                                                                               const Vault& vault,
                                                                               AccountId account,
                                                                               Algorithm algorithm);
// That by which the account's tokens are signed now; it is made if there is none.
[[nodiscard]] absl::StatusOr<SigningSecret> current_secret(Writer& writer, const Vault& vault,
                                                           const Account& account);
// One of the account's, if it has not ended by `now`.
[[nodiscard]] absl::StatusOr<SigningSecret> load_secret(Database& database, const Vault& vault,
                                                        AccountId account, int64_t generation,
                                                        int64_t now);
// Makes one, the current one for its algorithm, and with a generation behind all others.
[[nodiscard]] absl::StatusOr<SigningSecret> insert_secret(Writer& writer, const Vault& vault,
                                                          AccountId account, Algorithm algorithm);
// The current one for the algorithm is valid until then, and all of the algorithm before it are
// dropped.
[[nodiscard]] absl::Status end_current_secret(Writer& writer, AccountId account,
                                              Algorithm algorithm, int64_t valid_until);

// Whether new tokens name the list of their status.
[[nodiscard]] absl::StatusOr<bool> names_status_lists(Database& database);

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_ROWS_H_
