// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/rows.h"

#include <absl/strings/str_cat.h>

#include <utility>

#include "registry/account_key.h"
#include "serve/text.h"

namespace simdjwt::registry {

std::string no_such(std::string_view what, std::string_view name) {
  return std::string("there is no ").append(what).append(" named ").append(name);
}

// --- Accounts and servers ---

Algorithm algorithm_of(const Statement& row, int column) {
  return parse_algorithm(row.text(column)).value_or(Algorithm::kHs256);
}

Account account_of(const Statement& row) {
  return {.id = row.integer(0),
          .name = std::string(row.text(1)),
          .created = row.integer(2),
          .accepts = static_cast<Accepts>(row.integer(3)),
          .life = {.seconds_min = row.integer(4),
                   .seconds_max = row.optional_integer(5),
                   .may_be_indefinite = row.integer(6) != 0},
          .algorithm = algorithm_of(row, 7)};
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

SecretInfo secret_info_of(const Statement& row) {
  return {.generation = row.integer(0),
          .created = row.integer(1),
          .valid_until = row.optional_integer(2),
          .algorithm = algorithm_of(row, 3),
          .kid = kid_of(row.text(4))};
}

std::string generation_text(const SecretInfo& secret) {
  const bool is_key = !is_hmac(secret.algorithm);
  return serve::concat("generation ", secret.generation, is_key ? ", " : "",
                       is_key ? to_string(secret.algorithm) : "");
}

absl::StatusOr<SigningSecret> signing_secret_of(const Statement& row, const Vault& vault,
                                                AccountId account) {
  SecretInfo info = secret_info_of(row);
  absl::StatusOr<SecretText> text =
      vault.unseal(account, info.generation, row.text(4), row.blob(5));
  if (!text.ok()) return text.status();
  return SigningSecret{std::move(info), *std::move(text)};
}

absl::StatusOr<SigningSecret> insert_secret(Writer& writer, const Vault& vault, AccountId account,
                                            Algorithm algorithm) {
  Database& database = writer.database();
  // What has the last generation is current, and stays: it is never given twice.
  Statement last =
      database.query("SELECT coalesce(max(generation), 0) FROM secrets WHERE account = ?", account);
  if (absl::Status s = last.only_row("no count"); !s.ok()) return s;
  const int64_t generation = last.integer(0) + 1;
  absl::StatusOr<NewSecret> made = make_secret(algorithm);
  if (!made.ok()) return made.status();
  const absl::StatusOr<std::string> sealed =
      vault.seal(account, generation, made->public_jwk, made->text);
  if (!sealed.ok()) return sealed.status();
  if (absl::Status s = database.run(
          "INSERT INTO secrets (account, generation, created, algorithm, public_jwk, sealed) "
          "VALUES (?, ?, ?, ?, ?, ?)",
          account, generation, writer.now(), to_string(algorithm), made->public_jwk, Blob{*sealed});
      !s.ok()) {
    return s;
  }
  if (absl::Status s = writer.log_change(ChangeKind::kSecret, account, generation); !s.ok()) {
    return s;
  }
  SecretInfo info{.generation = generation,
                  .created = writer.now(),
                  .algorithm = algorithm,
                  .kid = kid_of(made->public_jwk)};
  return SigningSecret{std::move(info), std::move(made->text)};
}

absl::StatusOr<std::optional<SigningSecret>> find_current_secret(Database& database,
                                                                 const Vault& vault,
                                                                 AccountId account,
                                                                 Algorithm algorithm) {
  Statement row = database.query(
      absl::StrCat(kSelectSecrets, "WHERE account = ? AND algorithm = ? AND valid_until IS NULL"),
      account, to_string(algorithm));
  if (row.next()) {
    absl::StatusOr<SigningSecret> secret = signing_secret_of(row, vault, account);
    if (!secret.ok()) return secret.status();
    return *std::move(secret);
  }
  if (!row.status().ok()) return row.status();
  return std::nullopt;
}

absl::StatusOr<SigningSecret> current_secret(Writer& writer, const Vault& vault,
                                             const Account& account) {
  absl::StatusOr<std::optional<SigningSecret>> found =
      find_current_secret(writer.database(), vault, account.id, account.algorithm);
  if (!found.ok()) return found.status();
  if (*found) return **std::move(found);
  absl::StatusOr<SigningSecret> made = insert_secret(writer, vault, account.id, account.algorithm);
  if (!made.ok()) return made.status();
  if (absl::Status s =
          writer.log_audit(account.id, "secret.create", account.name, generation_text(made->info));
      !s.ok()) {
    return s;
  }
  return made;
}

absl::StatusOr<SigningSecret> load_secret(Database& database, const Vault& vault, AccountId account,
                                          int64_t generation, int64_t now) {
  Statement row = database.query(absl::StrCat(kSelectSecrets,
                                              "WHERE account = ? AND generation = ? "
                                              "AND (valid_until IS NULL OR valid_until > ?)"),
                                 account, generation, now);
  if (row.next()) return signing_secret_of(row, vault, account);
  if (!row.status().ok()) return row.status();
  return absl::FailedPreconditionError(
      "the secret that signed the token has been replaced; no server takes the token any more");
}

absl::Status end_current_secret(Writer& writer, AccountId account, Algorithm algorithm,
                                int64_t valid_until) {
  Database& database = writer.database();
  const std::string_view name = to_string(algorithm);
  Statement row = database.query(
      "SELECT generation FROM secrets WHERE account = ? AND algorithm = ? AND valid_until IS NULL",
      account, name);
  if (!row.next()) {
    if (!row.status().ok()) return row.status();
    return absl::FailedPreconditionError(
        is_hmac(algorithm) ? "the account has no secret yet: its first token makes it"
                           : serve::concat("the account has no key for ", name));
  }
  const int64_t generation = row.integer(0);
  Statement older = database.query(
      "SELECT generation FROM secrets WHERE account = ? AND algorithm = ? AND generation < ?",
      account, name, generation);
  while (older.next()) {
    if (absl::Status s = writer.log_change(ChangeKind::kSecret, account, older.integer(0));
        !s.ok()) {
      return s;
    }
  }
  if (!older.status().ok()) return older.status();
  if (absl::Status s =
          database.run("DELETE FROM secrets WHERE account = ? AND algorithm = ? AND generation < ?",
                       account, name, generation);
      !s.ok()) {
    return s;
  }
  if (absl::Status s =
          database.run("UPDATE secrets SET valid_until = ? WHERE account = ? AND generation = ?",
                       valid_until, account, generation);
      !s.ok()) {
    return s;
  }
  return writer.log_change(ChangeKind::kSecret, account, generation);
}

absl::StatusOr<bool> names_status_lists(Database& database) {
  Statement row = database.query("SELECT names_status_lists FROM registry");
  if (absl::Status s = row.only_row("the registry has no row of its own"); !s.ok()) return s;
  return row.integer(0) != 0;
}

}  // namespace simdjwt::registry
