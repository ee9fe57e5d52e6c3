// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cmd_admin_token.h"

#include <CLI/App.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/confirm.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/registry_input.h"
#include "cli/table.h"
#include "cli/times.h"
#include "cli/words.h"
#include "registry/admin_tokens.h"

namespace simdjwt::cli::admin_token_command {
namespace {

using registry::AdminScope;
using registry::AdminToken;
using registry::AdminTokens;
using registry::IssuedAdminToken;

constexpr char kFooter[] =
    "Whoever has such a token may use the daemon's admin API, for what its scopes\n"
    "say: read what is not secret, write, reveal secrets and tokens, audit.\n"
    "\n"
    "Examples:\n"
    "  simdjwt admin-token create ops --registry tokens.db\n"
    "  simdjwt admin-token create ci --scope write --account alice --expires-in 90d \\\n"
    "    --registry tokens.db";

struct Arguments {
  RegistryInput registry;
  std::string name;
  std::vector<std::string> scopes;
  std::optional<int64_t> expires_in;
  bool yes = false;
};

AdminScope parse_scope(const std::string& text) {
  for (const AdminScope scope : registry::kAdminScopes) {
    if (text == name_of(scope)) return scope;
  }
  throw UsageError("--scope: " + quote(text) +
                   " is unknown; there are read, write, reveal and audit");
}

std::vector<std::string> scopes_of(const AdminToken& token) {
  std::vector<std::string> names;
  for (const AdminScope scope : registry::kAdminScopes) {
    if (token.may(scope)) names.emplace_back(name_of(scope));
  }
  return names;
}

std::string status_text(const AdminToken& token, int64_t now) {
  if (token.revoked) return "revoked";
  return token.is_good(now) ? "active" : "expired";
}

std::string account_name(registry::Store& store, const AdminToken& token) {
  if (!token.account) return "";
  for (const registry::Account& account : value_of(store.accounts())) {
    if (account.id == *token.account) return account.name;
  }
  return "";
}

JsonObjectText token_json(registry::Store& store, const AdminToken& token, int64_t now) {
  const std::string account = account_name(store, token);
  JsonObjectText json;
  json.add("name", json_string(token.name))
      .add("scopes", json_strings(scopes_of(token)))
      .add("account", account.empty() ? "null" : json_string(account))
      .add("status", json_string(status_text(token, now)))
      .add("created", json_time(token.created))
      .add("expires", json_time(token.expires))
      .add("last_used", json_time(token.last_used))
      .add("revoked", json_time(token.revoked));
  return json;
}

void create(const Arguments& arguments) {
  registry::Store store = open_registry(arguments.registry);
  const registry::Act act = act_now();
  registry::AdminTokenRequest request{.name = arguments.name, .scopes = {}};
  for (const std::string& scope : arguments.scopes) request.scopes.push_back(parse_scope(scope));
  if (request.scopes.empty()) {
    request.scopes.assign(std::begin(registry::kAdminScopes), std::end(registry::kAdminScopes));
  }
  if (!arguments.registry.account.empty()) {
    request.account = value_of(store.find_account(arguments.registry.account)).id;
  }
  if (arguments.expires_in) request.expires = act.time + *arguments.expires_in;
  const IssuedAdminToken issued = value_of(AdminTokens(store).create(request, act));
  if (arguments.registry.json) {
    return print(
        token_json(store, issued.token, act.time).add("token", json_string(issued.text)).text() +
        '\n');
  }
  print(issued.text + '\n');
  tell("this is the only time that the token is shown");
}

void list(const Arguments& arguments) {
  registry::Store store = open_registry(arguments.registry);
  const int64_t now = system_now();
  const std::vector<AdminToken> tokens = value_of(AdminTokens(store).all());
  if (arguments.registry.json) {
    std::vector<std::string> objects;
    for (const AdminToken& token : tokens) objects.push_back(token_json(store, token, now).text());
    return print(json_list("admin_tokens", objects) + '\n');
  }
  Table table({"NAME", "STATUS", "SCOPES", "ACCOUNT", "CREATED", "EXPIRES", "LAST USED"});
  for (const AdminToken& token : tokens) {
    std::string scopes;
    for (const std::string& scope : scopes_of(token)) scopes += (scopes.empty() ? "" : " ") + scope;
    table.add({token.name, status_text(token, now), scopes, account_name(store, token),
               utc(token.created), token.expires ? utc(*token.expires) : "never",
               token.last_used ? utc(*token.last_used) : "never"});
  }
  print(table.text());
}

void revoke(const Arguments& arguments) {
  registry::Store store = open_registry(arguments.registry);
  confirm("Whoever uses the admin token " + arguments.name + " is refused from now on.",
          arguments.yes);
  succeed(AdminTokens(store).revoke(arguments.name, act_now()));
  if (arguments.registry.json) return print("{}\n");
  tell("revoked the admin token " + arguments.name);
}

}  // namespace

void add_to(CLI::App& app) {
  CLI::App* group = add_registry_group(app, "admin-token",
                                       "Make, list and revoke tokens for the admin API", kFooter);
  auto arguments = std::make_shared<Arguments>();
  CLI::App* made =
      add_registry_action(*group, "create", "Make one, and print it this once", arguments, create);
  CLI::App* revoked =
      add_registry_action(*group, "revoke", "Make one useless, for good", arguments, revoke);
  for (CLI::App* command : {made, revoked}) {
    command->add_option("NAME", arguments->name, "The admin token's name")->required();
  }
  made->add_option("--scope", arguments->scopes,
                   "What it is for: read, write, reveal or audit;\n"
                   "may be repeated (if not given: all)")
      ->type_name("SCOPE")
      ->expected(1)
      ->take_all();
  made->add_option("--account", arguments->registry.account,
                   "The only account that it reaches (if not given: all)")
      ->type_name("NAME");
  add_duration_option(*made, "--expires-in", arguments->expires_in,
                      "How long it is good for (if not given: until it is\nrevoked)");
  add_yes_option(*revoked, arguments->yes);
  add_registry_action(*group, "list", "All admin tokens", arguments, list);
}

}  // namespace simdjwt::cli::admin_token_command
