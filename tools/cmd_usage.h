// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// simdjwt usage: how often servers and tokens were used.

#ifndef SIMDJWT_TOOLS_CMD_USAGE_H_
#define SIMDJWT_TOOLS_CMD_USAGE_H_

namespace CLI {
class App;
}

namespace simdjwt::cli::usage_command {

// Adds the command, which runs when `app` parses it.
void add_to(CLI::App& app);

}  // namespace simdjwt::cli::usage_command

#endif  // SIMDJWT_TOOLS_CMD_USAGE_H_
