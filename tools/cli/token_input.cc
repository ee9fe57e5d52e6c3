// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cli/token_input.h"

#include <simdjwt/limits.h>
#include <unistd.h>

#include <string_view>

#include "cli/failure.h"
#include "cli/files.h"
#include "cli/options.h"
#include "cli/output.h"

namespace simdjwt::cli {

void add_token_options(CLI::App& app, TokenInput& input, const std::string& help) {
  add_text_option(app, "TOKEN", input.argument, help);
  add_file_option(app, "--token-file", input.file,
                  "A file with one token and at most one line end");
}

void check_token_options(const TokenInput& input) {
  if (input.argument && input.file) {
    throw UsageError("TOKEN and --token-file exclude each other");
  }
}

std::string read_token(const TokenInput& input) {
  check_token_options(input);
  if (!input.file && !input.is_standard_input()) return *input.argument;
  const std::string path = input.file.value_or("-");
  if (path == "-") explain_waiting_for_terminal("a token");
  // Three bytes more than the longest token: a line end, and one that makes it too long.
  const FileBytes file = read_file_prefix(path, kTokenBytesMax + 3);
  const std::string_view token = without_line_end(file.view());
  if (token.empty()) throw Failure(shown_path(path) + ": is empty");
  return std::string(token);
}

void explain_waiting_for_terminal(const std::string& what) {
  if (isatty(STDIN_FILENO) == 0) return;
  tell("simdjwt: reading " + what + " from the terminal; end with Control-D");
}

}  // namespace simdjwt::cli
