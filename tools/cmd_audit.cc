// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cmd_audit.h"

#include <CLI/App.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/output.h"
#include "cli/registry_input.h"
#include "cli/table.h"
#include "cli/words.h"

namespace simdjwt::cli::audit_command {
namespace {

using registry::AuditEntry;

constexpr char kFooter[] =
    "Examples:\n"
    "  simdjwt audit list --registry tokens.db\n"
    "  simdjwt audit list --account alice --limit 1000 --json --registry tokens.db";

struct Arguments {
  RegistryInput registry;
  std::optional<int64_t> before;
  size_t limit = 50;
};

using Names = std::map<registry::AccountId, std::string>;

Names account_names(registry::Store& store) {
  Names names;
  for (registry::Account& account : value_of(store.accounts())) {
    names[account.id] = std::move(account.name);
  }
  return names;
}

std::string account_of(const AuditEntry& entry, const Names& names) {
  return entry.account ? names.at(*entry.account) : "";
}

std::string entry_json(const AuditEntry& entry, const Names& names) {
  return JsonObjectText()
      .add("id", std::to_string(entry.id))
      .add("version", std::to_string(entry.version))
      .add("time", json_time(entry.time))
      .add("actor", json_string(entry.actor))
      .add("account", entry.account ? json_string(account_of(entry, names)) : "null")
      .add("action", json_string(entry.action))
      .add("subject", json_string(entry.subject))
      .add("detail", json_string(entry.detail))
      .text();
}

void list(const Arguments& arguments) {
  registry::Store store = open_registry(arguments.registry);
  registry::AuditQuery query{.before = arguments.before, .limit = arguments.limit};
  if (!arguments.registry.account.empty()) {
    query.account = find_account(store, arguments.registry).id;
  }
  const std::vector<AuditEntry> entries = value_of(store.audit(query));
  const Names names = account_names(store);
  if (arguments.registry.json) {
    std::vector<std::string> objects;
    for (const AuditEntry& entry : entries) objects.push_back(entry_json(entry, names));
    return print(json_list("entries", objects) + '\n');
  }
  Table table({"ID", "TIME", "ACTOR", "ACCOUNT", "ACTION", "SUBJECT", "DETAIL"});
  for (const AuditEntry& entry : entries) {
    table.add({std::to_string(entry.id), utc(entry.time), entry.actor, account_of(entry, names),
               entry.action, entry.subject, entry.detail});
  }
  print(table.text());
}

}  // namespace

void add_to(CLI::App& app) {
  CLI::App* group = add_registry_group(app, "audit", "Show who changed what, and when", kFooter);
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = group->add_subcommand("list", "The newest changes first");
  add_registry_option(*command, arguments->registry);
  command->add_option("--account", arguments->registry.account, "Of this account only")
      ->type_name("NAME");
  add_json_option(*command, arguments->registry);
  command->add_option("--limit", arguments->limit, "How many: 50 if not given, at most 1000")
      ->type_name("N");
  command
      ->add_option_function<int64_t>(
          "--before", [arguments](int64_t id) { arguments->before = id; },
          "Those before the one with this ID")
      ->type_name("ID");
  command->callback([arguments] { list(*arguments); });
}

}  // namespace simdjwt::cli::audit_command
