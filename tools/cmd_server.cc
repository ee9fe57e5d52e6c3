// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cmd_server.h"

#include <CLI/App.hpp>
#include <memory>
#include <string>
#include <vector>

#include "cli/confirm.h"
#include "cli/output.h"
#include "cli/registry_input.h"
#include "cli/table.h"
#include "cli/times.h"
#include "cli/words.h"

namespace simdjwt::cli::server_command {
namespace {

using registry::Account;
using registry::Server;

constexpr char kFooter[] =
    "A server's first token turns its authentication on. Nothing but auth ... off\n"
    "turns it off.\n"
    "\n"
    "Examples:\n"
    "  simdjwt server create api --url https://api.example --registry tokens.db\n"
    "  simdjwt server list --registry tokens.db\n"
    "  simdjwt server auth api on --registry tokens.db";

struct Arguments {
  RegistryInput registry;
  std::string name;
  std::string url;
  std::string state;
  bool yes = false;
};

const char* state_text(const Server& server) { return server.authenticates ? "on" : "off"; }

std::string server_json(const Server& server) {
  return JsonObjectText()
      .add("name", json_string(server.name))
      .add("url", server.url.empty() ? "null" : json_string(server.url))
      .add("created", json_time(server.created))
      .add("authentication", server.authenticates ? "true" : "false")
      .add("tokens", std::to_string(server.num_tokens))
      .text();
}

void create(const Arguments& arguments) {
  registry::Store store = open_registry(arguments.registry);
  const Account account = find_account(store, arguments.registry);
  const Server server =
      value_of(store.create_server(account.id, arguments.name, arguments.url, act_now()));
  if (arguments.registry.json) return print(server_json(server) + '\n');
  tell("made the server " + server.name + "; its authentication is off until it has a token");
}

void list(const Arguments& arguments) {
  registry::Store store = open_registry(arguments.registry);
  const Account account = find_account(store, arguments.registry);
  const std::vector<Server> servers = value_of(store.servers(account.id));
  if (arguments.registry.json) {
    std::vector<std::string> objects;
    for (const Server& server : servers) objects.push_back(server_json(server));
    return print(json_list("servers", objects) + '\n');
  }
  Table table({"NAME", "AUTHENTICATION", "TOKENS", "CREATED", "URL"});
  for (const Server& server : servers) {
    table.add({server.name, state_text(server), std::to_string(server.num_tokens),
               utc(server.created), server.url});
  }
  print(table.text());
}

void show(const Arguments& arguments) {
  registry::Store store = open_registry(arguments.registry);
  const Account account = find_account(store, arguments.registry);
  const Server server = value_of(store.find_server(account.id, arguments.name));
  if (arguments.registry.json) return print(server_json(server) + '\n');
  Details details;
  details.add("Server", server.name);
  details.add("Account", account.name);
  details.add("URL", server.url);
  details.add("Authentication", state_text(server));
  details.add("Tokens", std::to_string(server.num_tokens));
  details.add("Created", utc_and_distance(server.created, system_now()));
  print(details.text());
}

void auth(const Arguments& arguments) {
  if (arguments.state != "on" && arguments.state != "off") {
    throw UsageError(quote(arguments.state) + " is neither on nor off");
  }
  registry::Store store = open_registry(arguments.registry);
  const Account account = find_account(store, arguments.registry);
  if (arguments.state == "off") {
    confirm("Everybody will reach " + arguments.name + ", without a token.", arguments.yes);
  }
  succeed(store.set_authentication(account.id, arguments.name, arguments.state == "on", act_now()));
  const Server server = value_of(store.find_server(account.id, arguments.name));
  if (arguments.registry.json) return print(server_json(server) + '\n');
  tell(server.name + ": authentication is " + state_text(server));
}

}  // namespace

void add_to(CLI::App& app) {
  CLI::App* group = add_registry_group(app, "server",
                                       "Make and show servers, and switch authentication", kFooter);
  auto arguments = std::make_shared<Arguments>();
  CLI::App* made = add_registry_action(*group, "create", "Make a server", arguments, create);
  CLI::App* shown =
      add_registry_action(*group, "show", "What is known of a server", arguments, show);
  CLI::App* switched =
      add_registry_action(*group, "auth", "Turn authentication on or off", arguments, auth);
  for (CLI::App* command : {made, shown, switched}) {
    command->add_option("NAME", arguments->name, "The server's name, as in /check/.../NAME")
        ->required();
  }
  made->add_option("--url", arguments->url, "Under which its clients know it")->type_name("URL");
  switched->add_option("STATE", arguments->state, "on or off")->required();
  add_yes_option(*switched, arguments->yes);
  add_registry_action(*group, "list", "The account's servers", arguments, list);
  add_account_options(*group, arguments->registry);
}

}  // namespace simdjwt::cli::server_command
