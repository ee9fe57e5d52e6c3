// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The registry that a command works on, and the account in it.

#ifndef SIMDJWT_TOOLS_CLI_REGISTRY_INPUT_H_
#define SIMDJWT_TOOLS_CLI_REGISTRY_INPUT_H_

#include <absl/status/statusor.h>

#include <CLI/App.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/failure.h"
#include "registry/store.h"

namespace simdjwt::cli {

struct RegistryInput {
  std::string file;
  std::string account;  // empty: the only one
  bool json = false;
};

// Add --registry and --json, and --account to all commands of a group. `input` must outlive the
// parsing.
void add_registry_option(CLI::App& app, RegistryInput& input);
void add_json_option(CLI::App& app, RegistryInput& input);
void add_account_options(CLI::App& group, RegistryInput& input);

// A command that consists of others, one of which must be given.
CLI::App* add_registry_group(CLI::App& app, const std::string& name, const std::string& help,
                             const std::string& footer);

// One of these, with --registry and --json; `run` runs when it is parsed.
template <class Arguments>
CLI::App* add_registry_action(CLI::App& group, const std::string& name, const std::string& help,
                              const std::shared_ptr<Arguments>& arguments,
                              void (*run)(const Arguments&)) {
  CLI::App* command = group.add_subcommand(name, help);
  add_registry_option(*command, arguments->registry);
  add_json_option(*command, arguments->registry);
  command->callback([arguments, run] { run(*arguments); });
  return command;
}

// Throw Failure with the status's message.
void succeed(const absl::Status& status);
template <class T>
T value_of(absl::StatusOr<T> value) {
  succeed(value.status());
  return *std::move(value);
}

registry::Store open_registry(const RegistryInput& input);

// The account that is named, or else the only one. Throws UsageError where there are several.
registry::Account find_account(registry::Store& store, const RegistryInput& input);

// Whoever runs the program, now.
registry::Act act_now();

// --alg, of what accounts' tokens may be signed by.
void add_token_algorithm_option(CLI::App& command, std::optional<std::string>& alg,
                                const std::string& help);
// UsageError for any other.
Algorithm parse_token_algorithm(const std::string& name);

// {"NAME":[...]}, of objects that are JSON already.
std::string json_list(std::string_view name, const std::vector<std::string>& objects);
// "one, two"
std::string joined(const std::vector<std::string>& texts);
std::string json_strings(const std::vector<std::string>& texts);
// "null" for none.
std::string json_time(std::optional<int64_t> time);

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_REGISTRY_INPUT_H_
