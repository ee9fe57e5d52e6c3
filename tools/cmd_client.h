// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// simdjwt client: programs that fetch their tokens themselves.

#ifndef SIMDJWT_TOOLS_CMD_CLIENT_H_
#define SIMDJWT_TOOLS_CMD_CLIENT_H_

namespace CLI {
class App;
}

namespace simdjwt::cli::client_command {

// Adds the command, which runs when `app` parses it.
void add_to(CLI::App& app);

}  // namespace simdjwt::cli::client_command

#endif  // SIMDJWT_TOOLS_CMD_CLIENT_H_
