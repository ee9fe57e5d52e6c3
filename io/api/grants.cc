// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Clients that fetch their tokens, and families of refresh tokens.

#include "registry/grants.h"

#include <string>
#include <utility>
#include <vector>

#include "api/body.h"
#include "api/call.h"
#include "api/json_writer.h"
#include "api/page.h"
#include "api/query.h"
#include "api/token_request.h"
#include "net/decimal.h"

namespace simdjwt::api {

using http::Status;
using registry::Client;
using registry::Grant;
using registry::GrantId;
using registry::Grants;
using registry::RefreshFamily;

namespace {

void write(JsonWriter& json, const Grant& grant) {
  const registry::TokenRequest& tokens = grant.tokens;
  json.add("description", tokens.description)
      .add("template", text_of(tokens.claims))
      .add("sub", tokens.sub)
      .add("audiences", tokens.audiences)
      .add("scope", tokens.scope)
      .add("servers", tokens.servers)
      .add("access_seconds", grant.access_seconds)
      .add("created", grant.created);
  add_revocation(json, grant.revoked);
}

void write(JsonWriter& json, const Client& client) {
  json.add("name", client.name);
  write(json, client.grant);
}

// `secret` is the empty one where it cannot be shown any more.
Response shown_with_secret(const Client& client, std::string_view secret) {
  JsonWriter json;
  json.begin_object();
  write(json, client);
  if (secret.empty()) {
    json.add_null("secret");
  } else {
    json.add("secret", secret);
  }
  return json_response(std::move(json.end_object()).take(), Status::kCreated);
}

Response shown(const absl::StatusOr<Client>& client) {
  if (!client.ok()) return response_of(client.status());
  JsonWriter json;
  json.begin_object();
  write(json, *client);
  return json_response(std::move(json.end_object()).take());
}

std::string_view status_text(const RefreshFamily& family, int64_t now) {
  if (family.grant.revoked) return "revoked";
  return family.expires <= now ? "expired" : "active";
}

void write(JsonWriter& json, const RefreshFamily& family, int64_t now) {
  json.add("family", family.grant.id).add("status", status_text(family, now));
  if (family.client.empty()) {
    json.add_null("client");
  } else {
    json.add("client", family.client);
  }
  write(json, family.grant);
  json.add("expires", family.expires);
}

Response shown(const Call& call, const absl::StatusOr<RefreshFamily>& family) {
  if (!family.ok()) return response_of(family.status());
  JsonWriter json;
  json.begin_object();
  write(json, *family, call.act.time);
  return json_response(std::move(json.end_object()).take());
}

// The family of the path.
absl::StatusOr<GrantId> family_of(const Call& call) {
  const auto id = net::parse_decimal<GrantId>(call.name);
  if (id) return *id;
  return absl::NotFoundError("there is no family of refresh tokens with this number");
}

}  // namespace

// --- Clients ---

Response list_clients(Call& call) {
  return page_by_name(call, Grants(call.store).clients(call.account.id), 'c',
                      [](JsonWriter& json, const Client& client) { write(json, client); });
}

Response create_client(Call& call) {
  Body body(call.request);
  const std::string name = body.required_text("name");
  const registry::TokenRequest tokens = read_token_request(body);
  const int64_t seconds =
      body.integer("access_seconds", 1).value_or(registry::kAccessSecondsDefault);
  if (const auto problem = body.finish()) return response_of(*problem);
  const auto made =
      Grants(call.store).create_client(call.account.id, name, tokens, seconds, call.act);
  return made.ok() ? shown_with_secret(made->client, made->secret) : refused_request(made.status());
}

Response show_made_client(Call& call, std::string_view name) {
  const auto client = Grants(call.store).find_client(call.account.id, name);
  return client.ok() ? shown_with_secret(*client, "") : response_of(client.status());
}

Response get_client(Call& call) {
  return shown(Grants(call.store).find_client(call.account.id, call.name));
}

Response revoke_client(Call& call) {
  Body body(call.request);
  const std::string reason = body.text("reason").value_or("");
  if (const auto problem = body.finish()) return response_of(*problem);
  const absl::Status status =
      Grants(call.store).revoke_client(call.account.id, call.name, reason, call.act);
  return status.ok() ? get_client(call) : response_of(status);
}

// --- Families of refresh tokens ---

Response list_refresh_families(Call& call) {
  Query query(call.request.query);
  const size_t limit = query.limit();
  const GrantId before = query.numeric_cursor('r').value_or(INT64_MAX);
  if (const auto problem = query.finish()) return response_of(*problem);
  auto families =
      Grants(call.store).families(call.account.id, before, static_cast<int64_t>(limit + 1));
  if (!families.ok()) return response_of(families.status());
  std::string next;
  if (cut_to_page(*families, limit)) {
    next = make_cursor('r', std::to_string(families->back().grant.id));
  }
  return page_of(*families, next, [&call](JsonWriter& json, const RefreshFamily& family) {
    write(json, family, call.act.time);
  });
}

Response get_refresh_family(Call& call) {
  const absl::StatusOr<GrantId> id = family_of(call);
  if (!id.ok()) return response_of(id.status());
  return shown(call, Grants(call.store).find_family(call.account.id, *id));
}

Response revoke_refresh_family(Call& call) {
  Body body(call.request);
  const std::string reason = body.text("reason").value_or("");
  if (const auto problem = body.finish()) return response_of(*problem);
  const absl::StatusOr<GrantId> id = family_of(call);
  if (!id.ok()) return response_of(id.status());
  const absl::Status status =
      Grants(call.store).revoke_family(call.account.id, *id, reason, call.act);
  return status.ok() ? get_refresh_family(call) : response_of(status);
}

}  // namespace simdjwt::api
