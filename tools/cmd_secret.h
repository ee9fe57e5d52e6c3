// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// simdjwt secret: the secret of an account.

#ifndef SIMDJWT_TOOLS_CMD_SECRET_H_
#define SIMDJWT_TOOLS_CMD_SECRET_H_

namespace CLI {
class App;
}

namespace simdjwt::cli::secret_command {

// Adds the command, which runs when `app` parses it.
void add_to(CLI::App& app);

}  // namespace simdjwt::cli::secret_command

#endif  // SIMDJWT_TOOLS_CMD_SECRET_H_
