// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What readers get, and the two kinds of revocation that only they know of.

#include "registry/names.h"
#include "registry/rows.h"
#include "registry/store.h"
#include "registry/writer.h"

namespace simdjwt::registry {
namespace {

constexpr size_t kForeignTextBytesMax = 1024;

// Sends rows, all of a table or one of it.
class Feeder {
 public:
  Feeder(Database& database, const Vault& vault, FeedSink& sink, int64_t now)
      : database_(database), vault_(vault), sink_(sink), now_(now) {}

  absl::Status send_all();
  absl::Status send_changes(int64_t since);

 private:
  absl::Status send_accounts(Statement rows);
  absl::Status send_secrets(Statement rows);
  absl::Status send_servers(Statement rows);
  absl::Status send_tokens(Statement rows);
  absl::Status send_associations(Statement rows);
  absl::Status send_epochs(Statement rows);
  absl::Status send_foreign(Statement rows);
  absl::Status send_change(ChangeKind kind, int64_t a, int64_t b, std::string_view name);
  absl::Status send_secret_change(AccountId account, int64_t generation);
  absl::Status send_association_change(int64_t token, ServerId server);

  template <class... Values>
  Statement select(std::string sql, std::string_view condition, const Values&... values) {
    return database_.query(sql.append(" ").append(condition), values...);
  }

  Database& database_;
  const Vault& vault_;
  FeedSink& sink_;
  int64_t now_;
};

constexpr char kAccounts[] = "SELECT id, name, accepts FROM accounts";
constexpr char kSecrets[] =
    "SELECT account, generation, algorithm, public_jwk, sealed, valid_until FROM secrets";
constexpr char kServers[] = "SELECT id, account, name, url, authenticates FROM servers";
constexpr char kTokens[] = "SELECT idx, account, jti, expires, revoked FROM tokens";
constexpr char kAssociations[] = "SELECT token, server FROM token_servers";
constexpr char kEpochs[] = "SELECT scope, account, name, not_before FROM epochs";
constexpr char kForeign[] = "SELECT account, jti, expires FROM foreign_revocations";

absl::Status Feeder::send_accounts(Statement rows) {
  while (rows.next()) {
    sink_.on_account({rows.integer(0), rows.text(1), static_cast<Accepts>(rows.integer(2))});
  }
  return rows.status();
}

absl::Status Feeder::send_secrets(Statement rows) {
  while (rows.next()) {
    const AccountId account = rows.integer(0);
    const int64_t generation = rows.integer(1);
    const Algorithm algorithm = algorithm_of(rows, 2);
    const std::string_view public_jwk = rows.text(3);
    // A key, too, is opened, which says that the public half is its own; but that is all that goes
    // on.
    const absl::StatusOr<SecretText> text =
        vault_.unseal(account, generation, public_jwk, rows.blob(4));
    if (!text.ok()) return text.status();
    sink_.on_secret({account, generation, algorithm, is_hmac(algorithm) ? text->view() : public_jwk,
                     rows.optional_integer(5).value_or(kNever)});
  }
  return rows.status();
}

absl::Status Feeder::send_servers(Statement rows) {
  while (rows.next()) {
    sink_.on_server(
        {rows.integer(0), rows.integer(1), rows.text(2), rows.text(3), rows.integer(4) != 0});
  }
  return rows.status();
}

absl::Status Feeder::send_tokens(Statement rows) {
  while (rows.next()) {
    sink_.on_token({static_cast<TokenIndex>(rows.integer(0)), rows.integer(1), rows.text(2),
                    rows.optional_integer(3).value_or(kNever), !rows.is_null(4)});
  }
  return rows.status();
}

absl::Status Feeder::send_associations(Statement rows) {
  while (rows.next()) {
    sink_.on_associated(static_cast<TokenIndex>(rows.integer(0)), rows.integer(1));
  }
  return rows.status();
}

absl::Status Feeder::send_epochs(Statement rows) {
  while (rows.next()) {
    sink_.on_epoch(
        {static_cast<EpochScope>(rows.integer(0)), rows.integer(1), rows.text(2), rows.integer(3)});
  }
  return rows.status();
}

absl::Status Feeder::send_foreign(Statement rows) {
  while (rows.next()) {
    sink_.on_foreign_revocation(
        {rows.integer(0), rows.text(1), rows.optional_integer(2).value_or(kNever)});
  }
  return rows.status();
}

absl::Status Feeder::send_all() {
  if (auto s = send_accounts(select(kAccounts, "ORDER BY id")); !s.ok()) return s;
  if (auto s = send_secrets(select(kSecrets,
                                   "WHERE valid_until IS NULL OR valid_until > ? "
                                   "ORDER BY account, generation",
                                   now_));
      !s.ok()) {
    return s;
  }
  if (auto s = send_servers(select(kServers, "ORDER BY id")); !s.ok()) return s;
  if (auto s = send_tokens(select(kTokens, "ORDER BY idx")); !s.ok()) return s;
  if (auto s = send_associations(select(kAssociations, "ORDER BY token, server")); !s.ok()) {
    return s;
  }
  if (auto s = send_epochs(select(kEpochs, "ORDER BY scope")); !s.ok()) return s;
  return send_foreign(select(kForeign, "WHERE expires IS NULL OR expires > ?", now_));
}

absl::Status Feeder::send_secret_change(AccountId account, int64_t generation) {
  Statement row = select(kSecrets,
                         "WHERE account = ? AND generation = ? "
                         "AND (valid_until IS NULL OR valid_until > ?)",
                         account, generation, now_);
  Statement count = select("SELECT count(*) FROM secrets",
                           "WHERE account = ? AND generation = ? "
                           "AND (valid_until IS NULL OR valid_until > ?)",
                           account, generation, now_);
  if (absl::Status s = count.only_row("no count"); !s.ok()) return s;
  if (count.integer(0) > 0) return send_secrets(std::move(row));
  sink_.on_secret_dropped(account, generation);
  return absl::OkStatus();
}

absl::Status Feeder::send_association_change(int64_t token, ServerId server) {
  Statement row = select(kAssociations, "WHERE token = ? AND server = ?", token, server);
  const bool is_there = row.next();
  if (!row.status().ok()) return row.status();
  const auto index = static_cast<TokenIndex>(token);
  is_there ? sink_.on_associated(index, server) : sink_.on_dissociated(index, server);
  return absl::OkStatus();
}

absl::Status Feeder::send_change(ChangeKind kind, int64_t a, int64_t b, std::string_view name) {
  switch (kind) {
    case ChangeKind::kAccount:
      return send_accounts(select(kAccounts, "WHERE id = ?", a));
    case ChangeKind::kSecret:
      return send_secret_change(a, b);
    case ChangeKind::kServer:
      return send_servers(select(kServers, "WHERE id = ?", a));
    case ChangeKind::kToken:
      return send_tokens(select(kTokens, "WHERE idx = ?", a));
    case ChangeKind::kAssociation:
      return send_association_change(a, b);
    case ChangeKind::kEpoch:
      return send_epochs(
          select(kEpochs, "WHERE scope = ? AND account = ? AND name = ?", a, b, name));
    case ChangeKind::kForeign:
      return send_foreign(select(kForeign, "WHERE account = ? AND jti = ?", a, name));
  }
  return absl::DataLossError("the log of changes names a kind of row that there is not");
}

absl::Status Feeder::send_changes(int64_t since) {
  Statement rows = database_.query(
      "SELECT kind, a, b, name, max(version) AS last FROM changes WHERE version > ? "
      "GROUP BY kind, a, b, name ORDER BY last, kind",
      since);
  while (rows.next()) {
    if (absl::Status s = send_change(static_cast<ChangeKind>(rows.integer(0)), rows.integer(1),
                                     rows.integer(2), rows.text(3));
        !s.ok()) {
      return s;
    }
  }
  return rows.status();
}

}  // namespace

absl::StatusOr<int64_t> Store::read_all(FeedSink& sink, int64_t now) {
  int64_t at = 0;
  const absl::Status status = read([&]() -> absl::Status {
    const absl::StatusOr<int64_t> current = version();
    if (!current.ok()) return current.status();
    at = *current;
    return Feeder(database_, vault_, sink, now).send_all();
  });
  if (!status.ok()) return status;
  return at;
}

absl::StatusOr<int64_t> Store::read_changes(FeedSink& sink, int64_t since, int64_t now) {
  int64_t at = 0;
  const absl::Status status = read([&]() -> absl::Status {
    Statement row = database_.query("SELECT version, log_start FROM registry");
    if (absl::Status s = row.only_row("the registry has no version"); !s.ok()) return s;
    at = row.integer(0);
    // A version that is yet to come was that of another copy of the file.
    if (since < row.integer(1) || since > at) {
      return absl::OutOfRangeError("the log of changes does not reach back to that version");
    }
    return Feeder(database_, vault_, sink, now).send_changes(since);
  });
  if (!status.ok()) return status;
  return at;
}

absl::Status Store::revoke_foreign(AccountId account, std::string_view jti,
                                   std::optional<int64_t> expires, const Act& act) {
  if (absl::Status s = check_text("jti", jti, kForeignTextBytesMax); !s.ok()) return s;
  return write(act, [&](Writer& writer) -> absl::Status {
    const absl::StatusOr<Account> owner = load_account(database_, account);
    if (!owner.ok()) return owner.status();
    if (absl::Status s =
            database_.run("INSERT INTO foreign_revocations (account, jti, expires, created) "
                          "VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                          account, jti, expires, act.time);
        !s.ok()) {
      return s;
    }
    if (database_.num_changed() == 0) return absl::OkStatus();
    if (absl::Status s = writer.log_change(ChangeKind::kForeign, account, 0, jti); !s.ok()) {
      return s;
    }
    return writer.log_audit(account, "foreign.revoke", jti);
  });
}

absl::StatusOr<std::vector<Epoch>> Store::epochs(std::optional<AccountId> account) {
  Statement rows = database_.query(
      "SELECT scope, account, name, not_before FROM epochs WHERE account = ? "
      "ORDER BY scope, name",
      account.value_or(0));
  std::vector<Epoch> epochs;
  while (rows.next()) {
    epochs.push_back({static_cast<EpochScope>(rows.integer(0)), rows.integer(1),
                      std::string(rows.text(2)), rows.integer(3)});
  }
  if (!rows.status().ok()) return rows.status();
  return epochs;
}

absl::StatusOr<std::vector<ForeignRevocation>> Store::foreign_revocations(AccountId account,
                                                                          std::string_view after,
                                                                          size_t limit) {
  Statement rows = database_.query(
      "SELECT jti, created, expires FROM foreign_revocations WHERE account = ? AND jti > ? "
      "ORDER BY jti LIMIT ?",
      account, after, static_cast<int64_t>(limit));
  std::vector<ForeignRevocation> revocations;
  while (rows.next()) {
    revocations.push_back({std::string(rows.text(0)), rows.integer(1), rows.optional_integer(2)});
  }
  if (!rows.status().ok()) return rows.status();
  return revocations;
}

absl::Status Store::set_epoch(const FeedEpoch& epoch, const Act& act) {
  const bool is_of_account =
      epoch.scope == EpochScope::kAccount || epoch.scope == EpochScope::kSubject;
  const bool is_named = epoch.scope == EpochScope::kIssuer || epoch.scope == EpochScope::kSubject;
  if (is_named != !epoch.name.empty() || is_of_account != (epoch.account != 0)) {
    return absl::InvalidArgumentError("the epoch's account or name does not fit its scope");
  }
  if (is_named) {
    if (absl::Status s = check_text("epoch's name", epoch.name, kForeignTextBytesMax); !s.ok()) {
      return s;
    }
  }
  return write(act, [&](Writer& writer) -> absl::Status {
    if (is_of_account) {
      if (auto owner = load_account(database_, epoch.account); !owner.ok()) return owner.status();
    }
    const auto scope = static_cast<int64_t>(epoch.scope);
    if (absl::Status s = database_.run(
            "INSERT INTO epochs (scope, account, name, not_before) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (scope, account, name) DO UPDATE SET not_before = excluded.not_before "
            "WHERE epochs.not_before < excluded.not_before",
            scope, epoch.account, epoch.name, epoch.not_before);
        !s.ok()) {
      return s;
    }
    if (database_.num_changed() == 0) return absl::OkStatus();
    if (absl::Status s = writer.log_change(ChangeKind::kEpoch, scope, epoch.account, epoch.name);
        !s.ok()) {
      return s;
    }
    const std::optional<AccountId> account =
        is_of_account ? std::optional(epoch.account) : std::nullopt;
    return writer.log_audit(account, "epoch.set", epoch.name,
                            "not before " + std::to_string(epoch.not_before));
  });
}

}  // namespace simdjwt::registry
