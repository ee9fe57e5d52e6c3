// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Where a token comes from: the argument, a file, or standard input.

#ifndef SIMDJWT_TOOLS_CLI_TOKEN_INPUT_H_
#define SIMDJWT_TOOLS_CLI_TOKEN_INPUT_H_

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace simdjwt::cli {

struct TokenInput {
  std::optional<std::string> argument;
  std::optional<std::string> file;

  // Whether neither an argument nor a file was given. An argument of "-" counts as none.
  bool is_standard_input() const { return !file && (!argument || *argument == "-"); }
};

// Adds [TOKEN] and --token-file. `input` must outlive the parsing.
void add_token_options(CLI::App& app, TokenInput& input, const std::string& help);

// Throws UsageError when both are given.
void check_token_options(const TokenInput& input);

// The argument, or all of the file or of standard input but for one final line end. What is too
// long for a token comes cut off, but still too long. Throws Failure, also where there is nothing.
std::string read_token(const TokenInput& input);

// Tells a person at the keyboard that the program waits for them.
void explain_waiting_for_terminal(const std::string& what);

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_TOKEN_INPUT_H_
