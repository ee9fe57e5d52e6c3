// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Clients, and the families of refresh tokens as those see them who manage them.

#include "registry/grants.h"

#include <absl/strings/str_cat.h>
#include <openssl/crypto.h>
#include <simdjwt/limits.h>

#include "registry/grant_rows.h"
#include "registry/names.h"
#include "registry/rows.h"

namespace simdjwt::registry {
namespace {

absl::Status check_reason(std::string_view reason) {
  return reason.empty() ? absl::OkStatus() : check_text("reason", reason, kReasonBytesMax);
}

Statement select_clients(Database& database, const char* condition, const auto&... values) {
  return database.query(absl::StrCat("SELECT ", kGrantColumns,
                                     ", c.name, c.secret FROM clients c "
                                     "JOIN grants g ON g.id = c.grant_id WHERE ",
                                     condition),
                        values...);
}

Client client_of(const Statement& row) {
  return {grant_of(row), std::string(row.text(kNumGrantColumns))};
}

// Without its servers.
absl::StatusOr<Client> load_client(Database& database, AccountId account, std::string_view name) {
  Statement row = select_clients(database, "g.account = ? AND c.name = ?", account, name);
  if (absl::Status s = row.only_row(no_such("client", name)); !s.ok()) return s;
  return client_of(row);
}

Statement select_families(Database& database, const char* condition, const auto&... values) {
  return database.query(absl::StrCat("SELECT ", kGrantColumns,
                                     ", c.name, f.expires FROM refresh_families f "
                                     "JOIN grants g ON g.id = f.grant_id "
                                     "LEFT JOIN clients c ON c.grant_id = f.client WHERE ",
                                     condition),
                        values...);
}

RefreshFamily family_of(const Statement& row) {
  return {.grant = grant_of(row),
          .client = std::string(row.text(kNumGrantColumns)),
          .expires = row.integer(kNumGrantColumns + 1)};
}

// Without its servers.
absl::StatusOr<RefreshFamily> load_family(Database& database, AccountId account, GrantId family) {
  Statement row = select_families(database, "g.account = ? AND g.id = ?", account, family);
  if (absl::Status s = row.only_row(no_such("family of refresh tokens", absl::StrCat(family)));
      !s.ok()) {
    return s;
  }
  return family_of(row);
}

std::string subject_of(const Grant& family) { return absl::StrCat("family ", family.id); }

// Every refresh token of it is refused from now on.
absl::Status revoke(Writer& writer, const RefreshFamily& family, std::string_view reason) {
  return revoke_grant(writer, family.grant, "refresh.revoke", subject_of(family.grant), reason);
}

}  // namespace

// --- Clients ---

absl::StatusOr<NewClient> Grants::create_client(AccountId account, std::string_view name,
                                                const TokenRequest& tokens, int64_t access_seconds,
                                                const Act& act) {
  if (absl::Status s = check_name("client's name", name); !s.ok()) return s;
  absl::StatusOr<OpaqueSecret> secret = make_opaque(kClientSecretPrefix);
  if (!secret.ok()) return secret.status();
  Client client{{.account = account, .tokens = tokens, .access_seconds = access_seconds},
                std::string(name)};
  const absl::Status status = store_.write(act, [&](Writer& writer) -> absl::Status {
    if (absl::Status s = insert_grant(writer, store_, client.grant); !s.ok()) return s;
    const absl::Status inserted =
        writer.database().run("INSERT INTO clients (grant_id, name, secret) VALUES (?, ?, ?)",
                              client.grant.id, name, Blob{secret->hash});
    if (absl::IsAlreadyExists(inserted)) {
      return absl::AlreadyExistsError("there is a client named " + client.name + " already");
    }
    if (!inserted.ok()) return inserted;
    if (absl::Status s = writer.log_made(name); !s.ok()) return s;
    return writer.log_audit(account, "client.create", name, tokens.description);
  });
  if (!status.ok()) return status;
  return NewClient{std::move(client), std::move(secret->text)};
}

absl::StatusOr<std::vector<Client>> Grants::clients(AccountId account) {
  Database& database = store_.database_;
  std::vector<Client> clients;
  const absl::Status status = store_.read([&]() -> absl::Status {
    Statement rows = select_clients(database, "g.account = ? ORDER BY c.name", account);
    while (rows.next()) clients.push_back(client_of(rows));
    if (!rows.status().ok()) return rows.status();
    for (Client& client : clients) {
      if (absl::Status s = load_servers(database, client.grant); !s.ok()) return s;
    }
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return clients;
}

absl::StatusOr<Client> Grants::find_client(AccountId account, std::string_view name) {
  absl::StatusOr<Client> client = absl::InternalError("");
  const absl::Status status = store_.read([&]() -> absl::Status {
    client = load_client(store_.database_, account, name);
    return client.ok() ? load_servers(store_.database_, client->grant) : client.status();
  });
  if (!status.ok()) return status;
  return client;
}

absl::Status Grants::revoke_client(AccountId account, std::string_view name,
                                   std::string_view reason, const Act& act) {
  if (absl::Status s = check_reason(reason); !s.ok()) return s;
  return store_.write(act, [&](Writer& writer) -> absl::Status {
    const absl::StatusOr<Client> client = load_client(writer.database(), account, name);
    if (!client.ok()) return client.status();
    std::vector<RefreshFamily> families;
    Statement rows = select_families(writer.database(), "f.client = ?", client->grant.id);
    while (rows.next()) families.push_back(family_of(rows));
    if (!rows.status().ok()) return rows.status();
    for (const RefreshFamily& family : families) {
      if (absl::Status s = revoke(writer, family, reason); !s.ok()) return s;
    }
    return revoke_grant(writer, client->grant, "client.revoke", name, reason);
  });
}

absl::StatusOr<Client> Grants::authenticate(std::string_view name, std::string_view secret) {
  const std::string hash = sha256_of(secret);
  absl::StatusOr<Client> client = absl::UnauthenticatedError("the client is unknown");
  const absl::Status status = store_.read([&]() -> absl::Status {
    Statement row = select_clients(store_.database_, "c.name = ? AND g.revoked IS NULL", name);
    if (!row.next()) return row.status();
    const std::string_view kept = row.blob(kNumGrantColumns + 1);
    if (kept.size() != hash.size() || CRYPTO_memcmp(kept.data(), hash.data(), hash.size()) != 0) {
      return absl::OkStatus();
    }
    client = client_of(row);
    return load_servers(store_.database_, client->grant);
  });
  if (!status.ok()) return status;
  return client;
}

absl::StatusOr<IssuedToken> Grants::issue_to(const Client& client, const Narrowing& narrowing,
                                             const Act& act) {
  absl::StatusOr<IssuedToken> issued = absl::InternalError("");
  const absl::Status status = store_.write(act, [&](Writer& writer) -> absl::Status {
    // Another process may have revoked it meanwhile.
    absl::StatusOr<Client> current =
        load_client(writer.database(), client.grant.account, client.name);
    if (!current.ok()) return current.status();
    if (current->grant.revoked) return absl::UnauthenticatedError("the client is revoked");
    if (auto s = load_servers(writer.database(), current->grant); !s.ok()) return s;
    const absl::StatusOr<TokenRequest> request =
        narrowed(store_, current->grant, narrowing, act.time);
    if (!request.ok()) return request.status();
    issued = store_.issue(writer, client.grant.account, *request, client.grant.id);
    return issued.status();
  });
  if (!status.ok()) return status;
  return issued;
}

// --- Families of refresh tokens ---

absl::StatusOr<TokenPair> Grants::create_family(AccountId account, const TokenRequest& tokens,
                                                int64_t access_seconds, int64_t expires,
                                                std::string_view client, const Act& act) {
  if (expires <= act.time) return absl::InvalidArgumentError("the expiry is not in the future");
  if (expires > kNumericDateMax) {
    return absl::InvalidArgumentError("the expiry is later than the year 9999");
  }
  absl::StatusOr<OpaqueSecret> secret = make_opaque(kRefreshTokenPrefix);
  if (!secret.ok()) return secret.status();
  TokenPair pair;
  const absl::Status status = store_.write(act, [&](Writer& writer) -> absl::Status {
    Database& database = writer.database();
    std::optional<GrantId> owner;
    if (!client.empty()) {
      const absl::StatusOr<Client> found = load_client(database, account, client);
      if (!found.ok()) return found.status();
      if (found->grant.revoked) return absl::FailedPreconditionError("the client is revoked");
      owner = found->grant.id;
    }
    Grant grant{.account = account, .tokens = tokens, .access_seconds = access_seconds};
    if (absl::Status s = insert_grant(writer, store_, grant); !s.ok()) return s;
    if (absl::Status s =
            database.run("INSERT INTO refresh_families (grant_id, client, current, expires) "
                         "VALUES (?, ?, ?, ?)",
                         grant.id, owner, Blob{secret->hash}, expires);
        !s.ok()) {
      return s;
    }
    if (absl::Status s = writer.log_audit(account, "refresh.create", subject_of(grant), client);
        !s.ok()) {
      return s;
    }
    const absl::StatusOr<TokenRequest> request = narrowed(store_, grant, {}, act.time);
    if (!request.ok()) return request.status();
    absl::StatusOr<IssuedToken> issued = store_.issue(writer, account, *request, grant.id);
    if (!issued.ok()) return issued.status();
    pair = {*std::move(issued), request->scope, std::move(secret->text), expires};
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return pair;
}

absl::StatusOr<std::vector<RefreshFamily>> Grants::families(AccountId account, GrantId before,
                                                            int64_t limit) {
  Database& database = store_.database_;
  std::vector<RefreshFamily> families;
  const absl::Status status = store_.read([&]() -> absl::Status {
    Statement rows = select_families(
        database, "g.account = ? AND g.id < ? ORDER BY g.id DESC LIMIT ?", account, before, limit);
    while (rows.next()) families.push_back(family_of(rows));
    if (!rows.status().ok()) return rows.status();
    for (RefreshFamily& family : families) {
      if (absl::Status s = load_servers(database, family.grant); !s.ok()) return s;
    }
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return families;
}

absl::StatusOr<RefreshFamily> Grants::find_family(AccountId account, GrantId family) {
  absl::StatusOr<RefreshFamily> found = absl::InternalError("");
  const absl::Status status = store_.read([&]() -> absl::Status {
    found = load_family(store_.database_, account, family);
    return found.ok() ? load_servers(store_.database_, found->grant) : found.status();
  });
  if (!status.ok()) return status;
  return found;
}

absl::Status Grants::revoke_family(AccountId account, GrantId family, std::string_view reason,
                                   const Act& act) {
  if (absl::Status s = check_reason(reason); !s.ok()) return s;
  return store_.write(act, [&](Writer& writer) -> absl::Status {
    const absl::StatusOr<RefreshFamily> found = load_family(writer.database(), account, family);
    return found.ok() ? revoke(writer, *found, reason) : found.status();
  });
}

}  // namespace simdjwt::registry
