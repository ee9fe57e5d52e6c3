// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Questions before what cannot be taken back.

#ifndef SIMDJWT_TOOLS_CLI_CONFIRM_H_
#define SIMDJWT_TOOLS_CLI_CONFIRM_H_

#include <string>

namespace CLI {
class App;
}

namespace simdjwt::cli {

// Adds --yes, which answers the question ahead. `yes` must outlive the parsing.
void add_yes_option(CLI::App& app, bool& yes);

// Tells what is about to happen and asks on the terminal whether it shall, unless `yes`. Throws
// Failure where the answer is no, and UsageError where nobody can be asked.
void confirm(const std::string& consequence, bool yes);

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_CONFIRM_H_
