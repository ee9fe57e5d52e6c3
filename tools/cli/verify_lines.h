// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// `verify` of many tokens: standard input, one a line, in batches.

#ifndef SIMDJWT_TOOLS_CLI_VERIFY_LINES_H_
#define SIMDJWT_TOOLS_CLI_VERIFY_LINES_H_

#include <simdjwt/verifier.h>

#include <array>
#include <cstdint>
#include <vector>

#include "cli/demands.h"
#include "cli/explain.h"
#include "cli/progress.h"
#include "cli/token_lines.h"
#include "cli/verify_one.h"

namespace simdjwt::cli {

class LinesVerifier {
 public:
  // `verifier` and `demands` must outlive this.
  LinesVerifier(const Verifier& verifier, const Demands& demands, VerifySettings settings);

  // Judges and prints all of standard input; returns whether every token was valid. A single token
  // is reported like one that was given by itself, except as JSON, which has one form. Throws
  // Failure when there is no token.
  bool run();

 private:
  void judge_batch(const TokenLines& lines);
  void report(const TokenLines& lines, size_t index, const VerifyResult& result, int64_t now);
  void print_summary() const;

  const Verifier& verifier_;
  const Demands& demands_;
  const VerifySettings settings_;
  Explainer explainer_;
  Scratch scratch_;
  Progress progress_;
  std::vector<VerifyResult> results_;
  std::array<uint64_t, kNumVerdicts> counts_{};
  uint64_t num_tokens_ = 0;
  int64_t nanoseconds_verifying_ = 0;
};

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_VERIFY_LINES_H_
