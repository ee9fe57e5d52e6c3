// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Accounts, and the servers and secrets that they own; and the registry as a whole.

#include <optional>
#include <utility>
#include <vector>

#include "api/body.h"
#include "api/call.h"
#include "api/json_writer.h"
#include "api/page.h"
#include "registry/account_key.h"

namespace simdjwt::api {

using http::Status;
using registry::Accepts;
using registry::Account;
using registry::kTokenAlgorithms;
using registry::LifePolicy;
using registry::SecretInfo;
using registry::Server;

namespace {

void write(JsonWriter& json, const Account& account) {
  json.add("name", account.name)
      .add("created", account.created)
      .add("accepts", account.accepts == Accepts::kSigned ? "signed" : "registered")
      .add("alg", to_string(account.algorithm))
      .begin_object("life")
      .add("seconds_min", account.life.seconds_min)
      .add("seconds_max", account.life.seconds_max)
      .add("may_be_indefinite", account.life.may_be_indefinite)
      .end_object();
}

void write(JsonWriter& json, const Server& server) {
  json.add("name", server.name)
      .add("url", server.url)
      .add("created", server.created)
      .add("authenticates", server.authenticates)
      .add("num_tokens", server.num_tokens);
}

void write(JsonWriter& json, const SecretInfo& secret) {
  json.add("generation", secret.generation)
      .add("created", secret.created)
      .add("valid_until", secret.valid_until)
      .add("alg", to_string(secret.algorithm));
  secret.kid.empty() ? json.add_null("kid") : json.add("kid", secret.kid);
}

template <class Row>
Response shown(const absl::StatusOr<Row>& row, Status status = Status::kOk) {
  if (!row.ok()) return response_of(row.status());
  JsonWriter json;
  json.begin_object();
  write(json, *row);
  return json_response(std::move(json.end_object()).take(), status);
}

constexpr auto kWrite = [](JsonWriter& json, const auto& row) { write(json, row); };

std::optional<Algorithm> read_algorithm(Body& body) {
  const auto which = body.choice("alg", {"HS256", "EdDSA", "RS256"});
  return which ? std::optional(kTokenAlgorithms[*which]) : std::nullopt;
}

// What the body says of an account's policy; the rest stays.
void read_policy(Body& body, Account& account) {
  account.algorithm = read_algorithm(body).value_or(account.algorithm);
  if (const auto accepts = body.choice("accepts", {"registered", "signed"})) {
    account.accepts = *accepts == 0 ? Accepts::kRegistered : Accepts::kSigned;
  }
  LifePolicy& life = account.life;
  Body given = body.object("life");
  life.seconds_min = given.integer("seconds_min", 1).value_or(life.seconds_min);
  if (given.is_null("seconds_max")) {
    life.seconds_max.reset();
  } else if (const auto seconds = given.integer("seconds_max", 1)) {
    life.seconds_max = seconds;
  }
  life.may_be_indefinite = given.boolean("may_be_indefinite").value_or(life.may_be_indefinite);
  (void)given.finish();  // what it notes, the body's tells
}

}  // namespace

// --- The registry ---

Response get_registry(Call& call) {
  const absl::StatusOr<int64_t> version = call.store.version();
  if (!version.ok()) return response_of(version.status());
  JsonWriter json;
  json.begin_object()
      .add("issuer", call.store.issuer())
      .add("version", *version)
      .add("time", call.act.time)
      .end_object();
  return json_response(std::move(json).take());
}

// --- Accounts ---

Response list_accounts(Call& call) {
  absl::StatusOr<std::vector<Account>> accounts = call.store.accounts();
  if (accounts.ok() && call.caller.account) {
    std::erase_if(*accounts, [&](const Account& a) { return a.id != *call.caller.account; });
  }
  return page_by_name(call, std::move(accounts), 'a', kWrite);
}

Response create_account(Call& call) {
  Body body(call.request);
  Account account;
  account.name = body.required_text("name");
  read_policy(body, account);
  if (const auto problem = body.finish()) return response_of(*problem);
  return shown(call.store.create_account(account.name, account.accepts, account.life, call.act,
                                         account.algorithm),
               Status::kCreated);
}

Response show_made_account(Call& call, std::string_view name) {
  return shown(call.store.find_account(name), Status::kCreated);
}

Response get_account(Call& call) { return shown<Account>(call.account); }

Response change_account(Call& call) {
  Body body(call.request);
  read_policy(body, call.account);
  if (const auto problem = body.finish()) return response_of(*problem);
  const absl::Status status = call.store.set_policy(
      call.account.id, call.account.accepts, call.account.life, call.act, call.account.algorithm);
  return status.ok() ? get_account(call) : response_of(status);
}

// --- Servers ---

Response list_servers(Call& call) {
  return page_by_name(call, call.store.servers(call.account.id), 's', kWrite);
}

Response create_server(Call& call) {
  Body body(call.request);
  const std::string name = body.required_text("name");
  const std::string url = body.text("url").value_or("");
  if (const auto problem = body.finish()) return response_of(*problem);
  return shown(call.store.create_server(call.account.id, name, url, call.act), Status::kCreated);
}

Response show_made_server(Call& call, std::string_view name) {
  return shown(call.store.find_server(call.account.id, name), Status::kCreated);
}

Response get_server(Call& call) {
  return shown(call.store.find_server(call.account.id, call.name));
}

Response change_server(Call& call) {
  Body body(call.request);
  if (!body.has("authenticates")) body.fail("authenticates", "is missing");
  const bool authenticates = body.boolean("authenticates").value_or(false);
  if (const auto problem = body.finish()) return response_of(*problem);
  const absl::Status status =
      call.store.set_authentication(call.account.id, call.name, authenticates, call.act);
  return status.ok() ? get_server(call) : response_of(status);
}

// --- Secrets ---

Response list_secrets(Call& call) {
  const absl::StatusOr<std::vector<SecretInfo>> secrets = call.store.secrets(call.account.id);
  if (!secrets.ok()) return response_of(secrets.status());
  return page_of(*secrets, "", kWrite);
}

Response reveal_secret(Call& call) {
  if (const auto problem = Body(call.request).finish()) return response_of(*problem);
  const absl::StatusOr<registry::SecretText> secret =
      call.store.show_secret(call.account.id, call.act);
  if (!secret.ok()) return response_of(secret.status());
  JsonWriter json;
  return json_response(
      std::move(json.begin_object().add("secret", secret->view()).end_object()).take());
}

Response rotate_secret(Call& call) {
  Body body(call.request);
  if (!body.has("grace_seconds")) body.fail("grace_seconds", "is missing");
  const int64_t grace_seconds = body.integer("grace_seconds").value_or(0);
  const std::optional<Algorithm> algorithm = read_algorithm(body);
  if (const auto problem = body.finish()) return response_of(*problem);
  return shown(call.store.rotate_secret(call.account.id, grace_seconds, call.act, algorithm),
               Status::kCreated);
}

Response get_public_keys(Call& call) {
  absl::StatusOr<std::string> keys = call.store.public_keys(call.account.id, call.act.time);
  return keys.ok() ? json_response(*std::move(keys)) : response_of(keys.status());
}

Response show_made_secret(Call& call, std::string_view generation) {
  const absl::StatusOr<std::vector<SecretInfo>> secrets = call.store.secrets(call.account.id);
  if (!secrets.ok()) return response_of(secrets.status());
  for (const SecretInfo& secret : *secrets) {
    if (std::to_string(secret.generation) == generation) {
      return shown<SecretInfo>(secret, Status::kCreated);
    }
  }
  return response_of(absl::NotFoundError("the secret that was made is no longer kept"));
}

}  // namespace simdjwt::api
