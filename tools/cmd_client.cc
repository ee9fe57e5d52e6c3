// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cmd_client.h"

#include <CLI/App.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/confirm.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/registry_input.h"
#include "cli/request_input.h"
#include "cli/table.h"
#include "cli/words.h"
#include "registry/grants.h"

namespace simdjwt::cli::client_command {
namespace {

using registry::Account;
using registry::Client;
using registry::Grants;

constexpr char kFooter[] =
    "A client fetches its tokens by its name, the client_id, and its secret.\n"
    "\n"
    "Examples:\n"
    "  simdjwt client create robot --description 'Nightly jobs' --server api\n"
    "  simdjwt client list\n"
    "  simdjwt client revoke robot --reason retired\n"
    "each with --registry FILE, or SIMDJWT_REGISTRY in the environment.";

struct Arguments {
  RegistryInput registry;
  std::string name;
  RequestInput input;
  std::optional<int64_t> token_life;
  std::string reason;
  bool yes = false;
};

JsonObjectText client_json(const Client& client) {
  const registry::Grant& grant = client.grant;
  JsonObjectText object;
  object.add("name", json_string(client.name))
      .add("description", json_string(grant.tokens.description))
      .add("created", json_time(grant.created))
      .add("token_life", std::to_string(grant.access_seconds))
      .add("scope", json_string(grant.tokens.scope))
      .add("servers", json_strings(grant.tokens.servers))
      .add("revoked", grant.revoked ? json_time(grant.revoked->time) : "null")
      .add("revoked_reason", grant.revoked ? json_string(grant.revoked->reason) : "null");
  return object;
}

void create(const Arguments& arguments) {
  const registry::TokenRequest request = request_of(arguments.input);
  registry::Store store = open_registry(arguments.registry);
  const Account account = find_account(store, arguments.registry);
  const registry::NewClient made = value_of(Grants(store).create_client(
      account.id, arguments.name, request,
      arguments.token_life.value_or(registry::kAccessSecondsDefault), act_now()));
  if (arguments.registry.json) {
    return print(client_json(made.client).add("secret", json_string(made.secret)).text() + '\n');
  }
  print(made.secret + '\n');
  tell("made the client " + made.client.name + "; its secret is shown this once");
}

void list(const Arguments& arguments) {
  registry::Store store = open_registry(arguments.registry);
  const Account account = find_account(store, arguments.registry);
  const std::vector<Client> clients = value_of(Grants(store).clients(account.id));
  if (arguments.registry.json) {
    std::vector<std::string> objects;
    for (const Client& client : clients) objects.push_back(client_json(client).text());
    return print(json_list("clients", objects) + '\n');
  }
  Table table({"NAME", "DESCRIPTION", "STATUS", "CREATED", "TOKENS LIVE", "SERVERS"});
  for (const Client& client : clients) {
    const registry::Grant& grant = client.grant;
    table.add({client.name, grant.tokens.description, grant.revoked ? "revoked" : "active",
               utc(grant.created), span_of_time(grant.access_seconds),
               joined(grant.tokens.servers)});
  }
  print(table.text());
}

void revoke(const Arguments& arguments) {
  registry::Store store = open_registry(arguments.registry);
  const Account account = find_account(store, arguments.registry);
  confirm("The client " + quote(arguments.name) +
              " and whoever uses its tokens will be refused, for good.",
          arguments.yes);
  succeed(Grants(store).revoke_client(account.id, arguments.name, arguments.reason, act_now()));
  if (!arguments.registry.json) return tell("the client " + arguments.name + " is revoked");
  print(client_json(value_of(Grants(store).find_client(account.id, arguments.name))).text() + '\n');
}

}  // namespace

void add_to(CLI::App& app) {
  CLI::App* group = add_registry_group(app, "client", "Programs that fetch their tokens", kFooter);
  auto arguments = std::make_shared<Arguments>();
  CLI::App* made =
      add_registry_action(*group, "create", "Make a client, print its secret", arguments, create);
  CLI::App* revoked =
      add_registry_action(*group, "revoke", "End it and its tokens, for good", arguments, revoke);
  for (CLI::App* command : {made, revoked}) {
    command->add_option("NAME", arguments->name, "The client's name, its client_id")->required();
  }
  add_description_option(*made, arguments->input, "the client");
  add_duration_option(*made, "--token-life", arguments->token_life,
                      "The life of each of its tokens; 1h if not given");
  add_claim_options(*made, arguments->input);
  add_registry_action(*group, "list", "The account's clients", arguments, list);
  revoked->add_option("--reason", arguments->reason, "Why, for the record")->type_name("TEXT");
  add_yes_option(*revoked, arguments->yes);
  add_account_options(*group, arguments->registry);
}

}  // namespace simdjwt::cli::client_command
