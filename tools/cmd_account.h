// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// simdjwt account: the accounts of a registry.

#ifndef SIMDJWT_TOOLS_CMD_ACCOUNT_H_
#define SIMDJWT_TOOLS_CMD_ACCOUNT_H_

namespace CLI {
class App;
}

namespace simdjwt::cli::account_command {

// Adds the command, which runs when `app` parses it.
void add_to(CLI::App& app);

}  // namespace simdjwt::cli::account_command

#endif  // SIMDJWT_TOOLS_CMD_ACCOUNT_H_
