// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// simdjwt jwks: shows, converts and checks keys.

#ifndef SIMDJWT_TOOLS_CMD_JWKS_H_
#define SIMDJWT_TOOLS_CMD_JWKS_H_

namespace CLI {
class App;
}

namespace simdjwt::cli::jwks_command {

// Adds the command, which runs when `app` parses it and then sets the exit status.
void add_to(CLI::App& app, int& exit_status);

}  // namespace simdjwt::cli::jwks_command

#endif  // SIMDJWT_TOOLS_CMD_JWKS_H_
