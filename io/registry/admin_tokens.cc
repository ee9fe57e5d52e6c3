// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/admin_tokens.h"

#include <absl/strings/str_cat.h>

#include "registry/names.h"
#include "registry/opaque_secret.h"
#include "registry/rows.h"
#include "registry/writer.h"

namespace simdjwt::registry {
namespace {

constexpr int64_t kLastUsedSeconds = 60;  // a write for each request would be one too many

constexpr char kSelect[] =
    "SELECT id, name, scopes, account, created, expires, last_used, revoked FROM admin_tokens ";

AdminToken admin_token_of(const Statement& row) {
  return {.id = row.integer(0),
          .name = std::string(row.text(1)),
          .scopes = static_cast<uint8_t>(row.integer(2)),
          .account = row.optional_integer(3),
          .created = row.integer(4),
          .expires = row.optional_integer(5),
          .last_used = row.optional_integer(6),
          .revoked = row.optional_integer(7)};
}

std::string scopes_text(const std::vector<AdminScope>& scopes) {
  std::string text;
  for (const AdminScope scope : scopes) text.append(text.empty() ? "" : " ").append(name_of(scope));
  return text;
}

}  // namespace

std::string_view name_of(AdminScope scope) noexcept {
  switch (scope) {
    case AdminScope::kRead:
      return "read";
    case AdminScope::kWrite:
      return "write";
    case AdminScope::kReveal:
      return "reveal";
    case AdminScope::kAudit:
      return "audit";
  }
  return "";
}

absl::StatusOr<IssuedAdminToken> AdminTokens::create(const AdminTokenRequest& request,
                                                     const Act& act) {
  if (absl::Status s = check_name("admin token's name", request.name); !s.ok()) return s;
  if (request.scopes.empty()) return absl::InvalidArgumentError("the admin token has no scope");
  if (request.expires && *request.expires <= act.time) {
    return absl::InvalidArgumentError("the expiry is not in the future");
  }
  absl::StatusOr<OpaqueSecret> secret = make_opaque(kAdminTokenPrefix);
  if (!secret.ok()) return secret.status();
  AdminToken token{.name = request.name,
                   .account = request.account,
                   .created = act.time,
                   .expires = request.expires};
  for (const AdminScope scope : request.scopes) token.scopes |= static_cast<uint8_t>(scope);
  const absl::Status status = store_.write(act, [&](Writer& writer) -> absl::Status {
    if (token.account) {
      if (auto owner = load_account(writer.database(), *token.account); !owner.ok()) {
        return owner.status();
      }
    }
    Statement row = writer.database().query(
        "INSERT INTO admin_tokens (name, hash, scopes, account, created, expires) "
        "VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
        token.name, Blob{secret->hash}, int64_t{token.scopes}, token.account, token.created,
        token.expires);
    if (absl::Status s = row.only_row("no admin token was made"); !s.ok()) {
      return absl::IsAlreadyExists(s)
                 ? absl::AlreadyExistsError(
                       absl::StrCat("there is an admin token named ", token.name, " already"))
                 : s;
    }
    token.id = row.integer(0);
    return writer.log_audit(token.account, "admin_token.create", token.name,
                            scopes_text(request.scopes));
  });
  if (!status.ok()) return status;
  return IssuedAdminToken{std::move(token), std::move(secret->text)};
}

absl::StatusOr<std::vector<AdminToken>> AdminTokens::all() {
  Statement rows = store_.database_.query(absl::StrCat(kSelect, "ORDER BY id"));
  std::vector<AdminToken> tokens;
  while (rows.next()) tokens.push_back(admin_token_of(rows));
  if (!rows.status().ok()) return rows.status();
  return tokens;
}

absl::Status AdminTokens::revoke(std::string_view name, const Act& act) {
  return store_.write(act, [&](Writer& writer) -> absl::Status {
    std::optional<AdminToken> token;
    {
      Statement row = writer.database().query(absl::StrCat(kSelect, "WHERE name = ?"), name);
      if (absl::Status s = row.only_row(no_such("admin token", name)); !s.ok()) return s;
      token = admin_token_of(row);
    }
    if (token->revoked) return absl::OkStatus();
    if (absl::Status s = writer.database().run("UPDATE admin_tokens SET revoked = ? WHERE id = ?",
                                               act.time, token->id);
        !s.ok()) {
      return s;
    }
    return writer.log_audit(token->account, "admin_token.revoke", name);
  });
}

absl::StatusOr<AdminToken> AdminTokens::find(std::string_view text, int64_t now) {
  constexpr char kNone[] = "there is no such admin token";
  if (!text.starts_with(kAdminTokenPrefix)) return absl::NotFoundError(kNone);
  AdminToken token;
  {
    Statement row =
        store_.database_.query(absl::StrCat(kSelect, "WHERE hash = ?"), Blob{sha256_of(text)});
    if (absl::Status s = row.only_row(kNone); !s.ok()) return s;
    token = admin_token_of(row);
  }
  if (!token.is_good(now)) return absl::NotFoundError(kNone);
  if (token.last_used.value_or(0) + kLastUsedSeconds <= now) {
    // Is no change of the registry: nobody has to hear of it.
    if (absl::Status s = store_.database_.run("UPDATE admin_tokens SET last_used = ? WHERE id = ?",
                                              now, token.id);
        !s.ok()) {
      return s;
    }
    token.last_used = now;
  }
  return token;
}

absl::StatusOr<MadeOnce> AdminTokens::find_made(const Once& once, int64_t now) {
  Statement row = store_.database_.query(
      "SELECT request, subject FROM made_once WHERE admin = ? AND key = ? AND created > ?",
      once.admin, once.key, now - kOnceSeconds);
  if (absl::Status s = row.only_row("nothing was made with this key"); !s.ok()) return s;
  return MadeOnce{std::string(row.blob(0)), std::string(row.text(1))};
}

}  // namespace simdjwt::registry
