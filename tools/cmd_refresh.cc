// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cmd_refresh.h"

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
#include "registry/grants.h"

namespace simdjwt::cli::refresh_command {
namespace {

using registry::Account;
using registry::Grants;
using registry::RefreshFamily;

constexpr char kFooter[] =
    "Each use of a refresh token replaces it by another of the same family. One that\n"
    "is used twice ends its family.\n"
    "\n"
    "Examples:\n"
    "  simdjwt token create --description CI --expires-in 1h --refresh-for 30d\n"
    "  simdjwt refresh list\n"
    "  simdjwt refresh revoke 3 --reason leaked\n"
    "each with --registry FILE, or SIMDJWT_REGISTRY in the environment.";

struct Arguments {
  RegistryInput registry;
  registry::GrantId family = 0;
  std::string reason;
  bool yes = false;
};

const char* status_text(const RefreshFamily& family, int64_t now) {
  if (family.grant.revoked) return "revoked";
  return family.expires <= now ? "expired" : "active";
}

std::string family_json(const RefreshFamily& family, int64_t now) {
  const registry::Grant& grant = family.grant;
  return JsonObjectText()
      .add("family", std::to_string(grant.id))
      .add("description", json_string(grant.tokens.description))
      .add("status", json_string(status_text(family, now)))
      .add("client", family.client.empty() ? "null" : json_string(family.client))
      .add("created", json_time(grant.created))
      .add("expires", json_time(family.expires))
      .add("token_life", std::to_string(grant.access_seconds))
      .add("servers", json_strings(grant.tokens.servers))
      .add("revoked", grant.revoked ? json_time(grant.revoked->time) : "null")
      .add("revoked_reason", grant.revoked ? json_string(grant.revoked->reason) : "null")
      .text();
}

void list(const Arguments& arguments) {
  registry::Store store = open_registry(arguments.registry);
  const Account account = find_account(store, arguments.registry);
  const std::vector<RefreshFamily> families = value_of(Grants(store).families(account.id));
  const int64_t now = system_now();
  if (arguments.registry.json) {
    std::vector<std::string> objects;
    for (const RefreshFamily& family : families) objects.push_back(family_json(family, now));
    return print(json_list("families", objects) + '\n');
  }
  Table table({"FAMILY", "DESCRIPTION", "STATUS", "CLIENT", "CREATED", "EXPIRES", "SERVERS"});
  for (const RefreshFamily& family : families) {
    const registry::Grant& grant = family.grant;
    table.add({std::to_string(grant.id), grant.tokens.description, status_text(family, now),
               family.client, utc(grant.created), utc(family.expires),
               joined(grant.tokens.servers)});
  }
  print(table.text());
}

void revoke(const Arguments& arguments) {
  registry::Store store = open_registry(arguments.registry);
  const Account account = find_account(store, arguments.registry);
  const std::string name = "the family " + std::to_string(arguments.family);
  confirm("Whoever uses tokens of " + name + " will be refused, for good.", arguments.yes);
  succeed(Grants(store).revoke_family(account.id, arguments.family, arguments.reason, act_now()));
  if (!arguments.registry.json) return tell(name + " is revoked");
  const RefreshFamily family = value_of(Grants(store).find_family(account.id, arguments.family));
  print(family_json(family, system_now()) + '\n');
}

}  // namespace

void add_to(CLI::App& app) {
  CLI::App* group = add_registry_group(app, "refresh", "Families of refresh tokens", kFooter);
  auto arguments = std::make_shared<Arguments>();
  add_registry_action(*group, "list", "The account's, newest first", arguments, list);
  CLI::App* revoked =
      add_registry_action(*group, "revoke", "End one and its tokens, for good", arguments, revoke);
  revoked->add_option("FAMILY", arguments->family, "Its number")->required();
  revoked->add_option("--reason", arguments->reason, "Why, for the record")->type_name("TEXT");
  add_yes_option(*revoked, arguments->yes);
  add_account_options(*group, arguments->registry);
}

}  // namespace simdjwt::cli::refresh_command
