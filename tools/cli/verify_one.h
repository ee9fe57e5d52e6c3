// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// `verify` of one token.

#ifndef SIMDJWT_TOOLS_CLI_VERIFY_ONE_H_
#define SIMDJWT_TOOLS_CLI_VERIFY_ONE_H_

#include <simdjwt/verifier.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "cli/demands.h"

namespace simdjwt::cli {

// How outcomes are printed, and the time to judge at.
struct VerifySettings {
  std::optional<int64_t> now;  // else the clock's
  bool json = false;
};

// Judges and prints one token; returns whether it was valid.
bool verify_one(const Verifier& verifier, const Demands& demands, VerifySettings settings,
                std::string_view token);

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_VERIFY_ONE_H_
