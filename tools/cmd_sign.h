// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// simdjwt sign: makes tokens.

#ifndef SIMDJWT_TOOLS_CMD_SIGN_H_
#define SIMDJWT_TOOLS_CMD_SIGN_H_

namespace CLI {
class App;
}

namespace simdjwt::cli::sign_command {

// Adds the command, which runs when `app` parses it.
void add_to(CLI::App& app);

}  // namespace simdjwt::cli::sign_command

#endif  // SIMDJWT_TOOLS_CMD_SIGN_H_
