// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. A service trusts several issuers, each with a key. One of them signs a token in the
// name of another: with the other's kid and its own key, without a kid, or by having its token
// verified right after one of the other, where a verifier remembers headers, keys or results and
// remembers too little about whose they were (fast-jwt CVE-2026-35039, get-jwks CVE-2025-59936).
//
// The defence. A kid opens exactly the key of that kid. What a Scratch remembers of a header is
// bound to the verifier that it was made for.

#include <gtest/gtest.h>

#include <optional>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

constexpr std::string_view kHeaderA = R"({"alg":"HS256","kid":"a"})";
constexpr std::string_view kHeaderB = R"({"alg":"HS256","kid":"b"})";

KeySet keys_a_and_b() {
  std::vector<Key> keys;
  keys.push_back(make_key(kSecret, "a"));
  keys.push_back(make_key(kOtherSecret, "b"));
  return make_keys(std::move(keys));
}

TEST(ForeignKey, DoesNotSignInTheNameOfAnother) {
  Judge judge(keys_a_and_b());
  EXPECT_EQ(judge(forge(kHeaderA, kClaims, kSecret)), Verdict::kValid);
  EXPECT_EQ(judge(forge(kHeaderB, kClaims, kOtherSecret)), Verdict::kValid);
  EXPECT_EQ(judge(forge(kHeaderA, kClaims, kOtherSecret)), Verdict::kBadSignature);
  EXPECT_EQ(judge(forge(kHeaderB, kClaims, kSecret)), Verdict::kBadSignature);
}

TEST(ForeignKey, OfNobodyIsRefusedWithoutAKidToo) {
  Judge judge(keys_a_and_b());
  constexpr std::string_view kStranger = "nobody here has ever heard of this secret of a stranger";
  EXPECT_EQ(judge(forge(kHeader, kClaims, kSecret)), Verdict::kValid);
  EXPECT_EQ(judge(forge(kHeader, kClaims, kOtherSecret)), Verdict::kValid);
  EXPECT_EQ(judge(forge(kHeader, kClaims, kStranger)), Verdict::kBadSignature);
}

TEST(ForeignKey, IsNotFoundBesideKeysWithoutKid) {
  // A token without kid belongs to the keys without kid, if there are any: the named key is not
  // among them.
  std::vector<Key> keys;
  keys.push_back(make_key(kSecret));
  keys.push_back(make_key(kOtherSecret, "b"));
  Judge judge(make_keys(std::move(keys)));
  EXPECT_EQ(judge(forge(kHeader, kClaims, kSecret)), Verdict::kValid);
  EXPECT_EQ(judge(forge(kHeader, kClaims, kOtherSecret)), Verdict::kBadSignature);
  // An unknown kid falls to the keys without kid as well; a known one to its own key only.
  EXPECT_EQ(judge(forge(kHeaderA, kClaims, kSecret)), Verdict::kValid);
  EXPECT_EQ(judge(forge(kHeaderA, kClaims, kOtherSecret)), Verdict::kBadSignature);
  EXPECT_EQ(judge(forge(kHeaderB, kClaims, kSecret)), Verdict::kBadSignature);
  EXPECT_EQ(judge(forge(kHeaderB, kClaims, kOtherSecret)), Verdict::kValid);
}

TEST(ForeignKey, OfAnotherVerifierIsNotRememberedInTheScratch) {
  // The same header bytes mean another key to another verifier.
  const Policy policy = lenient().build().value();
  const Verifier ours(KeySet::of(make_key(kSecret, "a")), policy);
  const Verifier theirs(KeySet::of(make_key(kOtherSecret, "a")), policy);
  const std::string our_token = forge(kHeaderA, kClaims, kSecret);
  const std::string their_token = forge(kHeaderA, kClaims, kOtherSecret);
  Scratch scratch;
  for (int round = 0; round < 100; ++round) {
    EXPECT_EQ(ours.verify(our_token, scratch, kNow).verdict(), Verdict::kValid);
    EXPECT_EQ(theirs.verify(our_token, scratch, kNow).verdict(), Verdict::kBadSignature);
    EXPECT_EQ(theirs.verify(their_token, scratch, kNow).verdict(), Verdict::kValid);
    EXPECT_EQ(ours.verify(their_token, scratch, kNow).verdict(), Verdict::kBadSignature);
  }
}

TEST(ForeignKey, OfAVerifierThatIsGoneIsNotRememberedInTheScratch) {
  // A new verifier in the very place of an old one: what was remembered of the old one points to
  // keys that no longer exist.
  const std::string token = forge(kHeaderA, kClaims, kSecret);
  Scratch scratch;
  std::optional<Verifier> verifier;
  for (int round = 0; round < 100; ++round) {
    const bool ours = round % 3 == 0;
    verifier.emplace(KeySet::of(make_key(ours ? kSecret : kOtherSecret, "a")),
                     lenient().build().value());
    const Verdict expected = ours ? Verdict::kValid : Verdict::kBadSignature;
    EXPECT_EQ(verifier->verify(token, scratch, kNow).verdict(), expected) << round;
    EXPECT_EQ(verifier->verify(token, scratch, kNow).verdict(), expected) << round;
  }
}

TEST(ForeignKey, OfAnotherPolicyIsNotRememberedInTheScratch) {
  // Same keys, same header, other demands on typ, in turns.
  const KeySet keys = KeySet::of(make_key(kSecret, "a"));
  PolicyBuilder typed;
  typed.ignore_iss().ignore_aud().allow_missing_exp().expect_typ("at+jwt");
  const Verifier lax(keys, lenient().build().value());
  const Verifier strict(keys, typed.build().value());
  const std::string token = forge(kHeaderA, kClaims, kSecret);
  Scratch scratch;
  for (int round = 0; round < 10; ++round) {
    EXPECT_EQ(lax.verify(token, scratch, kNow).verdict(), Verdict::kValid);
    EXPECT_EQ(strict.verify(token, scratch, kNow).verdict(), Verdict::kTypMissing);
  }
}

TEST(ForeignKey, IsNotMixedUpInABatch) {
  const Verifier verifier(keys_a_and_b(), lenient().build().value());
  std::vector<std::string> tokens;
  std::vector<Verdict> expected;
  for (int i = 0; i < 200; ++i) {
    const std::string claims = R"({"n":)" + std::to_string(i) + "}";
    const bool header_a = i % 2 == 0;
    const bool signed_by_a = i % 3 == 0;
    tokens.push_back(
        forge(header_a ? kHeaderA : kHeaderB, claims, signed_by_a ? kSecret : kOtherSecret));
    expected.push_back(header_a == signed_by_a ? Verdict::kValid : Verdict::kBadSignature);
  }
  const std::vector<std::string_view> views(tokens.begin(), tokens.end());
  std::vector<VerifyResult> results(tokens.size());
  Scratch scratch;
  verifier.verify_batch(views, results, scratch, kNow);
  for (size_t i = 0; i < results.size(); ++i) {
    ASSERT_EQ(results[i].verdict(), expected[i]) << i;
    if (results[i]) {
      EXPECT_EQ(results[i]->payload(), R"({"n":)" + std::to_string(i) + "}");
      EXPECT_EQ(results[i]->kid(), i % 2 == 0 ? "a" : "b");
    }
  }
}

}  // namespace
}  // namespace simdjwt::testing
