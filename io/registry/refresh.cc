// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What whoever holds a refresh token gets for it, and what becomes of a token that is handed back.

#include <absl/strings/str_cat.h>
#include <openssl/crypto.h>
#include <simdjson.h>
#include <simdjwt/token.h>

#include "registry/grant_rows.h"
#include "registry/grants.h"
#include "registry/jti.h"
#include "registry/rows.h"

namespace simdjwt::registry {
namespace {

absl::Status denied(const char* why) { return absl::PermissionDeniedError(why); }

// Families that ended this long ago are forgotten as far as their spent tokens go: these are then
// unknown, and refused like those.
constexpr int64_t kForgetSeconds = 86400;

// A family, and which of its refresh tokens was presented.
struct Presented {
  Grant grant;
  std::optional<GrantId> client;
  int64_t expires;
  bool is_spent;
};

absl::StatusOr<std::optional<Presented>> find_presented(Database& database, std::string_view text) {
  if (!text.starts_with(kRefreshTokenPrefix)) return std::nullopt;
  const std::string hash = sha256_of(text);
  for (const bool is_spent : {false, true}) {
    Statement row = database.query(
        absl::StrCat("SELECT ", kGrantColumns,
                     ", f.client, f.expires FROM refresh_families f "
                     "JOIN grants g ON g.id = f.grant_id WHERE ",
                     is_spent ? "f.grant_id = (SELECT family FROM spent_refresh_tokens "
                                "WHERE hash = ?)"
                              : "f.current = ?"),
        Blob{hash});
    if (!row.next()) {
      if (!row.status().ok()) return row.status();
      continue;
    }
    Presented presented{grant_of(row), row.optional_integer(kNumGrantColumns),
                        row.integer(kNumGrantColumns + 1), is_spent};
    if (absl::Status s = load_servers(database, presented.grant); !s.ok()) return s;
    return presented;
  }
  return std::nullopt;
}

absl::Status check_client(std::optional<GrantId> owner, const Client* client) {
  if (owner && client == nullptr) {
    return absl::UnauthenticatedError("the client has to authenticate itself");
  }
  if (client != nullptr && owner != client->grant.id) {
    return denied("the token is not this client's");
  }
  return absl::OkStatus();
}

std::string subject_of(const Presented& presented) {
  return absl::StrCat("family ", presented.grant.id);
}

absl::Status forget_expired(Writer& writer) {
  return writer.database().run(
      "DELETE FROM spent_refresh_tokens WHERE family IN "
      "(SELECT grant_id FROM refresh_families WHERE expires < ?)",
      writer.now() - kForgetSeconds);
}

// The refresh token of the family is this one, and the one before is spent.
absl::Status replace_current(Writer& writer, const Presented& presented, std::string_view hash) {
  Database& database = writer.database();
  if (absl::Status s = forget_expired(writer); !s.ok()) return s;
  if (absl::Status s =
          database.run("INSERT INTO spent_refresh_tokens (hash, family) "
                       "SELECT current, grant_id FROM refresh_families WHERE grant_id = ?",
                       presented.grant.id);
      !s.ok()) {
    return s;
  }
  return database.run("UPDATE refresh_families SET current = ? WHERE grant_id = ?", Blob{hash},
                      presented.grant.id);
}

// --- Tokens that are handed back ---

std::string jti_of(std::string_view token) {
  const absl::StatusOr<UnverifiedToken> decoded = decode_unverified(token);
  if (!decoded.ok()) return "";
  simdjson::dom::parser parser;
  std::string_view jti;
  if (parser.parse(decoded->payload)["jti"].get(jti) != simdjson::SUCCESS) return "";
  return std::string(jti);
}

// A token of a grant, and what signed it.
struct GrantedToken {
  Token token;
  GrantId grant;
  std::optional<GrantId> client;
  bool has_family;
};

absl::StatusOr<std::optional<GrantedToken>> find_granted(Database& database, std::string_view jti) {
  const std::optional<TokenIndex> index = index_of_jti(jti);
  if (!index) return std::nullopt;
  Statement row = database.query(
      "SELECT t.account, t.claims, t.generation, t.revoked, t.grant_id, c.grant_id, f.client, "
      "f.grant_id FROM tokens t LEFT JOIN clients c ON c.grant_id = t.grant_id "
      "LEFT JOIN refresh_families f ON f.grant_id = t.grant_id WHERE t.idx = ? AND t.jti = ?",
      static_cast<int64_t>(*index), jti);
  if (!row.next()) {
    if (!row.status().ok()) return row.status();
    return std::nullopt;
  }
  GrantedToken found{.token = {.index = *index,
                               .account = row.integer(0),
                               .jti = std::string(jti),
                               .claims_json = std::string(row.text(1)),
                               .secret_generation = row.integer(2)},
                     .grant = row.integer(4),
                     .client = row.is_null(5) ? row.optional_integer(6) : row.optional_integer(5),
                     .has_family = !row.is_null(7)};
  if (!row.is_null(3)) found.token.revoked = Revocation{.time = row.integer(3)};
  return found;
}

}  // namespace

absl::StatusOr<TokenPair> Grants::refresh(std::string_view refresh_token, const Client* client,
                                          const Narrowing& narrowing, const Act& act) {
  TokenPair pair;
  absl::Status refusal;  // with which what was changed stays so
  const absl::Status status = store_.write(act, [&](Writer& writer) -> absl::Status {
    Database& database = writer.database();
    const auto found = find_presented(database, refresh_token);
    if (!found.ok()) return found.status();
    if (!*found) return denied("the refresh token is unknown");
    const Presented& presented = **found;
    const Grant& grant = presented.grant;
    if (absl::Status s = check_client(presented.client, client); !s.ok()) return s;
    if (grant.revoked) return denied("the refresh token is revoked");
    if (presented.expires <= act.time) return denied("the refresh token has expired");
    if (presented.is_spent) {
      refusal = absl::AbortedError(
          "the refresh token has been used before: it and what came of it are revoked");
      return revoke_grant(writer, grant, "refresh.reuse", subject_of(presented),
                          "a refresh token was used twice");
    }
    const absl::StatusOr<TokenRequest> request = narrowed(store_, grant, narrowing, act.time);
    if (!request.ok()) return request.status();
    absl::StatusOr<OpaqueSecret> secret = make_opaque(kRefreshTokenPrefix);
    if (!secret.ok()) return secret.status();
    if (absl::Status s = replace_current(writer, presented, secret->hash); !s.ok()) return s;
    absl::StatusOr<IssuedToken> issued = store_.issue(writer, grant.account, *request, grant.id);
    if (!issued.ok()) return issued.status();
    pair = {*std::move(issued), request->scope, std::move(secret->text), presented.expires};
    return writer.log_audit(grant.account, "refresh.use", subject_of(presented),
                            pair.access.token.jti);
  });
  if (!status.ok()) return status;
  if (!refusal.ok()) return refusal;
  return pair;
}

absl::Status Grants::revoke_presented(std::string_view token, const Client* client,
                                      const Act& act) {
  constexpr std::string_view kReason = "handed back";
  return store_.write(act, [&](Writer& writer) -> absl::Status {
    Database& database = writer.database();
    const auto presented = find_presented(database, token);
    if (!presented.ok()) return presented.status();
    if (*presented) {
      if (absl::Status s = check_client((*presented)->client, client); !s.ok()) return s;
      return revoke_grant(writer, (*presented)->grant, "refresh.revoke", subject_of(**presented),
                          kReason);
    }
    const auto found = find_granted(database, jti_of(token));
    if (!found.ok()) return found.status();
    if (!*found) return absl::OkStatus();
    const GrantedToken& granted = **found;
    // The same claims are signed to the same bytes: another signature makes another token.
    const absl::StatusOr<std::string> text = store_.sign_again(granted.token, act.time);
    if (absl::IsFailedPrecondition(text.status())) return absl::OkStatus();
    if (!text.ok()) return text.status();
    if (text->size() != token.size() ||
        CRYPTO_memcmp(text->data(), token.data(), token.size()) != 0) {
      return absl::OkStatus();
    }
    if (!granted.client && !granted.has_family) {
      return absl::FailedPreconditionError("the token was issued by hand, and is revoked so");
    }
    if (absl::Status s = check_client(granted.client, client); !s.ok()) return s;
    return revoke_row(writer, granted.token, kReason);
  });
}

}  // namespace simdjwt::registry
