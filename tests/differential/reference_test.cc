// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// Core against the reference: the exact verdict, and with it the order of all checks.

#include <gtest/gtest.h>

#include <array>

#include "differential/token_mutator.h"

namespace simdjwt::testing {
namespace {

TEST(Reference, GivesTheSameVerdictOnMutatedTokens) {
  TokenMutator mutator;
  const Verifier verifier = make_verifier(TokenMutator::reference());
  const ReferenceVerifier reference = TokenMutator::reference();
  Scratch scratch;
  std::array<size_t, kNumVerdicts> seen = {};
  const size_t count = num_tokens(400'000);
  for (size_t i = 0; i < count; ++i) {
    const std::string token = mutator.next();
    const Verdict expected = reference.verify(token, kNow);
    ASSERT_EQ(verifier.verify(token, scratch, kNow).verdict(), expected)
        << "token " << i << ": " << readable(token);
    ++seen[static_cast<size_t>(expected)];
  }
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

}  // namespace
}  // namespace simdjwt::testing
