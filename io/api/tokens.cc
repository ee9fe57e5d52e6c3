// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Tokens.

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "api/body.h"
#include "api/call.h"
#include "api/json_writer.h"
#include "api/page.h"
#include "api/query.h"
#include "api/token_request.h"
#include "registry/jti.h"
#include "simdjwt/limits.h"

namespace simdjwt::api {

using http::Status;
using registry::IssuedToken;
using registry::Token;
using registry::TokenQuery;
using registry::TokenRequest;
using registry::TokenStatus;

namespace {

std::string_view text_of(TokenStatus status) {
  switch (status) {
    case TokenStatus::kActive:
      return "active";
    case TokenStatus::kRevoked:
      return "revoked";
    case TokenStatus::kExpired:
      return "expired";
    case TokenStatus::kSecretReplaced:
      return "secret_replaced";
  }
  return "";
}

void write(JsonWriter& json, Call& call, const Token& token) {
  json.add("jti", token.jti)
      .add("description", token.description)
      .add("status", text_of(status_of(token, call.act.time)))
      .add("created", token.created)
      .add("expires", token.expires)
      .add("last_used", token.last_used);
  add_revocation(json, token.revoked);
  json.add("servers", token.servers).add_json("claims", token.claims_json);
  // Without its secret there is nothing to show of it.
  const absl::StatusOr<std::string> preview = call.store.preview_token(token, call.act.time);
  if (preview.ok()) {
    json.add("preview", *preview);
  } else {
    json.add_null("preview");
  }
}

// `text`: the token itself, where it is shown.
Response shown(Call& call, const absl::StatusOr<Token>& token, std::string_view text = "",
               Status status = Status::kOk) {
  if (!token.ok()) return response_of(token.status());
  JsonWriter json;
  json.begin_object();
  write(json, call, *token);
  if (!text.empty()) json.add("token", text);
  return json_response(std::move(json.end_object()).take(), status);
}

// The token of the path; a part of its jti, by which the command line finds one, is no name here.
absl::Status check_jti(const Call& call) {
  if (registry::index_of_jti(call.name)) return absl::OkStatus();
  return absl::NotFoundError("there is no token with this jti");
}

constexpr int64_t kHour = 3600;
constexpr int64_t kDay = 24 * kHour;
// In the order in which read_expiry() names them.
constexpr std::array kPresetSeconds = {kHour / 4, kHour,     8 * kHour, kDay,
                                       7 * kDay,  30 * kDay, 90 * kDay, 365 * kDay};

// One of lifetime, lifetime_seconds, expires, and indefinite: true.
std::optional<int64_t> read_expiry(Body& body, int64_t now) {
  const int num_given = int{body.has("lifetime")} + int{body.has("lifetime_seconds")} +
                        int{body.has("expires")} + int{body.has("indefinite")};
  const auto preset = body.choice("lifetime", {"15m", "1h", "8h", "1d", "7d", "30d", "90d", "1y"});
  const auto seconds = body.integer("lifetime_seconds", 1);
  const auto expires = body.integer("expires");
  if (body.has("indefinite") && !body.boolean("indefinite").value_or(true)) {
    body.fail("indefinite", "is false: say when the token expires instead");
  }
  if (num_given != 1) {
    body.fail("expires",
              "one of lifetime, lifetime_seconds, expires and indefinite is to be given");
  }
  if (preset) return now + kPresetSeconds.at(*preset);
  if (seconds) return now + std::min(*seconds, kNumericDateMax);
  return expires;
}

}  // namespace

Response list_tokens(Call& call) {
  Query query(call.request.query);
  TokenQuery wanted;
  wanted.search = query.text("search").value_or("");
  wanted.status = std::array{TokenQuery::Status::kAny, TokenQuery::Status::kActive,
                             TokenQuery::Status::kInactive}
                      .at(query.choice("status", {"any", "active", "inactive"}).value_or(0));
  wanted.limit = query.limit();
  if (const auto before = query.numeric_cursor('t')) {
    wanted.before = static_cast<registry::TokenIndex>(*before);
  }
  if (const auto problem = query.finish()) return response_of(*problem);
  const auto page = call.store.tokens(call.account.id, wanted, call.act.time);
  if (!page.ok()) return response_of(page.status());
  return page_of(page->tokens, page->next ? make_cursor('t', std::to_string(*page->next)) : "",
                 [&call](JsonWriter& json, const Token& token) { write(json, call, token); });
}

Response create_token(Call& call) {
  Body body(call.request);
  TokenRequest request = read_token_request(body);
  request.expires = read_expiry(body, call.act.time);
  if (const auto problem = body.finish()) return response_of(*problem);
  const absl::StatusOr<IssuedToken> issued =
      call.store.create_token(call.account.id, request, call.act);
  if (!issued.ok()) return refused_request(issued.status());
  return shown(call, issued->token, issued->text, Status::kCreated);
}

// Signed again: no token is kept.
Response show_made_token(Call& call, std::string_view jti) {
  const absl::StatusOr<std::string> text = call.store.copy_token(call.account.id, jti, call.act);
  if (!text.ok()) return response_of(text.status());
  return shown(call, call.store.find_token(call.account.id, jti), *text, Status::kCreated);
}

Response get_token(Call& call) {
  if (const absl::Status s = check_jti(call); !s.ok()) return response_of(s);
  return shown(call, call.store.find_token(call.account.id, call.name));
}

Response copy_token(Call& call) {
  if (const auto problem = Body(call.request).finish()) return response_of(*problem);
  if (const absl::Status s = check_jti(call); !s.ok()) return response_of(s);
  const absl::StatusOr<std::string> text =
      call.store.copy_token(call.account.id, call.name, call.act);
  if (!text.ok()) return response_of(text.status());
  JsonWriter json;
  return json_response(std::move(json.begin_object().add("token", *text).end_object()).take());
}

Response revoke_token(Call& call) {
  Body body(call.request);
  const std::string reason = body.text("reason").value_or("");
  if (const auto problem = body.finish()) return response_of(*problem);
  absl::Status status = check_jti(call);
  if (status.ok()) status = call.store.revoke_token(call.account.id, call.name, reason, call.act);
  return status.ok() ? get_token(call) : response_of(status);
}

Response associate_token(Call& call) {
  if (const auto problem = Body(call.request).finish()) return response_of(*problem);
  absl::Status status = check_jti(call);
  if (status.ok()) status = call.store.associate(call.account.id, call.name, call.server, call.act);
  return status.ok() ? get_token(call) : response_of(status);
}

Response dissociate_token(Call& call) {
  if (const auto problem = Body(call.request).finish()) return response_of(*problem);
  absl::Status status = check_jti(call);
  if (status.ok()) {
    status = call.store.dissociate(call.account.id, call.name, call.server, call.act);
  }
  return status.ok() ? get_token(call) : response_of(status);
}

}  // namespace simdjwt::api
