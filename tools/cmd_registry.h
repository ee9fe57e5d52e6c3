// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// simdjwt registry: makes and checks registries.

#ifndef SIMDJWT_TOOLS_CMD_REGISTRY_H_
#define SIMDJWT_TOOLS_CMD_REGISTRY_H_

namespace CLI {
class App;
}

namespace simdjwt::cli {

// Adds the command, which runs when `app` parses it.
void add_registry_command(CLI::App& app);

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CMD_REGISTRY_H_
