// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. An ECDSA signature is two numbers, R and S. A verifier that forgets to ask whether
// they are 0 multiplies both sides of its equation by nothing and finds them equal: the signature
// of zeros fits every message and every key (CVE-2022-21449). So do the order of the group and its
// multiples, where it is the remainder that is 0.
//
// The defence. 1 <= R, S < order (FIPS 186-5 section 6.4.2).

#include <gtest/gtest.h>

#include "support/signature_forge.h"

namespace simdjwt::testing {
namespace {

TEST(PsychicSignature, OfAnyTwoNumbersWithoutMeaningIsRefused) {
  for (const AlgorithmKey& key : kEcdsaKeys) {
    SCOPED_TRACE(to_string(key.algorithm));
    SignatureJudge judge(key.jwk, key.algorithm);
    const std::string token = sign_with(key.jwk, key.algorithm, kClaims);
    ASSERT_EQ(judge(token), Verdict::kValid);

    const std::string order = group_order(key.algorithm);
    const std::string zero(order.size(), '\0');
    const std::string one = zero.substr(1) + '\x01';
    const std::string all_ones(order.size(), '\xff');
    const std::string numbers[] = {zero,    one, difference(order, one), order, sum(order, one),
                                   all_ones};
    for (const std::string& r : numbers) {
      for (const std::string& s : numbers) {
        EXPECT_EQ(judge(with_signature(token, r + s)), Verdict::kBadSignature);
      }
    }
  }
}

TEST(PsychicSignature, WithOneNumberOfARightOneIsRefused) {
  for (const AlgorithmKey& key : kEcdsaKeys) {
    SCOPED_TRACE(to_string(key.algorithm));
    SignatureJudge judge(key.jwk, key.algorithm);
    const std::string token = sign_with(key.jwk, key.algorithm, kClaims);
    const std::string signature = signature_of(token);
    const std::string order = group_order(key.algorithm);
    const std::string r = signature.substr(0, order.size());
    const std::string s = signature.substr(order.size());
    for (const std::string& number :
         {std::string(order.size(), '\0'), order, std::string(order.size(), '\xff')}) {
      EXPECT_EQ(judge(with_signature(token, r + number)), Verdict::kBadSignature);
      EXPECT_EQ(judge(with_signature(token, number + s)), Verdict::kBadSignature);
    }
    EXPECT_EQ(judge(with_signature(token, r + r)), Verdict::kBadSignature);
    EXPECT_EQ(judge(with_signature(token, s + r)), Verdict::kBadSignature);
    EXPECT_EQ(judge(with_signature(token, r + s)), Verdict::kValid);
  }
}

TEST(PsychicSignature, BeyondTheOrderIsNoOtherSpelling) {
  // Where R or S plus the order still fits the width. P-521 has the room always, the others hardly.
  SignatureJudge judge(kP521Jwk, Algorithm::kEs512);
  const std::string token = sign_with(kP521Jwk, Algorithm::kEs512, kClaims);
  const std::string signature = signature_of(token);
  const std::string order = group_order(Algorithm::kEs512);
  const std::string r = signature.substr(0, order.size());
  const std::string s = signature.substr(order.size());
  EXPECT_EQ(judge(token), Verdict::kValid);
  EXPECT_EQ(judge(with_signature(token, sum(r, order) + s)), Verdict::kBadSignature);
  EXPECT_EQ(judge(with_signature(token, r + sum(s, order))), Verdict::kBadSignature);
}

}  // namespace
}  // namespace simdjwt::testing
