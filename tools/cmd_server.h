// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// simdjwt server: the servers of an account.

#ifndef SIMDJWT_TOOLS_CMD_SERVER_H_
#define SIMDJWT_TOOLS_CMD_SERVER_H_

namespace CLI {
class App;
}

namespace simdjwt::cli {

// Adds the command, which runs when `app` parses it.
void add_server_command(CLI::App& app);

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CMD_SERVER_H_
