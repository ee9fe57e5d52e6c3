// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// simdjwt verify: judges tokens.

#ifndef SIMDJWT_TOOLS_CMD_VERIFY_H_
#define SIMDJWT_TOOLS_CMD_VERIFY_H_

namespace CLI {
class App;
}

namespace simdjwt::cli::verify_command {

// Adds the command, which runs when `app` parses it and stores the exit status: 0 when all tokens
// were valid, else 1.
void add_to(CLI::App& app, int& exit_status);

}  // namespace simdjwt::cli::verify_command

#endif  // SIMDJWT_TOOLS_CMD_VERIFY_H_
