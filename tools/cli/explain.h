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
#include "cli/finding.h"
#include "cli/json_members.h"

namespace simdjwt::cli {

class Explainer {
 public:
  // Both must outlive the explainer.
  Explainer(const Verifier& verifier, const Demands& demands);

  // All failed checks of a token that the verifier rejected, in the order of Verdict. Claims are
  // read only from a token whose signature this verifies once more.
  std::vector<Finding> explain(std::string_view token, const VerifyResult& result, int64_t now);

 private:
  struct Contents {
    std::string payload;
    std::vector<JsonMember> claims;
    std::vector<JsonMember> header;
  };
  Contents read(std::string_view token, int64_t now);
  std::vector<Finding> explain_missing(const Contents& contents, uint64_t failed_rules) const;
  Finding explain_claim(Verdict verdict, const Contents& contents, int64_t now) const;
  std::string expected(Verdict verdict, int64_t now) const;
  std::string leeway_text(const char* sign) const;

  const Verifier& verifier_;
  const Demands& demands_;
  Verifier signature_verifier_;
  Scratch scratch_;
};

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_EXPLAIN_H_
