// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The registry that a command works on, and the account in it.

#ifndef SIMDJWT_TOOLS_CLI_REGISTRY_INPUT_H_
#define SIMDJWT_TOOLS_CLI_REGISTRY_INPUT_H_

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

#include "cli/failure.h"
#include "registry/store.h"

namespace CLI {
class App;
}

namespace simdjwt::cli {

struct RegistryInput {
  std::string file;
  std::string account;  // empty: the only one
  bool json = false;
};

// Add --registry, --account and --json. `input` must outlive the parsing.
void add_registry_option(CLI::App& app, RegistryInput& input);
void add_account_option(CLI::App& app, RegistryInput& input);
void add_json_option(CLI::App& app, RegistryInput& input);

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

// An object of these members on one line, or, where it is for scripts to read, {"NAME":[...]}.
std::string json_list(std::string_view name, const std::vector<std::string>& objects);
std::string json_strings(const std::vector<std::string>& texts);
// "null" for none.
std::string json_time(std::optional<int64_t> time);

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_REGISTRY_INPUT_H_
