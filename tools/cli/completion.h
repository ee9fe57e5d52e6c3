// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Scripts by which shells complete the command line, made of what the parser knows.

#ifndef SIMDJWT_TOOLS_CLI_COMPLETION_H_
#define SIMDJWT_TOOLS_CLI_COMPLETION_H_

#include <string>

namespace CLI {
class App;
}

namespace simdjwt::cli {

// Of a program whose commands and options have all been added.
std::string bash_completion(const CLI::App& app);
std::string zsh_completion(const CLI::App& app);
std::string fish_completion(const CLI::App& app);

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_COMPLETION_H_
