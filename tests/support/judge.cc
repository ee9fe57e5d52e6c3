// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "support/judge.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>

namespace simdjwt::testing {
namespace {

constexpr size_t kGuardedBytes = 2 * kTokenBytesMax;

}  // namespace

Judge::Judge() : Judge(KeySet::of(make_key())) {}

Judge::Judge(Policy policy) : Judge(KeySet::of(make_key()), std::move(policy)) {}

Judge::Judge(KeySet keys) : Judge(std::move(keys), lenient().build().value()) {}

Judge::Judge(KeySet keys, Policy policy) : Judge(Verifier(std::move(keys), std::move(policy))) {}

Judge::Judge(Verifier verifier)
    : verifier_(std::move(verifier)),
      scratches_(make_kernel_scratches()),
      guarded_(kGuardedBytes) {}

Verdict Judge::operator()(std::string_view token, int64_t now) {
  if (token.size() > kGuardedBytes) return everywhere(token, now);
  const Verdict at_end = everywhere(guarded_.at_end(token), now);
  Scratch& own = scratches_.front().scratch;
  EXPECT_EQ(verifier_.verify(guarded_.at_begin(token), own, now).verdict(), at_end);
  return at_end;
}

Verdict Judge::everywhere(std::string_view token, int64_t now) {
  static const std::string kNeighbour = forge_claims(kClaims);
  Scratch& own = scratches_.front().scratch;
  const Verdict expected = verifier_.verify(token, own, now).verdict();
  const Verdict neighbour = verifier_.verify(kNeighbour, own, now).verdict();
  for (auto& [kernel, scratch] : scratches_) {
    EXPECT_EQ(verifier_.verify(token, scratch, now).verdict(), expected) << kernel;

    const std::array<std::string_view, 5> tokens = {token, kNeighbour, token, "", token};
    std::array<VerifyResult, 5> results;
    verifier_.verify_batch(tokens, results, scratch, now);
    for (const size_t i : {0u, 2u, 4u}) {
      EXPECT_EQ(results[i].verdict(), expected) << kernel << ", place " << i << " of a batch";
    }
    EXPECT_EQ(results[1].verdict(), neighbour) << kernel << ", beside the token in a batch";
    EXPECT_EQ(results[3].verdict(), Verdict::kNotCompactJws) << kernel;
  }
  return expected;
}

}  // namespace simdjwt::testing
