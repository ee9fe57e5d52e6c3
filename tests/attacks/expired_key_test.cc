// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. A secret leaks after it was replaced. Tokens signed with it still verify wherever the
// old key was left in the set "for the overlap", or is remembered after its end; and a key that is
// published ahead of its time can be used ahead of its time.
//
// The defence. A key verifies from its not-before up to, and not including, its not-after, at the
// clock of each call, whatever was accepted before.

#include <gtest/gtest.h>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

constexpr std::string_view kHeaderOld = R"({"alg":"HS256","kid":"old"})";
constexpr std::string_view kHeaderNew = R"({"alg":"HS256","kid":"new"})";

// "old" ends when the overlap does, "new" begins with it: [kNow, kNow + 100).
KeySet rotating_keys() {
  std::vector<Key> keys;
  keys.push_back(make_key(kSecret, "old", Algorithm::kHs256, {.not_after = kNow + 100}));
  keys.push_back(make_key(kOtherSecret, "new", Algorithm::kHs256, {.not_before = kNow}));
  return make_keys(std::move(keys));
}

TEST(ExpiredKey, VerifiesUpToTheSecondOfItsEnd) {
  Judge judge(rotating_keys());
  const std::string token = forge(kHeaderOld, "{}");
  EXPECT_EQ(judge(token, kNow - 1), Verdict::kValid);
  EXPECT_EQ(judge(token, kNow), Verdict::kValid);
  EXPECT_EQ(judge(token, kNow + 99), Verdict::kValid);
  EXPECT_EQ(judge(token, kNow + 100), Verdict::kKeyExpired);
  EXPECT_EQ(judge(token, kNow + 1000000), Verdict::kKeyExpired);
  // The clock may go back.
  EXPECT_EQ(judge(token, kNow + 99), Verdict::kValid);
}

TEST(ExpiredKey, ANewOneDoesNotVerifyBeforeItsTime) {
  Judge judge(rotating_keys());
  const std::string token = forge(kHeaderNew, "{}", kOtherSecret);
  EXPECT_EQ(judge(token, kNow - 1), Verdict::kKeyNotYetActive);
  EXPECT_EQ(judge(token, kNow), Verdict::kValid);
  EXPECT_EQ(judge(token, kNow + 1000), Verdict::kValid);
}

TEST(ExpiredKey, DoesNotVerifyTokensWithoutKidEither) {
  Judge judge(rotating_keys());
  const std::string of_old = forge(kHeader, "{}", kSecret);
  const std::string of_new = forge(kHeader, "{}", kOtherSecret);
  EXPECT_EQ(judge(of_old, kNow - 1), Verdict::kValid);
  EXPECT_EQ(judge(of_new, kNow - 1), Verdict::kBadSignature);  // the old key was tried
  EXPECT_EQ(judge(of_old, kNow + 50), Verdict::kValid);
  EXPECT_EQ(judge(of_new, kNow + 50), Verdict::kValid);
  EXPECT_EQ(judge(of_old, kNow + 100), Verdict::kBadSignature);  // the new key was tried
  EXPECT_EQ(judge(of_new, kNow + 100), Verdict::kValid);
}

TEST(ExpiredKey, IsNotForgivenByTheLeewayForClaims) {
  Judge judge(rotating_keys(), lenient().leeway_seconds(kLeewaySecondsMax).build().value());
  EXPECT_EQ(judge(forge(kHeaderOld, "{}"), kNow + 100), Verdict::kKeyExpired);
  EXPECT_EQ(judge(forge(kHeaderNew, "{}", kOtherSecret), kNow - 1), Verdict::kKeyNotYetActive);
}

TEST(ExpiredKey, IsRememberedByNoScratch) {
  const Verifier verifier(rotating_keys(), lenient().build().value());
  const std::string token = forge(kHeaderOld, "{}");
  Scratch scratch;
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 10; ++i) {
      EXPECT_EQ(verifier.verify(token, scratch, kNow + 99).verdict(), Verdict::kValid);
    }
    EXPECT_EQ(verifier.verify(token, scratch, kNow + 100).verdict(), Verdict::kKeyExpired);
  }
}

TEST(ExpiredKey, APeriodOfNothingVerifiesNothing) {
  // Whether such a key is refused when it is made or never active, it does not verify.
  auto key =
      Key::hmac(Algorithm::kHs256, kSecret, {.period = {.not_before = kNow, .not_after = kNow}});
  if (!key.ok()) return;
  Judge judge(KeySet::of(*std::move(key)));
  for (const int64_t now : {kNow - 1, kNow, kNow + 1}) {
    EXPECT_NE(judge(forge(kHeader, "{}"), now), Verdict::kValid) << now;
  }
}

}  // namespace
}  // namespace simdjwt::testing
