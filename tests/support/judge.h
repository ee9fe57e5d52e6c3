// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Asks for one verdict in every way the library can give it.

#ifndef SIMDJWT_TESTS_SUPPORT_JUDGE_H_
#define SIMDJWT_TESTS_SUPPORT_JUDGE_H_

#include <simdjwt/verifier.h>

#include <cstdint>
#include <ostream>
#include <string_view>
#include <vector>

#include "support/fixtures.h"
#include "support/guarded_buffer.h"

namespace simdjwt {

// How GoogleTest shows a verdict.
inline void PrintTo(Verdict verdict, std::ostream* out) { *out << to_string(verdict); }

namespace testing {

// The verdict of one verifier: from each kernel, singly and in a batch beside other tokens, with
// the token at the end of readable memory and at its begin. Any difference fails the running test.
class Judge {
 public:
  // kSecret for HS256, with a lenient policy.
  Judge();
  explicit Judge(Policy policy);
  explicit Judge(KeySet keys);
  Judge(KeySet keys, Policy policy);
  explicit Judge(Verifier verifier);

  Verdict operator()(std::string_view token, int64_t now = kNow);

 private:
  Verdict everywhere(std::string_view token, int64_t now);

  Verifier verifier_;
  std::vector<KernelScratch> scratches_;
  GuardedBuffer guarded_;
};

}  // namespace testing
}  // namespace simdjwt

#endif  // SIMDJWT_TESTS_SUPPORT_JUDGE_H_
