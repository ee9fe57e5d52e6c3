// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// simdjwt registry: makes and checks registries.

#ifndef SIMDJWT_TOOLS_CMD_REGISTRY_H_
#define SIMDJWT_TOOLS_CMD_REGISTRY_H_

namespace CLI {
class App;
}

namespace simdjwt::cli::registry_command {

// Adds the command, which runs when `app` parses it.
void add_to(CLI::App& app);

}  // namespace simdjwt::cli::registry_command

#endif  // SIMDJWT_TOOLS_CMD_REGISTRY_H_
