// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// simdjwt decode: shows what a token says, verified or not.

#ifndef SIMDJWT_TOOLS_CMD_DECODE_H_
#define SIMDJWT_TOOLS_CMD_DECODE_H_

namespace CLI {
class App;
}

namespace simdjwt::cli::decode_command {

// Adds the command, which runs when `app` parses it and stores the exit status: 0, or 1 when the
// token cannot be decoded.
void add_to(CLI::App& app, int& exit_status);

}  // namespace simdjwt::cli::decode_command

#endif  // SIMDJWT_TOOLS_CMD_DECODE_H_
