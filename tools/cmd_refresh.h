// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// simdjwt refresh: families of refresh tokens.

#ifndef SIMDJWT_TOOLS_CMD_REFRESH_H_
#define SIMDJWT_TOOLS_CMD_REFRESH_H_

namespace CLI {
class App;
}

namespace simdjwt::cli::refresh_command {

// Adds the command, which runs when `app` parses it.
void add_to(CLI::App& app);

}  // namespace simdjwt::cli::refresh_command

#endif  // SIMDJWT_TOOLS_CMD_REFRESH_H_
