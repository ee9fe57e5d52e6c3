// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// simdjwt admin-token: who may use the admin API of a registry.

#ifndef SIMDJWT_TOOLS_CMD_ADMIN_TOKEN_H_
#define SIMDJWT_TOOLS_CMD_ADMIN_TOKEN_H_

namespace CLI {
class App;
}

namespace simdjwt::cli::admin_token_command {

// Adds the command, which runs when `app` parses it.
void add_to(CLI::App& app);

}  // namespace simdjwt::cli::admin_token_command

#endif  // SIMDJWT_TOOLS_CMD_ADMIN_TOKEN_H_
