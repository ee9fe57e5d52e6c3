// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What the command line of `verify` demands of a token, and the policy that says the same.

#ifndef SIMDJWT_TOOLS_CLI_DEMANDS_H_
#define SIMDJWT_TOOLS_CLI_DEMANDS_H_

#include <simdjwt/policy.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace simdjwt::cli {

struct Demands {
  std::vector<std::string> issuers;
  std::vector<std::string> audiences;
  std::vector<std::string> required;
  std::optional<std::string> typ;
  std::optional<int64_t> leeway_seconds;
  std::optional<int64_t> max_age_seconds;
  bool signature_only = false;

  int64_t leeway() const { return leeway_seconds.value_or(0); }
};

// Adds --iss, --aud, --typ, --require, --max-age, --leeway and --signature-only. `demands` must
// outlive the parsing.
void add_demand_options(CLI::App& app, Demands& demands);

// The policy of these demands, that collects all failures. Throws UsageError for contradictions.
Policy build_policy(const CLI::App& app, const Demands& demands);

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_DEMANDS_H_
