// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cli/verify_one.h"

#include <vector>

#include "cli/explain.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/times.h"

namespace simdjwt::cli {

bool verify_one(const Verifier& verifier, const Demands& demands, VerifySettings settings,
                std::string_view token) {
  const int64_t now = settings.now.value_or(system_now());
  Scratch scratch;
  const VerifyResult result = verifier.verify(token, scratch, now);
  if (result) {
    print(settings.json ? json_of_valid(*result, demands, now, std::nullopt) + '\n'
                        : describe_valid(*result, demands, now));
    return true;
  }
  const std::vector<Finding> findings = Explainer(verifier, demands).explain(token, result, now);
  print(settings.json ? json_of_rejected(result.verdict(), findings, now, std::nullopt) + '\n'
                      : describe_rejected(findings));
  return false;
}

}  // namespace simdjwt::cli
