// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cmd_completion.h"

#include <CLI/App.hpp>
#include <string>

#include "cli/completion.h"
#include "cli/output.h"

namespace simdjwt::cli::completion_command {
namespace {

constexpr char kFooter[] =
    "An installed simdjwt has brought the scripts along.\n"
    "\n"
    "Examples, for the shell that is running:\n"
    "  source <(simdjwt completion bash)\n"
    "  source <(simdjwt completion zsh)\n"
    "  simdjwt completion fish | source";

}  // namespace

void add_to(CLI::App& app) {
  CLI::App* group = app.add_subcommand("completion", "Print a script that completes commands");
  group->require_subcommand(1);
  group->group("Commands");
  group->footer(kFooter);
  const auto add = [&](const std::string& shell, std::string (*make)(const CLI::App&)) {
    group->add_subcommand(shell, "For " + shell)->callback([&app, make] { print(make(app)); });
  };
  add("bash", bash_completion);
  add("zsh", zsh_completion);
  add("fish", fish_completion);
}

}  // namespace simdjwt::cli::completion_command
