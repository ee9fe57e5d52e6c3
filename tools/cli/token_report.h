// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Registered tokens for people and for scripts.

#ifndef SIMDJWT_TOOLS_CLI_TOKEN_REPORT_H_
#define SIMDJWT_TOOLS_CLI_TOKEN_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "cli/token_examples.h"
#include "cli/words.h"
#include "registry/model.h"

namespace simdjwt::cli {

// "Active", or "Inactive: revoked".
std::string status_text(const registry::Token& token, int64_t now);

// One line a token, below a head.
std::string token_table(const std::vector<registry::Token>& tokens, int64_t now);

// What is known of a token; `value` is its text, shortened.
std::string token_details(const registry::Token& token, const std::string& value, int64_t now);

// The examples under headings.
std::string examples_text(const TokenExamples& examples);

JsonObjectText token_json(const registry::Token& token, int64_t now);

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_TOKEN_REPORT_H_
