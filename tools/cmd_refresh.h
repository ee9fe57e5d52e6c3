// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// simdjwt refresh: families of refresh tokens.

#ifndef SIMDJWT_TOOLS_CMD_REFRESH_H_
#define SIMDJWT_TOOLS_CMD_REFRESH_H_

namespace CLI {
class App;
}

namespace simdjwt::cli {

// Adds the command, which runs when `app` parses it.
void add_refresh_command(CLI::App& app);

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CMD_REFRESH_H_
