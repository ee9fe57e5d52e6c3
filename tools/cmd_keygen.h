// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// simdjwt keygen: makes keys.

#ifndef SIMDJWT_TOOLS_CMD_KEYGEN_H_
#define SIMDJWT_TOOLS_CMD_KEYGEN_H_

namespace CLI {
class App;
}

namespace simdjwt::cli::keygen_command {

// Adds the command, which runs when `app` parses it.
void add_to(CLI::App& app);

}  // namespace simdjwt::cli::keygen_command

#endif  // SIMDJWT_TOOLS_CMD_KEYGEN_H_
