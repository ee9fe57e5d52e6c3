// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// simdjwt explain: why a token is accepted or refused at a server of a registry.

#ifndef SIMDJWT_TOOLS_CMD_EXPLAIN_H_
#define SIMDJWT_TOOLS_CMD_EXPLAIN_H_

namespace CLI {
class App;
}

namespace simdjwt::cli::explain_command {

// Adds the command, which runs when `app` parses it and sets `exit_status`, which must outlive
// that.
void add_to(CLI::App& app, int& exit_status);

}  // namespace simdjwt::cli::explain_command

#endif  // SIMDJWT_TOOLS_CMD_EXPLAIN_H_
