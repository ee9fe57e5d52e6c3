// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// Core against the reference: the exact verdict, and with it the order of all checks.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "differential/token_mutator.h"

namespace simdjwt::testing {
namespace {

using Counts = std::array<size_t, kNumVerdicts>;

// Returns how often each verdict was seen.
Counts compare_with_reference(const ReferenceVerifier& reference, size_t count) {
  TokenMutator mutator;
  const Verifier verifier = make_verifier(reference);
  Scratch scratch;
  Counts seen = {};
  for (size_t i = 0; i < count; ++i) {
    const std::string token = mutator.next();
    const Verdict expected = reference.verify(token, kNow);
    EXPECT_EQ(verifier.verify(token, scratch, kNow).verdict(), expected)
        << "token " << i << ": " << readable(token);
    if (::testing::Test::HasFailure()) break;
    ++seen[static_cast<size_t>(expected)];
  }
  return seen;
}

// A stream that meets only the first checks would prove nothing of the others.
void expect_seen(const Counts& seen, const std::vector<Verdict>& verdicts) {
  for (const Verdict verdict : verdicts) {
    EXPECT_GT(seen[static_cast<size_t>(verdict)], 0u) << to_string(verdict);
  }
}

// What only a policy that demands more, and keys out of their time, give a token.
const std::vector<Verdict> kStrict = {Verdict::kNoMatchingKey,  Verdict::kKeyNotYetActive,
                                      Verdict::kKeyExpired,     Verdict::kTypMissing,
                                      Verdict::kTypMismatch,    Verdict::kIatMissing,
                                      Verdict::kTooOld,         Verdict::kClaimMissing,
                                      Verdict::kClaimForbidden, Verdict::kClaimMismatch};

// All others that the tokens of this stream can get. What follows them is due to the state of the
// service, and proved elsewhere.
std::vector<Verdict> verdicts_of_all_policies() {
  std::vector<Verdict> verdicts;
  for (uint8_t i = 0; i < static_cast<uint8_t>(Verdict::kOutOfMemory); ++i) {
    const auto verdict = static_cast<Verdict>(i);
    if (std::find(kStrict.begin(), kStrict.end(), verdict) == kStrict.end()) {
      verdicts.push_back(verdict);
    }
  }
  return verdicts;
}

TEST(Reference, GivesTheSameVerdictOnMutatedTokens) {
  const size_t count = num_tokens(400'000);
  const Counts seen = compare_with_reference(TokenMutator::reference(), count);
  expect_seen(seen, verdicts_of_all_policies());
  EXPECT_GT(seen[static_cast<size_t>(Verdict::kValid)], count / 20);
}

TEST(Reference, GivesTheSameVerdictUnderAStricterPolicy) {
  const Counts seen = compare_with_reference(TokenMutator::strict_reference(), num_tokens(400'000));
  expect_seen(seen, kStrict);
  expect_seen(seen, {Verdict::kValid});
}

TEST(Reference, GivesTheSameVerdictByTheKeysOfTheIssuer) {
  const size_t count = num_tokens(400'000);
  const Counts seen = compare_with_reference(TokenMutator::reference_by_issuer(), count);
  expect_seen(seen, {Verdict::kNotCompactJws, Verdict::kBadBase64url, Verdict::kBadHeaderJson,
                     Verdict::kAlgNone, Verdict::kAlgMismatch, Verdict::kBadSignature,
                     Verdict::kBadSignatureLength, Verdict::kBadAud, Verdict::kExpired,
                     Verdict::kAudMissing});
  // For want of an issuer, or of claims that can be read; which claim is wrong is not told.
  EXPECT_GT(seen[static_cast<size_t>(Verdict::kNoMatchingKey)], count / 20);
  for (const Verdict verdict : {Verdict::kBadClaimsJson, Verdict::kDuplicateClaim, Verdict::kBadIss,
                                Verdict::kIssMissing, Verdict::kIssMismatch}) {
    EXPECT_EQ(seen[static_cast<size_t>(verdict)], 0u) << to_string(verdict);
  }
  EXPECT_GT(seen[static_cast<size_t>(Verdict::kValid)], count / 20);
}

}  // namespace
}  // namespace simdjwt::testing
