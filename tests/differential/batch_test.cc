// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// verify_batch() against verify(): the same verdict, failures and claims, whatever the neighbours.

#include <gtest/gtest.h>

#include "differential/expect_same.h"
#include "differential/token_mutator.h"

namespace simdjwt::testing {
namespace {

void compare_with_single(const Verifier& verifier, size_t count) {
  TokenMutator mutator;
  Scratch scratch_of_one;
  Scratch scratch_of_many;
  std::vector<std::string> tokens;
  std::vector<VerifyResult> results;
  std::mt19937 random(7);
  for (size_t done = 0; done < count; done += tokens.size()) {
    tokens.resize(1 + random() % (random() % 4 == 0 ? 300 : 40));
    for (std::string& token : tokens) token = mutator.next();
    const std::vector<std::string_view> views(tokens.begin(), tokens.end());
    results.assign(tokens.size(), VerifyResult());
    verifier.verify_batch(views, results, scratch_of_many, kNow);
    for (size_t i = 0; i < tokens.size(); ++i) {
      ASSERT_NO_FATAL_FAILURE(
          expect_same(verifier.verify(tokens[i], scratch_of_one, kNow), results[i], tokens[i]));
    }
  }
}

TEST(Batch, JudgesAsOneTokenAtATimeDoes) {
  compare_with_single(make_verifier(TokenMutator::reference()), num_tokens(1'500'000));
}

TEST(Batch, JudgesAsOneTokenAtATimeDoesByTheKeysOfTheIssuer) {
  compare_with_single(make_verifier(TokenMutator::reference_by_issuer()), num_tokens(500'000));
}

TEST(Batch, JudgesAsOneTokenAtATimeDoesWhenAllFailuresAreCollected) {
  PolicyBuilder builder;
  builder.expect_iss("https://issuer.example").expect_aud("x").expect_typ("JWT").expect_exp();
  builder.require_claim("sub").expect_scope("scope", "read").collect_all_failures();
  const KeySet keys = make_verifier(TokenMutator::reference()).keys();
  compare_with_single(Verifier(keys, builder.build().value()), num_tokens(500'000));
}

}  // namespace
}  // namespace simdjwt::testing
