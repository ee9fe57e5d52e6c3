// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Keys that issuers publish: --jwks-url and --issuer.

#ifndef SIMDJWT_TOOLS_CLI_ISSUER_INPUT_H_
#define SIMDJWT_TOOLS_CLI_ISSUER_INPUT_H_

#include <simdjwt/key_set.h>

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace simdjwt::cli {

struct IssuerInput {
  std::optional<std::string> jwks_url;
  std::optional<std::string> issuer;
  std::optional<std::string> ca_file;
  bool allow_private_addresses = false;
  bool allow_http = false;
};

// Adds --jwks-url, --issuer, --ca-file, --allow-private-addresses and --allow-http. `input` must
// outlive the parsing.
void add_issuer_options(CLI::App& app, IssuerInput& input);

// Fetches the keys, once. `skipped` receives the reasons why some cannot be used; secrets are never
// used. Throws Failure.
KeySet fetch_keys(const IssuerInput& input, JwksOptions options, std::vector<std::string>& skipped);

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_ISSUER_INPUT_H_
