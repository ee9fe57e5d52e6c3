// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Tokens: how they are made, found, associated and revoked.

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "registry/jti.h"
#include "registry/names.h"
#include "registry/rows.h"
#include "registry/status_claim.h"
#include "registry/store.h"
#include "registry/writer.h"

namespace simdjwt::registry {
namespace {

constexpr size_t kJtiPrefixCharsMin = 6;

constexpr char kSelectTokens[] =
    "SELECT t.idx, t.account, t.jti, t.description, t.claims, t.generation, t.created, t.expires, "
    "(SELECT u.time FROM last_uses u WHERE u.token = t.idx), "
    "t.revoked, t.reason, s.generation, s.valid_until FROM tokens t "
    "LEFT JOIN secrets s ON s.account = t.account AND s.generation = t.generation ";

int64_t as_integer(TokenIndex index) { return static_cast<int64_t>(index); }

// Without its servers.
Token token_of(const Statement& row) {
  Token token{.index = static_cast<TokenIndex>(row.integer(0)),
              .account = row.integer(1),
              .jti = std::string(row.text(2)),
              .description = std::string(row.text(3)),
              .claims_json = std::string(row.text(4)),
              .secret_generation = row.integer(5),
              .created = row.integer(6),
              .expires = row.optional_integer(7),
              .last_used = row.optional_integer(8)};
  if (!row.is_null(9)) token.revoked = Revocation{row.integer(9), std::string(row.text(10))};
  token.secret_valid_until = row.is_null(11) ? 0 : row.optional_integer(12).value_or(kNever);
  return token;
}

absl::Status load_servers(Database& database, Token& token) {
  Statement rows = database.query(
      "SELECT s.name FROM token_servers a JOIN servers s ON s.id = a.server WHERE a.token = ? "
      "ORDER BY s.name",
      as_integer(token.index));
  while (rows.next()) token.servers.emplace_back(rows.text(0));
  return rows.status();
}

absl::StatusOr<Token> find_by_whole_jti(Database& database, AccountId account, std::string_view jti,
                                        TokenIndex index) {
  Statement row =
      database.query(absl::StrCat(kSelectTokens, "WHERE t.idx = ? AND t.account = ? AND t.jti = ?"),
                     as_integer(index), account, jti);
  if (absl::Status s = row.only_row(no_such("token", jti)); !s.ok()) return s;
  return token_of(row);
}

absl::StatusOr<Token> find_by_prefix(Database& database, AccountId account,
                                     std::string_view prefix) {
  if (prefix.size() < kJtiPrefixCharsMin || prefix.size() > kJtiChars) {
    return absl::NotFoundError(no_such("token", prefix));
  }
  Statement rows = database.query(
      absl::StrCat(kSelectTokens, "WHERE t.account = ? AND substr(t.jti, 1, ?) = ? LIMIT 2"),
      account, static_cast<int64_t>(prefix.size()), prefix);
  if (absl::Status s = rows.only_row(no_such("token", prefix)); !s.ok()) return s;
  Token token = token_of(rows);
  if (rows.next()) {
    return absl::InvalidArgumentError("there are several tokens whose jti begins with " +
                                      std::string(prefix));
  }
  if (!rows.status().ok()) return rows.status();
  return token;
}

absl::StatusOr<Token> load_token(Database& database, AccountId account, std::string_view jti) {
  const std::optional<TokenIndex> index = index_of_jti(jti);
  absl::StatusOr<Token> token = index ? find_by_whole_jti(database, account, jti, *index)
                                      : find_by_prefix(database, account, jti);
  if (!token.ok()) return token;
  if (absl::Status s = load_servers(database, *token); !s.ok()) return s;
  return token;
}

absl::StatusOr<TokenIndex> take_index(Database& database) {
  Statement row =
      database.query("UPDATE registry SET next_token = next_token + 1 RETURNING next_token - 1");
  if (absl::Status s = row.only_row("the registry has no next token"); !s.ok()) return s;
  return static_cast<TokenIndex>(row.integer(0));
}

// Those of the account with these names, each once.
absl::StatusOr<std::vector<Server>> find_servers(Store& store, AccountId account,
                                                 std::vector<std::string> names) {
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::vector<Server> servers;
  for (const std::string& name : names) {
    absl::StatusOr<Server> server = store.find_server(account, name);
    if (!server.ok()) return server.status();
    servers.push_back(*std::move(server));
  }
  return servers;
}

TokenRequest with_audiences_of(const std::vector<Server>& servers, TokenRequest request) {
  if (!request.aud_of_servers || request.claims == Template::kCustom) return request;
  for (const Server& server : servers) {
    if (server.url.empty() || std::ranges::count(request.audiences, server.url) > 0) continue;
    request.audiences.push_back(server.url);
  }
  return request;
}

// A token with an index of its own, whose secret is yet to be said.
absl::StatusOr<Token> make_token(Database& database, const TokenRequest& request,
                                 const Account& owner, std::string_view issuer, int64_t now) {
  const absl::StatusOr<TokenIndex> index = take_index(database);
  if (!index.ok()) return index.status();
  absl::StatusOr<std::string> jti = make_jti(*index);
  if (!jti.ok()) return jti.status();
  const absl::StatusOr<bool> names_list = names_status_lists(database);
  if (!names_list.ok()) return names_list.status();
  std::string claims = make_claims(request, issuer, owner, *jti, now,
                                   *names_list ? status_claim(issuer, *index) : "");
  return Token{.index = *index,
               .account = owner.id,
               .jti = *std::move(jti),
               .description = request.description,
               .claims_json = std::move(claims),
               .created = now,
               .expires = request.expires};
}

absl::Status insert_token(Writer& writer, const Token& token, Algorithm algorithm,
                          std::optional<int64_t> grant) {
  if (absl::Status s = writer.database().run(
          "INSERT INTO tokens (idx, account, jti, header, generation, created, expires, "
          "description, claims, grant_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          as_integer(token.index), token.account, token.jti, to_string(algorithm),
          token.secret_generation, token.created, token.expires, token.description,
          token.claims_json, grant);
      !s.ok()) {
    return s;
  }
  if (absl::Status s = writer.log_change(ChangeKind::kToken, as_integer(token.index)); !s.ok()) {
    return s;
  }
  return writer.log_audit(token.account, "token.create", token.jti, token.description);
}

// `more` is 1 or -1.
absl::Status count_token(Database& database, ServerId server, int64_t more) {
  return database.run("UPDATE servers SET num_tokens = num_tokens + ? WHERE id = ?", more, server);
}

absl::Status insert_association(Writer& writer, const Token& token, const Server& server) {
  Database& database = writer.database();
  if (absl::Status s = database.run(
          "INSERT INTO token_servers (token, server) VALUES (?, ?) ON CONFLICT DO NOTHING",
          as_integer(token.index), server.id);
      !s.ok()) {
    return s;
  }
  if (database.num_changed() == 0) return absl::OkStatus();
  if (absl::Status s = count_token(database, server.id, 1); !s.ok()) return s;
  if (absl::Status s =
          writer.log_change(ChangeKind::kAssociation, as_integer(token.index), server.id);
      !s.ok()) {
    return s;
  }
  if (absl::Status s = writer.log_audit(token.account, "token.associate", token.jti, server.name);
      !s.ok()) {
    return s;
  }
  // A server that has a token is meant to ask for it.
  if (server.num_tokens > 0 || server.authenticates) return absl::OkStatus();
  return switch_authentication(writer, server, true);
}

std::string like_pattern(std::string_view text) {
  std::string pattern = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + '%';
}

std::string status_condition(TokenQuery::Status status) {
  const std::string active =
      "(t.revoked IS NULL AND (t.expires IS NULL OR t.expires > ?) "
      "AND s.generation IS NOT NULL AND (s.valid_until IS NULL OR s.valid_until > ?))";
  switch (status) {
    case TokenQuery::Status::kActive:
      return active;
    case TokenQuery::Status::kInactive:
      return "NOT " + active;
    case TokenQuery::Status::kAny:
      break;
  }
  return "(? = ?)";  // the same placeholders
}

}  // namespace

absl::StatusOr<IssuedToken> Store::create_token(AccountId account, const TokenRequest& request,
                                                const Act& act) {
  absl::StatusOr<IssuedToken> issued = absl::InternalError("");
  const absl::Status status = write(act, [&](Writer& writer) {
    issued = issue(writer, account, request, std::nullopt);
    return issued.status();
  });
  if (!status.ok()) return status;
  return issued;
}

absl::StatusOr<IssuedToken> Store::issue(Writer& writer, AccountId account,
                                         const TokenRequest& request,
                                         std::optional<int64_t> grant) {
  const absl::StatusOr<Account> owner = load_account(database_, account);
  if (!owner.ok()) return owner.status();
  absl::StatusOr<std::vector<Server>> named = find_servers(*this, account, request.servers);
  if (!named.ok()) return named.status();
  const TokenRequest complete = with_audiences_of(*named, request);
  if (absl::Status s = check_request(complete, owner->life, writer.now()); !s.ok()) return s;
  const absl::StatusOr<SigningSecret> secret = current_secret(writer, vault_, *owner);
  if (!secret.ok()) return secret.status();

  absl::StatusOr<Token> token = make_token(database_, complete, *owner, issuer_, writer.now());
  if (!token.ok()) return token.status();
  token->secret_generation = secret->info.generation;
  absl::StatusOr<std::string> text =
      sign_token(secret->info.algorithm, secret->text, token->claims_json);
  if (!text.ok()) return text.status();
  if (absl::Status s = insert_token(writer, *token, secret->info.algorithm, grant); !s.ok())
    return s;
  if (absl::Status s = writer.log_made(token->jti); !s.ok()) return s;
  for (const Server& server : *named) {
    if (absl::Status s = insert_association(writer, *token, server); !s.ok()) return s;
  }
  if (absl::Status s = load_servers(database_, *token); !s.ok()) return s;
  return IssuedToken{*std::move(token), *std::move(text)};
}

absl::StatusOr<TokenPage> Store::tokens(AccountId account, const TokenQuery& query, int64_t now) {
  const size_t limit = std::clamp<size_t>(query.limit, 1, kPageRowsMax);
  TokenPage page;
  const absl::Status status = read([&]() -> absl::Status {
    const std::string pattern = like_pattern(query.search);
    Statement rows = database_.query(
        absl::StrCat(kSelectTokens,
                     "WHERE t.account = ? AND t.idx < ? "
                     "AND (lower(t.description) LIKE lower(?) ESCAPE '\\' OR t.jti LIKE ? "
                     "ESCAPE '\\') AND ",
                     status_condition(query.status), " ORDER BY t.idx DESC LIMIT ?"),
        account, as_integer(query.before.value_or(kTokenIndexMax + 1)), pattern, pattern, now, now,
        static_cast<int64_t>(limit + 1));
    while (rows.next()) page.tokens.push_back(token_of(rows));
    if (!rows.status().ok()) return rows.status();
    if (page.tokens.size() > limit) {
      page.tokens.pop_back();
      page.next = page.tokens.back().index;
    }
    for (Token& token : page.tokens) {
      if (absl::Status s = load_servers(database_, token); !s.ok()) return s;
    }
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return page;
}

absl::StatusOr<Token> Store::find_token(AccountId account, std::string_view jti) {
  absl::StatusOr<Token> token = absl::InternalError("");
  const absl::Status status = read([&] {
    token = load_token(database_, account, jti);
    return token.status();
  });
  if (!status.ok()) return status;
  return token;
}

absl::StatusOr<std::string> Store::sign_again(const Token& token, int64_t now) {
  const absl::StatusOr<SigningSecret> secret =
      load_secret(database_, vault_, token.account, token.secret_generation, now);
  if (!secret.ok()) return secret.status();
  return sign_token(secret->info.algorithm, secret->text, token.claims_json);
}

absl::StatusOr<std::string> Store::preview_token(const Token& token, int64_t now) {
  const absl::StatusOr<std::string> text = sign_again(token, now);
  if (!text.ok()) return text.status();
  return text->substr(0, 8) + "…" + text->substr(text->size() - 6);
}

absl::StatusOr<std::string> Store::copy_token(AccountId account, std::string_view jti,
                                              const Act& act) {
  std::string text;
  const absl::Status status = write(act, [&](Writer& writer) -> absl::Status {
    const absl::StatusOr<Token> token = load_token(database_, account, jti);
    if (!token.ok()) return token.status();
    absl::StatusOr<std::string> copy = sign_again(*token, act.time);
    if (!copy.ok()) return copy.status();
    text = *std::move(copy);
    return writer.log_audit(account, "token.copy", token->jti);
  });
  if (!status.ok()) return status;
  return text;
}

absl::Status Store::revoke_token(AccountId account, std::string_view jti, std::string_view reason,
                                 const Act& act) {
  const std::string only(jti);
  return revoke_tokens(account, {&only, 1}, reason, act).status();
}

absl::StatusOr<size_t> Store::revoke_tokens(AccountId account, std::span<const std::string> jtis,
                                            std::string_view reason, const Act& act) {
  if (!reason.empty()) {
    if (absl::Status s = check_text("reason", reason, kReasonBytesMax); !s.ok()) return s;
  }
  size_t num_revoked = 0;
  const absl::Status status = write(act, [&](Writer& writer) -> absl::Status {
    for (const std::string& jti : jtis) {
      const absl::StatusOr<Token> token = load_token(database_, account, jti);
      if (!token.ok()) return token.status();
      if (token->revoked) continue;
      if (absl::Status s = revoke_row(writer, *token, reason); !s.ok()) return s;
      ++num_revoked;
    }
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return num_revoked;
}

absl::Status Store::associate(AccountId account, std::string_view jti, std::string_view server,
                              const Act& act) {
  return write(act, [&](Writer& writer) -> absl::Status {
    const absl::StatusOr<Token> token = load_token(database_, account, jti);
    if (!token.ok()) return token.status();
    const absl::StatusOr<Server> found = find_server(account, server);
    if (!found.ok()) return found.status();
    if (token->revoked) return absl::FailedPreconditionError("the token is revoked");
    return insert_association(writer, *token, *found);
  });
}

absl::Status Store::dissociate(AccountId account, std::string_view jti, std::string_view server,
                               const Act& act) {
  return write(act, [&](Writer& writer) -> absl::Status {
    const absl::StatusOr<Token> token = load_token(database_, account, jti);
    if (!token.ok()) return token.status();
    const absl::StatusOr<Server> found = find_server(account, server);
    if (!found.ok()) return found.status();
    if (absl::Status s = database_.run("DELETE FROM token_servers WHERE token = ? AND server = ?",
                                       as_integer(token->index), found->id);
        !s.ok()) {
      return s;
    }
    if (database_.num_changed() == 0) return absl::OkStatus();
    if (absl::Status s = count_token(database_, found->id, -1); !s.ok()) return s;
    if (absl::Status s =
            writer.log_change(ChangeKind::kAssociation, as_integer(token->index), found->id);
        !s.ok()) {
      return s;
    }
    return writer.log_audit(account, "token.dissociate", token->jti, found->name);
  });
}

}  // namespace simdjwt::registry
