// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// simdjwt status-list: what an issuer's list says of a token, or of all.

#ifndef SIMDJWT_TOOLS_CMD_STATUS_LIST_H_
#define SIMDJWT_TOOLS_CMD_STATUS_LIST_H_

namespace CLI {
class App;
}

namespace simdjwt::cli::status_list_command {

// `exit_status` receives 0, or 1 for a list that is refused and for a token that is not valid.
void add_to(CLI::App& app, int& exit_status);

}  // namespace simdjwt::cli::status_list_command

#endif  // SIMDJWT_TOOLS_CMD_STATUS_LIST_H_
