// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// simdjwt server: the servers of an account.

#ifndef SIMDJWT_TOOLS_CMD_SERVER_H_
#define SIMDJWT_TOOLS_CMD_SERVER_H_

namespace CLI {
class App;
}

namespace simdjwt::cli::server_command {

// Adds the command, which runs when `app` parses it.
void add_to(CLI::App& app);

}  // namespace simdjwt::cli::server_command

#endif  // SIMDJWT_TOOLS_CMD_SERVER_H_
