// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// Core against the reference: the exact verdict, and with it the order of all checks.

#include <gtest/gtest.h>

#include <array>

#include "differential/token_mutator.h"

namespace simdjwt::testing {
namespace {

using Counts = std::array<size_t, kNumVerdicts>;

// Returns how often each verdict was seen.
Counts compare(const ReferenceVerifier& reference, size_t count) {
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

TEST(Reference, GivesTheSameVerdictOnMutatedTokens) {
  const size_t count = num_tokens(400'000);
  const Counts seen = compare(TokenMutator::reference(), count);
  // A stream that meets only the first checks would prove nothing of the others.
  for (const Verdict verdict : {Verdict::kValid,
                                Verdict::kNotCompactJws,
                                Verdict::kEncryptedToken,
                                Verdict::kBadBase64url,
                                Verdict::kBadHeaderJson,
                                Verdict::kDuplicateHeaderName,
                                Verdict::kAlgMissing,
                                Verdict::kAlgNone,
                                Verdict::kAlgUnsupported,
                                Verdict::kCritUnsupported,
                                Verdict::kAlgMismatch,
                                Verdict::kBadSignature,
                                Verdict::kBadSignatureLength,
                                Verdict::kBadClaimsJson,
                                Verdict::kDuplicateClaim,
                                Verdict::kBadExp,
                                Verdict::kBadAud,
                                Verdict::kExpMissing,
                                Verdict::kExpired,
                                Verdict::kIssMissing,
                                Verdict::kIssMismatch,
                                Verdict::kAudMissing,
                                Verdict::kAudMismatch}) {
    EXPECT_GT(seen[static_cast<size_t>(verdict)], 0u) << to_string(verdict);
  }
  EXPECT_GT(seen[static_cast<size_t>(Verdict::kValid)], count / 20);
}

TEST(Reference, GivesTheSameVerdictByTheKeysOfTheIssuer) {
  const size_t count = num_tokens(400'000);
  const Counts seen = compare(TokenMutator::reference_by_issuer(), count);
  for (const Verdict verdict :
       {Verdict::kNotCompactJws, Verdict::kBadBase64url, Verdict::kBadHeaderJson, Verdict::kAlgNone,
        Verdict::kAlgMismatch, Verdict::kBadSignature, Verdict::kBadSignatureLength,
        Verdict::kBadAud, Verdict::kExpired, Verdict::kAudMissing}) {
    EXPECT_GT(seen[static_cast<size_t>(verdict)], 0u) << to_string(verdict);
  }
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
