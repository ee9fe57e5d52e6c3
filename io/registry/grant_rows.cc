// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/grant_rows.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "registry/rows.h"

namespace simdjwt::registry {
namespace {

absl::Status check_grant(const Grant& grant, const Account& owner, int64_t now) {
  if (grant.access_seconds < 1 || grant.access_seconds > kAccessSecondsMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        "tokens that are issued again and again live for 1 to ", kAccessSecondsMax, " seconds"));
  }
  TokenRequest first = grant.tokens;
  first.expires = now + grant.access_seconds;
  return check_request(first, owner.life, now);
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    parts.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::string lines_of(const std::vector<std::string>& texts) {
  std::string lines;
  for (const std::string& text : texts) lines.append(lines.empty() ? "" : "\n").append(text);
  return lines;
}

// The words of `asked`, if all of them are among those of `granted`.
absl::StatusOr<std::string> narrowed_scope(std::string_view granted, std::string_view asked) {
  if (asked.empty()) return std::string(granted);
  const std::vector<std::string> allowed = split(granted, ' ');
  for (const std::string& word : split(asked, ' ')) {
    if (word.empty() || std::ranges::count(allowed, word) == 0) {
      return absl::OutOfRangeError("the scope is wider than what was granted");
    }
  }
  return std::string(asked);
}

}  // namespace

Grant grant_of(const Statement& row) {
  Grant grant{.id = row.integer(0), .account = row.integer(1)};
  TokenRequest& tokens = grant.tokens;
  tokens.description = row.text(2);
  tokens.claims = static_cast<Template>(row.integer(3));
  tokens.sub = row.text(4);
  if (!row.text(5).empty()) tokens.audiences = split(row.text(5), '\n');
  tokens.scope = row.text(6);
  tokens.user_id = row.text(7);
  tokens.custom_claims = row.text(8);
  tokens.aud_of_servers = row.integer(9) != 0;
  grant.access_seconds = row.integer(10);
  grant.created = row.integer(11);
  if (!row.is_null(12)) grant.revoked = Revocation{row.integer(12), std::string(row.text(13))};
  return grant;
}

absl::Status load_servers(Database& database, Grant& grant) {
  Statement rows = database.query(
      "SELECT s.name FROM grant_servers a JOIN servers s ON s.id = a.server WHERE a.grant_id = ? "
      "ORDER BY s.name",
      grant.id);
  while (rows.next()) grant.tokens.servers.emplace_back(rows.text(0));
  return rows.status();
}

absl::Status insert_grant(Writer& writer, Store& store, Grant& grant) {
  Database& database = writer.database();
  const absl::StatusOr<Account> owner = load_account(database, grant.account);
  if (!owner.ok()) return owner.status();
  grant.created = writer.now();
  if (absl::Status s = check_grant(grant, *owner, grant.created); !s.ok()) return s;
  const TokenRequest& tokens = grant.tokens;
  Statement row = database.query(
      "INSERT INTO grants (account, description, template, sub, audiences, scope, user_id, "
      "custom_claims, aud_of_servers, access_seconds, created) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
      grant.account, tokens.description, static_cast<int64_t>(tokens.claims), tokens.sub,
      lines_of(tokens.audiences), tokens.scope, tokens.user_id, tokens.custom_claims,
      int64_t{tokens.aud_of_servers}, grant.access_seconds, grant.created);
  if (absl::Status s = row.only_row("no grant was made"); !s.ok()) return s;
  grant.id = row.integer(0);
  for (const std::string& name : tokens.servers) {
    const absl::StatusOr<Server> server = store.find_server(grant.account, name);
    if (!server.ok()) return server.status();
    if (absl::Status s = database.run(
            "INSERT INTO grant_servers (grant_id, server) VALUES (?, ?) ON CONFLICT DO NOTHING",
            grant.id, server->id);
        !s.ok()) {
      return s;
    }
  }
  return absl::OkStatus();
}

absl::Status revoke_grant(Writer& writer, const Grant& grant, std::string_view action,
                          std::string_view subject, std::string_view reason) {
  if (grant.revoked) return absl::OkStatus();
  Database& database = writer.database();
  if (absl::Status s = database.run("UPDATE grants SET revoked = ?, reason = ? WHERE id = ?",
                                    writer.now(), reason, grant.id);
      !s.ok()) {
    return s;
  }
  if (absl::Status s = writer.log_audit(grant.account, action, subject, reason); !s.ok()) return s;
  Statement rows = database.query(
      "UPDATE tokens SET revoked = ?, reason = ? WHERE grant_id = ? AND revoked IS NULL "
      "AND (expires IS NULL OR expires > ?) RETURNING idx, jti",
      writer.now(), reason, grant.id, writer.now());
  while (rows.next()) {
    if (absl::Status s =
            log_revocation(writer, grant.account, rows.integer(0), rows.text(1), reason);
        !s.ok()) {
      return s;
    }
  }
  return rows.status();
}

absl::StatusOr<TokenRequest> narrowed(Store& store, const Grant& grant, const Narrowing& narrowing,
                                      int64_t now) {
  TokenRequest request = grant.tokens;
  request.expires = now + grant.access_seconds;
  absl::StatusOr<std::string> scope = narrowed_scope(request.scope, narrowing.scope);
  if (!scope.ok()) return scope.status();
  request.scope = *std::move(scope);
  if (narrowing.resources.empty()) return request;
  std::vector<std::string> servers;
  std::vector<std::string> urls;
  for (const std::string& name : request.servers) {
    const absl::StatusOr<Server> server = store.find_server(grant.account, name);
    if (!server.ok()) return server.status();
    if (std::ranges::count(narrowing.resources, server->url) == 0) continue;
    servers.push_back(name);
    urls.push_back(server->url);
  }
  for (const std::string& resource : narrowing.resources) {
    if (std::ranges::count(urls, resource) == 0) {
      return absl::NotFoundError("a resource is none of those that were granted");
    }
  }
  request.servers = std::move(servers);
  return request;
}

}  // namespace simdjwt::registry
