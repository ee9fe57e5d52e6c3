// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Keys from the files that --secret-file and --jwk-file name.

#ifndef SIMDJWT_TOOLS_CLI_KEY_INPUT_H_
#define SIMDJWT_TOOLS_CLI_KEY_INPUT_H_

#include <simdjwt/key.h>
#include <simdjwt/key_set.h>

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace simdjwt::cli {

struct KeyInput {
  std::string secret_file;
  std::string jwk_file;
  std::vector<std::string> algs;
};

// Adds --secret-file, --jwk-file and --alg. `input` must outlive the parsing.
void add_key_options(CLI::App& app, KeyInput& input);

// All keys that may verify: those of the file whose algorithm --alg allows. Throws Failure.
KeySet read_verification_keys(const KeyInput& input);

// The one key that is to sign: of a JWK Set the one with this kid, or its only one. A key without a
// kid takes `kid`. Throws Failure.
Key read_signing_key(const KeyInput& input, const std::string& kid);

// The algorithm of this name. Throws UsageError that lists those there are.
Algorithm parse_algorithm_option(const std::string& name);

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_KEY_INPUT_H_
