// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cmd_secret.h"

#include <CLI/App.hpp>
#include <memory>
#include <optional>
#include <string>

#include "cli/confirm.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/registry_input.h"
#include "cli/words.h"

namespace simdjwt::cli {
namespace {

using registry::Account;
using registry::SecretInfo;

constexpr char kFooter[] =
    "The secret is text: its 64 characters are the key, as they stand. Who has it\n"
    "can make tokens.\n"
    "\n"
    "Examples:\n"
    "  simdjwt secret show --registry tokens.db\n"
    "  simdjwt secret rotate --grace 7d --registry tokens.db";

struct Arguments {
  RegistryInput registry;
  std::optional<int64_t> grace;
  bool yes = false;
};

void show(const Arguments& arguments) {
  registry::Store store = open_registry(arguments.registry);
  const Account account = find_account(store, arguments.registry);
  const registry::SecretText secret = value_of(store.show_secret(account.id, act_now()));
  if (!arguments.registry.json) {
    print(secret.view());
    return print("\n");
  }
  print(JsonObjectText().add("secret", json_string(secret.view())).text() + '\n');
}

void rotate(const Arguments& arguments) {
  registry::Store store = open_registry(arguments.registry);
  const Account account = find_account(store, arguments.registry);
  const int64_t grace = *arguments.grace;
  const std::string end = grace == 0 ? "at once" : "in " + span_of_time(grace);
  confirm("All tokens that the account " + account.name + " has now end " + end +
              ", and services that verify with the secret need the new one; a secret that was " +
              "replaced before ends at once.",
          arguments.yes);
  const SecretInfo secret = value_of(store.rotate_secret(account.id, grace, act_now()));
  if (arguments.registry.json) {
    return print(JsonObjectText()
                     .add("generation", std::to_string(secret.generation))
                     .add("created", json_time(secret.created))
                     .add("previous_valid_until", json_time(secret.created + grace))
                     .text() +
                 '\n');
  }
  tell("the secret is of generation " + std::to_string(secret.generation) +
       "; the one before ends " + end);
}

}  // namespace

void add_secret_command(CLI::App& app) {
  CLI::App* group =
      add_registry_group(app, "secret", "Show and rotate an account's secret", kFooter);
  auto arguments = std::make_shared<Arguments>();
  add_registry_action(*group, "show", "Print it, to be put where tokens are verified", arguments,
                      show);
  CLI::App* rotated =
      add_registry_action(*group, "rotate", "Replace it by a new one", arguments, rotate);
  add_duration_option(*rotated, "--grace", arguments->grace,
                      "How long the present one stays valid; 0: not at all")
      ->required();
  add_yes_option(*rotated, arguments->yes);
  add_account_options(*group, arguments->registry);
}

}  // namespace simdjwt::cli
