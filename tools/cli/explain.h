// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Why a token was rejected: the checks that failed, what they expected and what they found.

#ifndef SIMDJWT_TOOLS_CLI_EXPLAIN_H_
#define SIMDJWT_TOOLS_CLI_EXPLAIN_H_

#include <simdjwt/verifier.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/demands.h"
#include "cli/words.h"
#include "words/claims.h"

namespace simdjwt::cli {

class Explainer {
 public:
  // Both must outlive the explainer.
  Explainer(const Verifier& verifier, const Demands& demands);

  // All failed checks of a token that the verifier rejected, in the order of Verdict. Claims are
  // read only from a token whose signature this verifies once more.
  std::vector<Finding> explain(std::string_view token, const VerifyResult& result, int64_t now);

 private:
  std::vector<Finding> explain_missing(const words::TokenContents& contents,
                                       uint64_t failed_rules) const;
  std::string expected(Verdict verdict, int64_t now) const;

  const Verifier& verifier_;
  const Demands& demands_;
  Verifier signature_verifier_;
  Scratch scratch_;
};

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_EXPLAIN_H_
