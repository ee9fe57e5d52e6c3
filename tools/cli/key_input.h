// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Keys from the files that --secret-file, --jwk-file and --key-file name, and from issuers.

#ifndef SIMDJWT_TOOLS_CLI_KEY_INPUT_H_
#define SIMDJWT_TOOLS_CLI_KEY_INPUT_H_

#include <simdjwt/key.h>
#include <simdjwt/key_set.h>

#include <optional>
#include <string>
#include <vector>

#include "cli/issuer_input.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace simdjwt::cli {

struct KeyInput {
  std::optional<std::string> secret_file;
  std::optional<std::string> jwk_file;
  std::optional<std::string> key_file;
  std::vector<std::string> algs;
  const CLI::Option* alg = nullptr;  // which tells whether --alg was given
  IssuerInput issuer;
};

// Adds --secret-file, --jwk-file, --key-file and --alg. `input` must outlive the parsing.
void add_key_options(CLI::App& app, KeyInput& input);

// All keys of whatever the options name, of an algorithm that --alg allows. `skipped` receives the
// reasons why others cannot be used. Throws Failure.
KeySet read_keys(const KeyInput& input, std::vector<std::string>& skipped);

// The same, with a warning about each key that was skipped.
KeySet read_verification_keys(const KeyInput& input);

// The one key that is to sign: of a JWK Set the one with this kid, or its only one. A key without a
// kid takes `kid`. Throws Failure.
Key read_signing_key(const KeyInput& input, const std::string& kid);

// The algorithm of this name. Throws UsageError that lists those there are.
Algorithm parse_algorithm_option(const std::string& name);

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_KEY_INPUT_H_
