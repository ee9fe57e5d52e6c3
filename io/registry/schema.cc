// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/schema.h"

#include <cstdint>
#include <string>

namespace simdjwt::registry {
namespace {

// By which the file is known: "sJWT".
constexpr int64_t kApplicationId = 0x734a5754;

// Times are seconds since 1970. The one row of `registry` is written by every change, so that
// changes happen one after another, and a reader that has seen a version has seen all before it.
constexpr char kFirst[] = R"sql(
CREATE TABLE registry (
  id         INTEGER PRIMARY KEY CHECK (id = 1),
  version    INTEGER NOT NULL,
  log_start  INTEGER NOT NULL,       -- all changes after this version are in the log
  next_token INTEGER NOT NULL,       -- indexes are dense: a token that failed to be made uses none
  issuer     TEXT NOT NULL,
  key_check  BLOB NOT NULL,
  created    INTEGER NOT NULL
) STRICT;

CREATE TABLE accounts (
  id                INTEGER PRIMARY KEY,
  name              TEXT NOT NULL UNIQUE,
  created           INTEGER NOT NULL,
  accepts           INTEGER NOT NULL,
  life_min          INTEGER NOT NULL,
  life_max          INTEGER,
  may_be_indefinite INTEGER NOT NULL
) STRICT;

CREATE TABLE secrets (
  account     INTEGER NOT NULL REFERENCES accounts (id),
  generation  INTEGER NOT NULL,
  created     INTEGER NOT NULL,
  valid_until INTEGER,               -- NULL: the current one
  sealed      BLOB NOT NULL,
  PRIMARY KEY (account, generation)
) STRICT, WITHOUT ROWID;

CREATE TABLE servers (
  id            INTEGER PRIMARY KEY,
  account       INTEGER NOT NULL REFERENCES accounts (id),
  name          TEXT NOT NULL UNIQUE,
  url           TEXT NOT NULL,
  created       INTEGER NOT NULL,
  authenticates INTEGER NOT NULL
) STRICT;
CREATE INDEX servers_of_account ON servers (account, name);

CREATE TABLE tokens (
  idx         INTEGER PRIMARY KEY,
  account     INTEGER NOT NULL REFERENCES accounts (id),
  jti         TEXT NOT NULL,         -- names idx, so that none is there twice
  header      TEXT NOT NULL,         -- by which algorithm it is signed
  generation  INTEGER NOT NULL,
  created     INTEGER NOT NULL,
  expires     INTEGER,
  last_used   INTEGER,
  revoked     INTEGER,
  reason      TEXT,
  description TEXT NOT NULL,
  claims      TEXT NOT NULL          -- as they were signed; the signature is nowhere
) STRICT;
CREATE INDEX tokens_of_account ON tokens (account, idx);

CREATE TABLE token_servers (
  token  INTEGER NOT NULL REFERENCES tokens (idx),
  server INTEGER NOT NULL REFERENCES servers (id),
  PRIMARY KEY (token, server)
) STRICT, WITHOUT ROWID;
CREATE INDEX tokens_of_server ON token_servers (server, token);

CREATE TABLE refresh_families (
  id      INTEGER PRIMARY KEY,
  account INTEGER NOT NULL REFERENCES accounts (id),
  current BLOB NOT NULL UNIQUE,      -- SHA-256 of the one refresh token that is still good
  claims  TEXT NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  revoked INTEGER,
  reason  TEXT
) STRICT;

CREATE TABLE foreign_revocations (
  account INTEGER NOT NULL REFERENCES accounts (id),
  jti     TEXT NOT NULL,
  expires INTEGER,
  created INTEGER NOT NULL,
  PRIMARY KEY (account, jti)
) STRICT, WITHOUT ROWID;
CREATE INDEX foreign_revocations_by_expiry ON foreign_revocations (expires);

CREATE TABLE epochs (
  scope      INTEGER NOT NULL,
  account    INTEGER NOT NULL,       -- 0 where the scope has none
  name       TEXT NOT NULL,
  not_before INTEGER NOT NULL,
  PRIMARY KEY (scope, account, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  id      INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  time    INTEGER NOT NULL,
  actor   TEXT NOT NULL,
  account INTEGER,
  action  TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail  TEXT NOT NULL
) STRICT;
CREATE INDEX audit_of_account ON audit (account, id);

-- Which row each change touched; what it holds is read where it lies.
CREATE TABLE changes (
  version INTEGER NOT NULL,
  kind    INTEGER NOT NULL,
  a       INTEGER NOT NULL,
  b       INTEGER NOT NULL,
  name    TEXT NOT NULL,
  PRIMARY KEY (version, kind, a, b, name)
) STRICT, WITHOUT ROWID;
)sql";

// What an authorization may bring about, again and again: clients and refresh tokens. The first
// version had a table for the latter, which nothing filled.
constexpr char kGrants[] = R"sql(
DROP TABLE refresh_families;

CREATE TABLE grants (
  id             INTEGER PRIMARY KEY,
  account        INTEGER NOT NULL REFERENCES accounts (id),
  description    TEXT NOT NULL,
  template       INTEGER NOT NULL,
  sub            TEXT NOT NULL,
  audiences      TEXT NOT NULL,      -- one a line
  scope          TEXT NOT NULL,
  user_id        TEXT NOT NULL,
  custom_claims  TEXT NOT NULL,
  aud_of_servers INTEGER NOT NULL,
  access_seconds INTEGER NOT NULL,
  created        INTEGER NOT NULL,
  revoked        INTEGER,
  reason         TEXT
) STRICT;
CREATE INDEX grants_of_account ON grants (account, id);

CREATE TABLE grant_servers (
  grant_id INTEGER NOT NULL REFERENCES grants (id),
  server   INTEGER NOT NULL REFERENCES servers (id),
  PRIMARY KEY (grant_id, server)
) STRICT, WITHOUT ROWID;
CREATE INDEX grants_of_server ON grant_servers (server);

CREATE TABLE clients (
  grant_id INTEGER PRIMARY KEY REFERENCES grants (id),
  name     TEXT NOT NULL UNIQUE,
  secret   BLOB NOT NULL             -- SHA-256 of it, which is random
) STRICT;

CREATE TABLE refresh_families (
  grant_id INTEGER PRIMARY KEY REFERENCES grants (id),
  client   INTEGER REFERENCES clients (grant_id),
  current  BLOB NOT NULL UNIQUE,     -- SHA-256 of the one refresh token that is still good
  expires  INTEGER NOT NULL
) STRICT;
CREATE INDEX refresh_families_of_client ON refresh_families (client);
CREATE INDEX refresh_families_by_expiry ON refresh_families (expires);

CREATE TABLE spent_refresh_tokens (
  hash   BLOB PRIMARY KEY,           -- SHA-256
  family INTEGER NOT NULL REFERENCES refresh_families (grant_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX spent_of_family ON spent_refresh_tokens (family);

ALTER TABLE tokens ADD COLUMN grant_id INTEGER REFERENCES grants (id);
CREATE INDEX tokens_of_grant ON tokens (grant_id) WHERE grant_id IS NOT NULL;
)sql";

// `token` is an index, or -1 for a server's own counts. The times of last uses change all the time:
// a page holds 300 of them, or half a dozen tokens.
constexpr char kUsage[] = R"sql(
CREATE TABLE usage_minutes (
  server  INTEGER NOT NULL,
  token   INTEGER NOT NULL,
  start   INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  count   INTEGER NOT NULL,
  PRIMARY KEY (server, token, start, outcome)
) STRICT, WITHOUT ROWID;
CREATE INDEX usage_minutes_by_age ON usage_minutes (start);

CREATE TABLE usage_hours (
  server  INTEGER NOT NULL,
  token   INTEGER NOT NULL,
  start   INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  count   INTEGER NOT NULL,
  PRIMARY KEY (server, token, start, outcome)
) STRICT, WITHOUT ROWID;
CREATE INDEX usage_hours_by_age ON usage_hours (start);

CREATE TABLE last_uses (
  token INTEGER PRIMARY KEY,
  time  INTEGER NOT NULL
) STRICT;
ALTER TABLE tokens DROP COLUMN last_used;
)sql";

// Who may use the admin API, and what they made lately, so that who asks again makes it once.
constexpr char kAdmin[] = R"sql(
CREATE TABLE admin_tokens (
  id        INTEGER PRIMARY KEY,
  name      TEXT NOT NULL UNIQUE,
  hash      BLOB NOT NULL UNIQUE,    -- SHA-256 of the token
  scopes    INTEGER NOT NULL,
  account   INTEGER REFERENCES accounts (id),  -- NULL: all
  created   INTEGER NOT NULL,
  expires   INTEGER,
  last_used INTEGER,
  revoked   INTEGER
) STRICT;

CREATE TABLE made_once (
  admin   INTEGER NOT NULL REFERENCES admin_tokens (id),
  key     TEXT NOT NULL,
  request BLOB NOT NULL,             -- SHA-256 of what was asked
  subject TEXT NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (admin, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX made_once_by_age ON made_once (created);
)sql";

// Whether new tokens name the list of their status.
constexpr char kStatusLists[] = R"sql(
ALTER TABLE registry ADD COLUMN names_status_lists INTEGER NOT NULL DEFAULT 0;
)sql";

// What signs may be a key, of which others know the public half; an account has one current secret
// or key for an algorithm.
constexpr char kKeys[] = R"sql(
ALTER TABLE accounts ADD COLUMN algorithm TEXT NOT NULL DEFAULT 'HS256';
ALTER TABLE secrets ADD COLUMN algorithm TEXT NOT NULL DEFAULT 'HS256';
ALTER TABLE secrets ADD COLUMN public_jwk TEXT NOT NULL DEFAULT '';  -- empty: a secret
CREATE UNIQUE INDEX current_secrets ON secrets (account, algorithm) WHERE valid_until IS NULL;
)sql";

// To count a server's tokens takes as long as there are many, and every token that is issued asks.
constexpr char kServerCounts[] = R"sql(
ALTER TABLE servers ADD COLUMN num_tokens INTEGER NOT NULL DEFAULT 0;
UPDATE servers SET num_tokens = (SELECT count(*) FROM token_servers WHERE server = servers.id);
)sql";

constexpr const char* kScripts[] = {kFirst,       kGrants, kUsage,       kAdmin,
                                    kStatusLists, kKeys,   kServerCounts};

absl::StatusOr<int64_t> pragma(Database& database, std::string_view sql) {
  Statement row = database.query(sql);
  if (absl::Status s = row.only_row("no answer to a pragma"); !s.ok()) return s;
  return row.integer(0);
}

absl::StatusOr<int64_t> schema_version(Database& database) {
  return pragma(database, "PRAGMA user_version");
}

// Whether the file is a registry's, or an empty one that is to become one.
absl::Status check_kind(Database& database) {
  const absl::StatusOr<int64_t> id = pragma(database, "PRAGMA application_id");
  if (!id.ok()) return id.status();
  if (*id == kApplicationId) return absl::OkStatus();
  const absl::StatusOr<int64_t> num_tables = pragma(database, "SELECT count(*) FROM sqlite_schema");
  if (!num_tables.ok()) return num_tables.status();
  if (*id == 0 && *num_tables == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(database.path() + ": is no registry");
}

absl::Status apply(Database& database, const char* script, int64_t version) {
  if (absl::Status s = database.run_script(script); !s.ok()) return s;
  const std::string pragmas = "PRAGMA application_id = " + std::to_string(kApplicationId) +
                              "; PRAGMA user_version = " + std::to_string(version);
  return database.run_script(pragmas.c_str());
}

}  // namespace

std::span<const char* const> schema_scripts() noexcept { return kScripts; }

absl::Status migrate(Database& database, std::span<const char* const> scripts) {
  if (absl::Status s = check_kind(database); !s.ok()) return s;
  const auto last = static_cast<int64_t>(scripts.size());
  while (true) {
    absl::StatusOr<int64_t> version = schema_version(database);
    if (!version.ok()) return version.status();
    if (*version > last) {
      return absl::FailedPreconditionError(
          database.path() + ": the registry has version " + std::to_string(*version) +
          " of the schema, and this program knows it up to " + std::to_string(last) +
          ": a newer simdjwt has written it");
    }
    if (*version == last) return absl::OkStatus();
    absl::StatusOr<Transaction> transaction =
        Transaction::begin(database, Transaction::Kind::kWrite);
    if (!transaction.ok()) return transaction.status();
    // Another process may have been first.
    version = schema_version(database);
    if (!version.ok()) return version.status();
    if (*version < last) {
      const char* const script = scripts[static_cast<size_t>(*version)];
      if (absl::Status s = apply(database, script, *version + 1); !s.ok()) return s;
    }
    if (absl::Status s = transaction->commit(); !s.ok()) return s;
  }
}

absl::Status check_pages(Database& database) {
  // Not integrity_check, which also compares indexes with their tables: of a million tokens it
  // takes 1.8 s of CPU time where this takes 0.6.
  Statement row = database.query("PRAGMA quick_check(1)");
  if (absl::Status s = row.only_row("no answer to a pragma"); !s.ok()) return s;
  if (row.text(0) == "ok") return absl::OkStatus();
  return absl::DataLossError(database.path() +
                             ": the file is damaged: " + std::string(row.text(0)));
}

}  // namespace simdjwt::registry
