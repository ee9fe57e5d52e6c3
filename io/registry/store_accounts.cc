// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Accounts, and the servers and secrets that they own.

#include <absl/strings/str_cat.h>

#include "registry/account_key.h"
#include "registry/names.h"
#include "registry/rows.h"
#include "registry/store.h"
#include "registry/writer.h"
#include "serve/text.h"

namespace simdjwt::registry {
namespace {

constexpr char kSelectServers[] =
    "SELECT id, account, name, url, created, authenticates, num_tokens FROM servers ";

Server server_of(const Statement& row) {
  return {.id = row.integer(0),
          .account = row.integer(1),
          .name = std::string(row.text(2)),
          .url = std::string(row.text(3)),
          .created = row.integer(4),
          .authenticates = row.integer(5) != 0,
          .num_tokens = row.integer(6)};
}

absl::Status check_life_policy(const LifePolicy& life) {
  if (life.seconds_min < 1) {
    return absl::InvalidArgumentError("the shortest life of tokens is less than a second");
  }
  if (life.seconds_max && *life.seconds_max < life.seconds_min) {
    return absl::InvalidArgumentError("the longest life of tokens is shorter than the shortest");
  }
  return absl::OkStatus();
}

std::string policy_text(Accepts accepts, const LifePolicy& life, Algorithm algorithm) {
  std::string text = accepts == Accepts::kSigned ? "accepts any signed" : "accepts registered";
  text += ", life from " + std::to_string(life.seconds_min) + " s";
  if (life.seconds_max) text += " to " + std::to_string(*life.seconds_max) + " s";
  return serve::concat(text, life.may_be_indefinite ? ", or indefinite" : "", ", signed by ",
                       to_string(algorithm));
}

// The account's public key is there before its first token, so that others can be told of it.
absl::Status make_key_ahead(Writer& writer, const Vault& vault, const Account& account) {
  return is_hmac(account.algorithm) ? absl::OkStatus()
                                    : current_secret(writer, vault, account).status();
}

// What a constraint of uniqueness refuses, in words.
absl::Status or_exists(const absl::Status& status, std::string_view what, std::string_view name) {
  if (!absl::IsAlreadyExists(status)) return status;
  return absl::AlreadyExistsError(
      std::string("there is a ").append(what).append(" named ").append(name).append(" already"));
}

}  // namespace

absl::StatusOr<Account> Store::create_account(std::string_view name, Accepts accepts,
                                              const LifePolicy& life, const Act& act,
                                              Algorithm algorithm) {
  if (absl::Status s = check_name("account's name", name); !s.ok()) return s;
  if (absl::Status s = check_life_policy(life); !s.ok()) return s;
  if (absl::Status s = check_token_algorithm(algorithm); !s.ok()) return s;
  Account account{.name = std::string(name),
                  .created = act.time,
                  .accepts = accepts,
                  .life = life,
                  .algorithm = algorithm};
  const absl::Status status = write(act, [&](Writer& writer) -> absl::Status {
    Statement row = writer.database().query(
        "INSERT INTO accounts (name, created, accepts, life_min, life_max, may_be_indefinite, "
        "algorithm) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
        name, act.time, static_cast<int64_t>(accepts), life.seconds_min, life.seconds_max,
        int64_t{life.may_be_indefinite}, to_string(algorithm));
    if (absl::Status s = row.only_row("no account was made"); !s.ok()) {
      return or_exists(s, "account", name);
    }
    account.id = row.integer(0);
    if (absl::Status s = writer.log_change(ChangeKind::kAccount, account.id); !s.ok()) return s;
    if (absl::Status s = writer.log_made(name); !s.ok()) return s;
    if (absl::Status s = writer.log_audit(account.id, "account.create", name,
                                          policy_text(accepts, life, algorithm));
        !s.ok()) {
      return s;
    }
    return make_key_ahead(writer, vault_, account);
  });
  if (!status.ok()) return status;
  return account;
}

absl::StatusOr<std::vector<Account>> Store::accounts() {
  Statement rows = database_.query(absl::StrCat(kSelectAccounts, "ORDER BY name"));
  std::vector<Account> accounts;
  while (rows.next()) accounts.push_back(account_of(rows));
  if (!rows.status().ok()) return rows.status();
  return accounts;
}

absl::StatusOr<Account> Store::find_account(std::string_view name) {
  Statement row = database_.query(absl::StrCat(kSelectAccounts, "WHERE name = ?"), name);
  if (absl::Status s = row.only_row(no_such("account", name)); !s.ok()) return s;
  return account_of(row);
}

absl::Status Store::set_policy(AccountId account, Accepts accepts, const LifePolicy& life,
                               const Act& act, Algorithm algorithm) {
  if (absl::Status s = check_life_policy(life); !s.ok()) return s;
  if (absl::Status s = check_token_algorithm(algorithm); !s.ok()) return s;
  return write(act, [&](Writer& writer) -> absl::Status {
    absl::StatusOr<Account> changed = load_account(writer.database(), account);
    if (!changed.ok()) return changed.status();
    if (absl::Status s = writer.database().run(
            "UPDATE accounts SET accepts = ?, life_min = ?, life_max = ?, may_be_indefinite = ?, "
            "algorithm = ? WHERE id = ?",
            static_cast<int64_t>(accepts), life.seconds_min, life.seconds_max,
            int64_t{life.may_be_indefinite}, to_string(algorithm), account);
        !s.ok()) {
      return s;
    }
    if (absl::Status s = writer.log_change(ChangeKind::kAccount, account); !s.ok()) return s;
    if (absl::Status s = writer.log_audit(account, "account.policy", changed->name,
                                          policy_text(accepts, life, algorithm));
        !s.ok()) {
      return s;
    }
    changed->algorithm = algorithm;
    return make_key_ahead(writer, vault_, *changed);
  });
}

absl::StatusOr<Server> Store::create_server(AccountId account, std::string_view name,
                                            std::string_view url, const Act& act) {
  if (absl::Status s = check_name("server's name", name); !s.ok()) return s;
  if (!url.empty()) {
    if (absl::Status s = check_url("server's URL", url); !s.ok()) return s;
  }
  Server server{
      .account = account, .name = std::string(name), .url = std::string(url), .created = act.time};
  const absl::Status status = write(act, [&](Writer& writer) -> absl::Status {
    if (auto owner = load_account(writer.database(), account); !owner.ok()) return owner.status();
    Statement row = writer.database().query(
        "INSERT INTO servers (account, name, url, created, authenticates) "
        "VALUES (?, ?, ?, ?, 0) RETURNING id",
        account, name, url, act.time);
    if (absl::Status s = row.only_row("no server was made"); !s.ok()) {
      return or_exists(s, "server", name);
    }
    server.id = row.integer(0);
    if (absl::Status s = writer.log_change(ChangeKind::kServer, server.id); !s.ok()) return s;
    if (absl::Status s = writer.log_made(name); !s.ok()) return s;
    return writer.log_audit(account, "server.create", name, url);
  });
  if (!status.ok()) return status;
  return server;
}

absl::StatusOr<std::vector<Server>> Store::servers(AccountId account) {
  Statement rows =
      database_.query(absl::StrCat(kSelectServers, "WHERE account = ? ORDER BY name"), account);
  std::vector<Server> servers;
  while (rows.next()) servers.push_back(server_of(rows));
  if (!rows.status().ok()) return rows.status();
  return servers;
}

absl::StatusOr<Server> Store::find_server(AccountId account, std::string_view name) {
  Statement row = database_.query(absl::StrCat(kSelectServers, "WHERE account = ? AND name = ?"),
                                  account, name);
  if (absl::Status s = row.only_row(no_such("server", name)); !s.ok()) return s;
  return server_of(row);
}

absl::Status Store::set_authentication(AccountId account, std::string_view server,
                                       bool authenticates, const Act& act) {
  return write(act, [&](Writer& writer) -> absl::Status {
    const absl::StatusOr<Server> before = find_server(account, server);
    if (!before.ok()) return before.status();
    if (before->authenticates == authenticates) return absl::OkStatus();
    return switch_authentication(writer, *before, authenticates);
  });
}

absl::StatusOr<std::vector<SecretInfo>> Store::secrets(AccountId account) {
  Statement rows = database_.query(
      absl::StrCat(kSelectSecrets, "WHERE account = ? ORDER BY generation DESC"), account);
  std::vector<SecretInfo> secrets;
  while (rows.next()) secrets.push_back(secret_info_of(rows));
  if (!rows.status().ok()) return rows.status();
  return secrets;
}

absl::StatusOr<SecretText> Store::show_secret(AccountId account, const Act& act) {
  std::optional<SigningSecret> secret;
  const absl::Status status = write(act, [&](Writer& writer) -> absl::Status {
    const absl::StatusOr<Account> owner = load_account(writer.database(), account);
    if (!owner.ok()) return owner.status();
    if (is_hmac(owner->algorithm)) {
      absl::StatusOr<SigningSecret> current = current_secret(writer, vault_, *owner);
      if (!current.ok()) return current.status();
      secret = *std::move(current);
    } else {
      auto found = find_current_secret(database_, vault_, account, Algorithm::kHs256);
      if (!found.ok()) return found.status();
      if (!*found) {
        return absl::FailedPreconditionError(
            "the account has no secret: a key signs its tokens, and others verify them by its "
            "public half");
      }
      secret = *std::move(found);
    }
    return writer.log_audit(account, "secret.show", owner->name, generation_text(secret->info));
  });
  if (!status.ok()) return status;
  return std::move(secret->text);
}

absl::StatusOr<SecretInfo> Store::rotate_secret(AccountId account, int64_t grace_seconds,
                                                const Act& act,
                                                std::optional<Algorithm> algorithm) {
  if (grace_seconds < 0) return absl::InvalidArgumentError("the time of grace is negative");
  SecretInfo info;
  const absl::Status status = write(act, [&](Writer& writer) -> absl::Status {
    const absl::StatusOr<Account> owner = load_account(writer.database(), account);
    if (!owner.ok()) return owner.status();
    const Algorithm which = algorithm.value_or(owner->algorithm);
    if (absl::Status s = end_current_secret(writer, account, which, act.time + grace_seconds);
        !s.ok()) {
      return s;
    }
    const absl::StatusOr<SigningSecret> made = insert_secret(writer, vault_, account, which);
    if (!made.ok()) return made.status();
    info = made->info;
    if (absl::Status s = writer.log_made(std::to_string(info.generation)); !s.ok()) return s;
    return writer.log_audit(
        account, "secret.rotate", owner->name,
        absl::StrCat(generation_text(info), ", the one before valid for ", grace_seconds, " s"));
  });
  if (!status.ok()) return status;
  return info;
}

absl::StatusOr<std::string> Store::public_keys(AccountId account, int64_t now) {
  Statement rows = database_.query(absl::StrCat(kSelectSecrets,
                                                "WHERE account = ? AND public_jwk <> '' "
                                                "AND (valid_until IS NULL OR valid_until > ?) "
                                                "ORDER BY generation DESC"),
                                   account, now);
  std::string keys;
  while (rows.next()) {
    // That it opens says that the public half is the one that was made with it.
    if (absl::Status s = signing_secret_of(rows, vault_, account).status(); !s.ok()) return s;
    serve::append(keys, keys.empty() ? "" : ",", rows.text(4));
  }
  if (!rows.status().ok()) return rows.status();
  return absl::StrCat("{\"keys\":[", keys, "]}");
}

}  // namespace simdjwt::registry
