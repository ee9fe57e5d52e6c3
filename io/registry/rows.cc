// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/rows.h"

#include <absl/strings/str_cat.h>

#include <vector>

namespace simdjwt::registry {

std::string no_such(std::string_view what, std::string_view name) {
  return std::string("there is no ").append(what).append(" named ").append(name);
}

// --- Accounts and servers ---

Account account_of(const Statement& row) {
  return {.id = row.integer(0),
          .name = std::string(row.text(1)),
          .created = row.integer(2),
          .accepts = static_cast<Accepts>(row.integer(3)),
          .life = {.seconds_min = row.integer(4),
                   .seconds_max = row.optional_integer(5),
                   .may_be_indefinite = row.integer(6) != 0}};
}

absl::StatusOr<Account> load_account(Database& database, AccountId account) {
  Statement row = database.query(absl::StrCat(kSelectAccounts, "WHERE id = ?"), account);
  if (absl::Status s = row.only_row("there is no such account"); !s.ok()) return s;
  return account_of(row);
}

absl::Status switch_authentication(Writer& writer, const Server& server, bool authenticates) {
  if (absl::Status s =
          writer.database().run("UPDATE servers SET authenticates = ? WHERE id = ? AND account = ?",
                                int64_t{authenticates}, server.id, server.account);
      !s.ok()) {
    return s;
  }
  if (absl::Status s = writer.log_change(ChangeKind::kServer, server.id); !s.ok()) return s;
  return writer.log_audit(server.account, "server.auth", server.name, authenticates ? "on" : "off");
}

// --- Tokens ---

absl::Status revoke_row(Writer& writer, const Token& token, std::string_view reason) {
  if (token.revoked) return absl::OkStatus();
  const auto index = static_cast<int64_t>(token.index);
  if (absl::Status s = writer.database().run(
          "UPDATE tokens SET revoked = ?, reason = ? WHERE idx = ? AND account = ?", writer.now(),
          reason, index, token.account);
      !s.ok()) {
    return s;
  }
  return log_revocation(writer, token.account, index, token.jti, reason);
}

absl::Status log_revocation(Writer& writer, AccountId account, int64_t index, std::string_view jti,
                            std::string_view reason) {
  if (absl::Status s = writer.log_change(ChangeKind::kToken, index); !s.ok()) return s;
  return writer.log_audit(account, "token.revoke", jti, reason);
}

// --- Secrets ---

absl::StatusOr<SecretText> insert_secret(Writer& writer, const Vault& vault, AccountId account,
                                         int64_t generation) {
  absl::StatusOr<SecretText> secret = Vault::make_secret();
  if (!secret.ok()) return secret.status();
  const absl::StatusOr<std::string> sealed = vault.seal(account, generation, *secret);
  if (!sealed.ok()) return sealed.status();
  if (absl::Status s = writer.database().run(
          "INSERT INTO secrets (account, generation, created, sealed) VALUES (?, ?, ?, ?)", account,
          generation, writer.now(), Blob{*sealed});
      !s.ok()) {
    return s;
  }
  if (absl::Status s = writer.log_change(ChangeKind::kSecret, account, generation); !s.ok()) {
    return s;
  }
  return secret;
}

absl::StatusOr<CurrentSecret> current_secret(Writer& writer, const Vault& vault,
                                             const Account& account) {
  Statement row = writer.database().query(
      "SELECT generation, sealed FROM secrets WHERE account = ? AND valid_until IS NULL",
      account.id);
  if (row.next()) {
    absl::StatusOr<SecretText> text = vault.unseal(account.id, row.integer(0), row.blob(1));
    if (!text.ok()) return text.status();
    return CurrentSecret{row.integer(0), *std::move(text)};
  }
  if (!row.status().ok()) return row.status();
  absl::StatusOr<SecretText> text = insert_secret(writer, vault, account.id, 1);
  if (!text.ok()) return text.status();
  if (absl::Status s = writer.log_audit(account.id, "secret.create", account.name, "generation 1");
      !s.ok()) {
    return s;
  }
  return CurrentSecret{1, *std::move(text)};
}

absl::StatusOr<SecretText> load_secret(Database& database, const Vault& vault, AccountId account,
                                       int64_t generation, int64_t now) {
  Statement row = database.query(
      "SELECT sealed FROM secrets WHERE account = ? AND generation = ? "
      "AND (valid_until IS NULL OR valid_until > ?)",
      account, generation, now);
  if (row.next()) return vault.unseal(account, generation, row.blob(0));
  if (!row.status().ok()) return row.status();
  return absl::FailedPreconditionError(
      "the secret that signed the token has been replaced; no server takes the token any more");
}

absl::StatusOr<int64_t> end_current_secret(Writer& writer, AccountId account, int64_t valid_until) {
  Database& database = writer.database();
  Statement row = database.query(
      "SELECT generation FROM secrets WHERE account = ? AND valid_until IS NULL", account);
  if (!row.next()) {
    if (!row.status().ok()) return row.status();
    return absl::FailedPreconditionError("the account has no secret yet: its first token makes it");
  }
  const int64_t generation = row.integer(0);
  Statement older = database.query(
      "SELECT generation FROM secrets WHERE account = ? AND generation < ?", account, generation);
  while (older.next()) {
    if (absl::Status s = writer.log_change(ChangeKind::kSecret, account, older.integer(0));
        !s.ok()) {
      return s;
    }
  }
  if (!older.status().ok()) return older.status();
  if (absl::Status s = database.run("DELETE FROM secrets WHERE account = ? AND generation < ?",
                                    account, generation);
      !s.ok()) {
    return s;
  }
  if (absl::Status s =
          database.run("UPDATE secrets SET valid_until = ? WHERE account = ? AND generation = ?",
                       valid_until, account, generation);
      !s.ok()) {
    return s;
  }
  if (absl::Status s = writer.log_change(ChangeKind::kSecret, account, generation); !s.ok()) {
    return s;
  }
  return generation;
}

absl::StatusOr<bool> names_status_lists(Database& database) {
  Statement row = database.query("SELECT names_status_lists FROM registry");
  if (absl::Status s = row.only_row("the registry has no row of its own"); !s.ok()) return s;
  return row.integer(0) != 0;
}

}  // namespace simdjwt::registry
