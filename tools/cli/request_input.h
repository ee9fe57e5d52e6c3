// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What a token is to be like, from the command line.

#ifndef SIMDJWT_TOOLS_CLI_REQUEST_INPUT_H_
#define SIMDJWT_TOOLS_CLI_REQUEST_INPUT_H_

#include <CLI/App.hpp>
#include <optional>
#include <string>
#include <vector>

#include "registry/issue.h"

namespace simdjwt::cli {

struct RequestInput {
  registry::TokenRequest request;
  std::string claims_template = "standard";
  bool no_server_aud = false;
  std::optional<std::string> user_id;
  std::vector<std::string> claims;
};

// Add options for all of it: --description, which is needed, of what `subject` says; then claims
// and servers. `input` must outlive the parsing.
void add_description_option(CLI::App& command, RequestInput& input, const std::string& subject);
void add_claim_options(CLI::App& command, RequestInput& input);

// The request, but for its expiry. Throws UsageError for options that contradict each other.
registry::TokenRequest request_of(const RequestInput& input);

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_REQUEST_INPUT_H_
