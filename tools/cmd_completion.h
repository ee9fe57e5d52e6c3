// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// simdjwt completion: what shells need to complete its command line.

#ifndef SIMDJWT_TOOLS_CMD_COMPLETION_H_
#define SIMDJWT_TOOLS_CMD_COMPLETION_H_

namespace CLI {
class App;
}

namespace simdjwt::cli::completion_command {

// Adds the command, which runs when `app` parses it, and tells of all commands that were added
// then.
void add_to(CLI::App& app);

}  // namespace simdjwt::cli::completion_command

#endif  // SIMDJWT_TOOLS_CMD_COMPLETION_H_
