// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cli/registry_input.h"

#include <pwd.h>
#include <unistd.h>

#include "cli/options.h"
#include "cli/times.h"
#include "cli/words.h"
#include "registry/account_key.h"

namespace simdjwt::cli {
namespace {

std::string user_name() {
  const passwd* const user = getpwuid(geteuid());
  return user == nullptr ? "uid " + std::to_string(geteuid()) : user->pw_name;
}

}  // namespace

void add_registry_option(CLI::App& app, RegistryInput& input) {
  app.add_option("--registry", input.file, "The registry's database; its key is FILE.key")
      ->type_name("FILE")
      ->envname("SIMDJWT_REGISTRY")
      ->required();
}

void add_account_options(CLI::App& group, RegistryInput& input) {
  for (CLI::App* command : group.get_subcommands({})) {
    command
        ->add_option("--account", input.account, "The account; not needed where there is only one")
        ->type_name("NAME");
  }
}

void add_json_option(CLI::App& app, RegistryInput& input) {
  app.add_flag("--json", input.json, "Print JSON, on one line");
}

CLI::App* add_registry_group(CLI::App& app, const std::string& name, const std::string& help,
                             const std::string& footer) {
  CLI::App* group = app.add_subcommand(name, help);
  group->require_subcommand(1);
  group->group("Token registry");
  group->footer(footer);  // which the commands inherit
  return group;
}

void succeed(const absl::Status& status) {
  if (!status.ok()) throw Failure(std::string(status.message()));
}

registry::Store open_registry(const RegistryInput& input) {
  return value_of(registry::Store::open(input.file));
}

registry::Account find_account(registry::Store& store, const RegistryInput& input) {
  if (!input.account.empty()) return value_of(store.find_account(input.account));
  std::vector<registry::Account> accounts = value_of(store.accounts());
  if (accounts.empty()) throw Failure("there is no account yet: simdjwt account create makes one");
  if (accounts.size() > 1) throw UsageError("--account is needed: there are several");
  return std::move(accounts.front());
}

registry::Act act_now() { return {user_name(), system_now()}; }

void add_token_algorithm_option(CLI::App& command, std::optional<std::string>& alg,
                                const std::string& help) {
  add_text_option(command, "--alg", alg, help)->type_name("ALG");
}

Algorithm parse_token_algorithm(const std::string& name) {
  for (const Algorithm algorithm : registry::kTokenAlgorithms) {
    if (to_string(algorithm) == name) return algorithm;
  }
  throw UsageError("--alg: " + quote(name) + " signs no tokens; there are HS256, EdDSA and RS256");
}

std::string json_list(std::string_view name, const std::vector<std::string>& objects) {
  std::string list;
  for (const std::string& object : objects) list += (list.empty() ? "" : ",") + object;
  return '{' + json_string(name) + ":[" + list + "]}";
}

std::string joined(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + text;
  return list;
}

std::string json_strings(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ",") + json_string(text);
  return '[' + list + ']';
}

std::string json_time(std::optional<int64_t> time) { return time ? std::to_string(*time) : "null"; }

}  // namespace simdjwt::cli
