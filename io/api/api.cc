// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "api/api.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "api/query.h"
#include "registry/opaque_secret.h"
#include "serve/credentials.h"
#include "serve/text.h"

namespace simdjwt::api {

using http::Status;
using registry::AdminToken;
using registry::AdminTokens;
using registry::MadeOnce;
using registry::Once;
using serve::concat;

namespace {

constexpr char kChallenge[] = "WWW-Authenticate: Bearer realm=\"simdjwt admin\"";

Response with_fields(Response response, std::string_view fields) {
  response.fields.append(fields);
  return response;
}

Response not_authenticated(bool has_shown_something) {
  return with_fields(
      response_of({Status::kUnauthorized, "unauthenticated",
                   has_shown_something
                       ? "this is no admin token, or it has expired or is revoked"
                       : "an admin token is needed: Authorization: Bearer sja_..."}),
      concat(kChallenge, has_shown_something ? ", error=\"invalid_token\"\r\n" : "\r\n"));
}

Response not_allowed(const std::string& allow) {
  return with_fields(response_of({Status::kMethodNotAllowed, "method_not_allowed",
                                  concat("this path takes ", allow)}),
                     concat("Allow: ", allow, "\r\n"));
}

Response describe(const serve::ControlRequest& request) {
  if (request.method != "GET") return not_allowed("GET, HEAD");
  return {.content_type = "application/json", .body = std::string(description())};
}

// Whether the caller may not call it, and why.
std::optional<Problem> forbid(const Route& route, const AdminToken& caller) {
  if (!caller.may(route.scope)) {
    return Problem{Status::kForbidden, "insufficient_scope",
                   concat("the admin token has not the scope ", name_of(route.scope))};
  }
  if (route.is(Route::kEverywhere) && caller.account) {
    return Problem{Status::kForbidden, "confined", "the admin token is confined to one account"};
  }
  return std::nullopt;
}

// Who is confined to another account is told what everybody is told of those that do not exist.
absl::Status find_account(Call& call, std::string_view name) {
  absl::StatusOr<registry::Account> account = call.store.find_account(name);
  if (!account.ok()) return account.status();
  if (call.caller.account.value_or(account->id) != account->id) {
    return absl::NotFoundError(absl::StrCat("there is no account named ", std::string(name)));
  }
  call.account = *std::move(account);
  return absl::OkStatus();
}

// What a request was made with, so that another with the same key is not the same request.
std::string hash_of(const serve::ControlRequest& request) {
  return registry::sha256_of(
      concat(request.method, "\n", request.path, "\n", request.query, "\n", request.body));
}

// Makes what is asked for, unless it was made before with the key that the client chose.
Response make_once(const Route& route, Call& call) {
  const http::Found key = call.request.field("idempotency-key");
  if (key.count == 0) return route.perform(call);
  constexpr size_t kKeyBytesMax = 255;
  const bool is_visible =
      std::all_of(key.value.begin(), key.value.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (key.count != 1 || key.value.empty() || key.value.size() > kKeyBytesMax || !is_visible) {
    return response_of({Status::kBadRequest, "invalid_parameter",
                        "is not one key of 1 to 255 visible characters", "", "Idempotency-Key"});
  }
  Once once{call.caller.id, std::string(key.value), hash_of(call.request)};
  const absl::StatusOr<MadeOnce> made = AdminTokens(call.store).find_made(once, call.act.time);
  if (absl::IsNotFound(made.status())) {
    call.act.once = std::move(once);
    return route.perform(call);
  }
  if (!made.ok()) return response_of(made.status());
  if (made->request != once.request) {
    return response_of({Status::kUnprocessableContent, "key_reused",
                        "the Idempotency-Key was used for another request"});
  }
  return with_fields(route.show_made(call, made->subject), "Idempotency-Replayed: true\r\n");
}

Response perform(const Match& match, const serve::ControlRequest& request, const AdminToken& caller,
                 registry::Store& store, const registry::Node& node) {
  const Route& route = *match.route;
  Call call{.request = request,
            .caller = caller,
            .store = store,
            .node = node,
            .act = {concat("admin token ", caller.name), request.now},
            .name = match.name,
            .server = match.server};
  if (!match.account.empty()) {
    if (const absl::Status s = find_account(call, match.account); !s.ok()) return response_of(s);
  }
  if (!route.is(Route::kPaged)) {
    if (const auto problem = Query(request.query).finish()) return response_of(*problem);
  }
  return route.show_made == nullptr ? route.perform(call) : make_once(route, call);
}

}  // namespace

void Api::answer(std::span<serve::ControlExchange> exchanges) {
  std::vector<Asked> changes;
  for (serve::ControlExchange& exchange : exchanges) {
    const serve::ControlRequest& request = exchange.request;
    if (!serves(request.path)) continue;
    Match match = find_route(request.method, request.path);
    if (request.path == concat(kPrefix, "/openapi.json")) {
      exchange.response = describe(request);
    } else if (match.route != nullptr && match.route->is(Route::kChange)) {
      changes.push_back({&exchange, std::move(match)});
    } else {
      (void)node_.use([&](registry::Store& store) {
        exchange.response = answer_by(store, request, match);
        return absl::OkStatus();
      });
    }
  }
  if (!changes.empty()) change(changes);
}

void Api::change(std::span<Asked> changes) {
  const auto [made, in_use] =
      node_.change(changes.front().exchange->request.now, [&](registry::Store& store) {
        for (const auto& [exchange, match] : changes) {
          exchange->response = answer_by(store, exchange->request, match);
        }
      });
  for (const auto& [exchange, match] : changes) {
    if (exchange->response.status >= Status::kBadRequest) continue;
    if (!made.ok()) {
      exchange->response = response_of(made);
    } else if (!in_use.ok()) {
      exchange->response =
          response_of({Status::kUnavailable, "not_in_use",
                       concat("the change is made, but may not be in use on this node yet: ",
                              std::string(in_use.message()))});
    }
  }
}

Response Api::answer_by(registry::Store& store, const serve::ControlRequest& request,
                        const Match& match) {
  if (const int64_t seconds = failures_.seconds_to_wait(request.client, request.now); seconds > 0) {
    return with_fields(response_of({Status::kTooManyRequests, "too_many_failures",
                                    "too many admin tokens that are none came from there"}),
                       concat("Retry-After: ", seconds, "\r\n"));
  }
  const absl::StatusOr<AdminToken> caller = authenticate(store, request);
  if (absl::IsUnauthenticated(caller.status())) {
    return not_authenticated(request.num_authorizations > 0);
  }
  if (!caller.ok()) return response_of(caller.status());
  if (match.route != nullptr) {
    const std::optional<Problem> problem = forbid(*match.route, *caller);
    return problem ? response_of(*problem) : perform(match, request, *caller, store, node_);
  }
  if (!match.allow.empty()) return not_allowed(match.allow);
  return response_of({Status::kNotFound, "not_found", "nothing goes by this path"});
}

absl::StatusOr<AdminToken> Api::authenticate(registry::Store& store,
                                             const serve::ControlRequest& request) {
  const auto text = request.num_authorizations == 1
                        ? serve::credentials_of(request.authorization, "bearer")
                        : std::nullopt;
  if (text) {
    absl::StatusOr<AdminToken> token = AdminTokens(store).find(*text, request.now);
    if (!absl::IsNotFound(token.status())) return token;
    failures_.note_failure(request.client, request.now);
  }
  return absl::UnauthenticatedError("");
}

}  // namespace simdjwt::api
