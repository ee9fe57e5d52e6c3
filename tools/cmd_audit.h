// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// simdjwt audit: who changed what, and when.

#ifndef SIMDJWT_TOOLS_CMD_AUDIT_H_
#define SIMDJWT_TOOLS_CMD_AUDIT_H_

namespace CLI {
class App;
}

namespace simdjwt::cli::audit_command {

// Adds the command, which runs when `app` parses it.
void add_to(CLI::App& app);

}  // namespace simdjwt::cli::audit_command

#endif  // SIMDJWT_TOOLS_CMD_AUDIT_H_
