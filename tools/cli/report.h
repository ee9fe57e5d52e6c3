// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The outcome of one verification as text: lines for people, or one JSON object for programs.

#ifndef SIMDJWT_TOOLS_CLI_REPORT_H_
#define SIMDJWT_TOOLS_CLI_REPORT_H_

#include <simdjwt/verifier.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/demands.h"
#include "cli/words.h"

namespace simdjwt::cli {

//   valid
//     key       "2026-11"
//     sub       "alice"
//     exp       2026-11-23 11:00:00 UTC, in 1 h 0 min
//     unchecked iss, aud, typ
std::string describe_valid(const VerifiedToken& token, const Demands& demands, int64_t now);

//   rejected: expired
//     claim     exp
//     expected  later than 2026-11-23 10:00:00 UTC (now)
//     found     2026-11-23 09:00:00 UTC, 1 h 0 min ago
//
// with one such block for each finding.
std::string describe_rejected(const std::vector<Finding>& findings);

// The same in one line, with the details of the first finding:
//
//   rejected: expired, claim-missing: claim exp; expected later than ...; found 2026-11-23 ...
std::string describe_rejected_in_line(const std::vector<Finding>& findings);

// {"valid":true,"verdict":"valid","class":"valid","message":...,"now":...,"kid":...,"claims":{...}}
// {"valid":false,"verdict":"expired",...,"claim":"exp","expected":...,"found":...,"failures":[...]}
// One line without its end; begins with "line" where a line number is given.
std::string json_of_valid(const VerifiedToken& token, const Demands& demands, int64_t now,
                          std::optional<uint64_t> line);
std::string json_of_rejected(Verdict verdict, const std::vector<Finding>& findings, int64_t now,
                             std::optional<uint64_t> line);

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_REPORT_H_
