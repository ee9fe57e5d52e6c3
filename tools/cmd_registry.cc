// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cmd_registry.h"

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <memory>
#include <string>

#include "cli/output.h"
#include "cli/registry_input.h"

namespace simdjwt::cli::registry_command {
namespace {

constexpr char kFooter[] =
    "Examples:\n"
    "  simdjwt registry init --registry tokens.db --issuer https://tokens.example\n"
    "  simdjwt registry status-lists on --registry tokens.db\n"
    "  simdjwt registry check --registry tokens.db";

void add_init(CLI::App& group, const std::shared_ptr<RegistryInput>& input) {
  CLI::App* command = group.add_subcommand("init", "Make a registry, and its key unless it exists");
  auto issuer = std::make_shared<std::string>();
  add_registry_option(*command, *input);
  command->add_option("--issuer", *issuer, "The iss of its tokens: the URL of who issues them")
      ->type_name("URL")
      ->required();
  command->callback([input, issuer] {
    succeed(registry::Store::create(input->file, *issuer, act_now()).status());
    tell(input->file + ": a registry; its key is in " + input->file + ".key");
    tell("Keep both, apart: without the key no secret can be read, with it tokens can be forged.");
  });
}

void add_status_lists(CLI::App& group, const std::shared_ptr<RegistryInput>& input) {
  CLI::App* command =
      group.add_subcommand("status-lists", "Whether new tokens name the list of their status");
  auto choice = std::make_shared<std::string>();
  add_registry_option(*command, *input);
  command->add_option("CHOICE", *choice, "on or off; without it, what was chosen is printed")
      ->check(CLI::IsMember({"on", "off"}));
  command->callback([input, choice] {
    registry::Store store = open_registry(*input);
    if (choice->empty()) {
      print(value_of(store.names_status_lists()) ? "on\n" : "off\n");
      return;
    }
    succeed(store.name_status_lists(*choice == "on", act_now()));
    if (*choice == "off") return;
    tell("New tokens name their list; simdjwtd publishes it with [issuer] signing_key_file.");
  });
}

void add_check(CLI::App& group, const std::shared_ptr<RegistryInput>& input) {
  CLI::App* command = group.add_subcommand("check", "Read all of it, and say what is damaged");
  add_registry_option(*command, *input);
  command->callback([input] {
    succeed(open_registry(*input).check_integrity());
    print("ok\n");
  });
}

}  // namespace

void add_to(CLI::App& app) {
  CLI::App* group =
      add_registry_group(app, "registry", "Make and check registries of tokens", kFooter);
  auto input = std::make_shared<RegistryInput>();
  add_init(*group, input);
  add_status_lists(*group, input);
  add_check(*group, input);
}

}  // namespace simdjwt::cli::registry_command
