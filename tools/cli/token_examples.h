// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Ready-made calls of a server with a token. They take the token from the environment, so that it
// gets into no history and no repository.

#ifndef SIMDJWT_TOOLS_CLI_TOKEN_EXAMPLES_H_
#define SIMDJWT_TOOLS_CLI_TOKEN_EXAMPLES_H_

#include <string>
#include <string_view>

namespace simdjwt::cli {

// One word of a shell (POSIX), whatever the text is.
std::string shell_quote(std::string_view text);

struct TokenExamples {
  std::string environment;  // shell: puts the token into TOKEN
  std::string curl;         // shell
  std::string javascript;   // a module for Node.js
  std::string python;       // with requests
};

TokenExamples token_examples(std::string_view registry_file, std::string_view account,
                             std::string_view jti, std::string_view url);

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_TOKEN_EXAMPLES_H_
