// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// Every kernel this CPU can run against the default ones, singly and in batches.

#include <gtest/gtest.h>

#include "differential/token_mutator.h"

namespace simdjwt::testing {
namespace {

void compare_kernels(const ReferenceVerifier& reference, size_t count) {
  TokenMutator mutator;
  const Verifier verifier = make_verifier(reference);
  std::vector<KernelScratch> scratches = make_kernel_scratches();
  ASSERT_GT(scratches.size(), 4u) << "a scalar kernel of each family at least";
  std::vector<std::string> tokens(50);
  for (size_t done = 0; done < count; done += tokens.size()) {
    for (std::string& token : tokens) token = mutator.next();
    const std::vector<std::string_view> views(tokens.begin(), tokens.end());
    std::vector<Verdict> expected;
    for (const std::string& token : tokens) {
      expected.push_back(verifier.verify(token, scratches[0].scratch, kNow).verdict());
    }
    for (auto& [kernel, scratch] : scratches) {
      std::vector<VerifyResult> results(tokens.size());
      verifier.verify_batch(views, results, scratch, kNow);
      for (size_t i = 0; i < tokens.size(); ++i) {
        ASSERT_EQ(results[i].verdict(), expected[i]) << kernel << ": " << readable(tokens[i]);
        ASSERT_EQ(verifier.verify(tokens[i], scratch, kNow).verdict(), expected[i])
            << kernel << ": " << readable(tokens[i]);
      }
    }
  }
}

TEST(Kernels, GiveTheSameVerdictOnMutatedTokens) {
  compare_kernels(TokenMutator::reference(), num_tokens(200'000));
}

TEST(Kernels, GiveTheSameVerdictByTheKeysOfTheIssuer) {
  compare_kernels(TokenMutator::reference_by_issuer(), num_tokens(50'000));
}

}  // namespace
}  // namespace simdjwt::testing
