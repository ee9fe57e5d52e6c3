// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/metrics.h"

#include <gtest/gtest.h>

#include <cctype>
#include <set>
#include <string>

#include "simdjwt/limits.h"
#include "support/judge.h"

namespace simdjwt::serve {
namespace {

TEST(Histogram, CountsADurationInTheSmallestBucketThatHoldsIt) {
  for (size_t i = 0; i < Histogram::kNumBounds; ++i) {
    const uint64_t bound = Histogram::bound_nanoseconds(i);
    EXPECT_EQ(Histogram::bucket_of(bound), i);
    EXPECT_EQ(Histogram::bucket_of(bound + 1), i + 1);
  }
  EXPECT_EQ(Histogram::bucket_of(0), 0u);
  EXPECT_EQ(Histogram::bucket_of(1), 0u);
  EXPECT_EQ(Histogram::bucket_of(~uint64_t{0}), Histogram::kNumBounds);
}

TEST(Histogram, SumsWhatItCounts) {
  Histogram histogram;
  histogram.observe(1000, 3);
  histogram.observe(500);
  EXPECT_EQ(histogram.bucket(2), 3u);
  EXPECT_EQ(histogram.bucket(1), 1u);
  EXPECT_EQ(histogram.sum_nanoseconds(), 3500u);
}

TEST(KeyKind, IsTheAlgorithmThatAllKeysHave) {
  const auto hmac = [](Algorithm algorithm) {
    return *Key::hmac(algorithm, std::string(64, 's'), {.kid = std::string(to_string(algorithm))});
  };
  KeySetBuilder builder;
  builder.add(hmac(Algorithm::kHs256));
  builder.add(hmac(Algorithm::kHs512));
  EXPECT_EQ(to_string(KeyKind::of(*builder.build())), "mixed");
  EXPECT_EQ(to_string(KeyKind::of(KeySet::of(hmac(Algorithm::kHs384)))), "HS384");
  EXPECT_EQ(to_string(KeyKind::of(KeySet::unavailable())), "mixed");
}

TEST(Metrics, CountsByListenerContractAndStatus) {
  Metrics metrics(2, 2);
  metrics.reactor(0).count_request(0, Contract::kNginx, http::Status::kOk);
  metrics.reactor(1).count_request(1, Contract::kNginx, http::Status::kUnauthorized);
  metrics.reactor(1).count_parse_error(http::Status::kVersionNotSupported);
  EXPECT_EQ(metrics.reactor(0).requests(0, Contract::kNginx, http::Status::kOk), 1u);
  EXPECT_EQ(metrics.reactor(0).requests(1, Contract::kNginx, http::Status::kOk), 0u);
  EXPECT_EQ(metrics.reactor(1).requests(0, Contract::kNginx, http::Status::kOk), 0u);
  EXPECT_EQ(metrics.reactor(1).requests(1, Contract::kNginx, http::Status::kUnauthorized), 1u);
  EXPECT_EQ(metrics.reactor(1).requests(1, Contract::kForward, http::Status::kUnauthorized), 0u);
  EXPECT_EQ(metrics.reactor(1).parse_errors(http::Status::kVersionNotSupported), 1u);
}

TEST(Metrics, KeepsThePoliciesOfOneNameTogether) {
  Metrics metrics(1);
  PolicyMetrics& first = metrics.policy("default");
  first.of(0).accepted.add();
  metrics.policy("other").of(0).count(outcome_of(Reason::kExpired));
  EXPECT_EQ(&metrics.policy("default"), &first) << "as after a reload";
  std::set<std::string> names;
  metrics.for_each_policy(
      [&names](const std::string& name, const PolicyMetrics&) { names.insert(name); });
  EXPECT_EQ(names, (std::set<std::string>{"default", "other"}));
}

TEST(Metrics, BoundsTheNumberOfPolicies) {
  Metrics metrics(1);
  for (size_t i = 0; i < Metrics::kPoliciesMax; ++i) (void)metrics.policy(std::to_string(i));
  PolicyMetrics& others = metrics.policy("one more");
  EXPECT_EQ(&others, &metrics.policy("and another"));
  EXPECT_NE(&others, &metrics.policy("0"));
  size_t num_policies = 0;
  metrics.for_each_policy([&](const std::string&, const PolicyMetrics&) { ++num_policies; });
  EXPECT_EQ(num_policies, Metrics::kPoliciesMax + 1);
}

TEST(Metrics, TellsOfReloads) {
  Metrics metrics(1);
  EXPECT_TRUE(metrics.reloads().is_last_ok);
  metrics.count_reload(true, 1000);
  metrics.count_reload(false, 2000);
  const Metrics::Reloads reloads = metrics.reloads();
  EXPECT_EQ(reloads.num_ok, 1u);
  EXPECT_EQ(reloads.num_failed, 1u);
  EXPECT_FALSE(reloads.is_last_ok);
  EXPECT_EQ(reloads.last_ok_unix_seconds, 1000);
}

// --- Reasons ---

TEST(Reason, HasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (size_t i = 0; i < kNumReasons; ++i) {
    const std::string_view name = to_string(static_cast<Reason>(i));
    EXPECT_TRUE(names.insert(name).second) << name;
    for (const char c : name) EXPECT_TRUE(std::islower(c) || std::isdigit(c) || c == '_') << name;
    EXPECT_FALSE(name.empty());
  }
  EXPECT_EQ(to_string(Reason::kBadSignature), "bad_signature");
  EXPECT_EQ(to_string(Reason::kCrit), "crit");
  EXPECT_EQ(to_string(Reason::kClaim), "claim");
  EXPECT_EQ(to_string(Reason::kUnavailable), "unavailable");
}

Reason reason_for(const Policy& policy, const std::string& token) {
  const Verifier verifier(KeySet::of(testing::make_key()), policy);
  Scratch scratch;
  return reason_of(verifier.verify(token, scratch, testing::kNow), policy);
}

TEST(Reason, TellsWhatIsWrongWithAToken) {
  const Policy policy = *testing::lenient().build();
  EXPECT_EQ(reason_for(policy, testing::forge_claims("{}")), Reason::kNone);
  EXPECT_EQ(reason_for(policy, "no token"), Reason::kMalformed);
  EXPECT_EQ(reason_for(policy, testing::forge_claims("[]")), Reason::kJson);
  EXPECT_EQ(reason_for(policy, testing::forge_claims(R"({"exp":1})")), Reason::kExpired);
  EXPECT_EQ(reason_for(policy, testing::forge(R"({"alg":"none"})", "{}", testing::kSecret)),
            Reason::kAlgNotAllowed);
  EXPECT_EQ(reason_for(policy, testing::forge(R"({"alg":"HS256"})", "{}", testing::kOtherSecret)),
            Reason::kBadSignature);
  EXPECT_EQ(reason_for(policy, std::string(kTokenBytesMax + 1, 'a')), Reason::kTooLarge);
}

TEST(Reason, TellsScopeFromOtherClaims) {
  PolicyBuilder builder = testing::lenient();
  builder.expect_string("tenant", "a").expect_scope("scope", "write").forbid_claim("act");
  const Policy policy = *builder.build();
  EXPECT_EQ(reason_for(policy, testing::forge_claims(R"({"tenant":"a","scope":"write"})")),
            Reason::kNone);
  EXPECT_EQ(reason_for(policy, testing::forge_claims(R"({"tenant":"a","scope":"read"})")),
            Reason::kScope);
  EXPECT_EQ(reason_for(policy, testing::forge_claims(R"({"tenant":"a"})")), Reason::kScope);
  EXPECT_EQ(reason_for(policy, testing::forge_claims(R"({"scope":"write"})")), Reason::kClaim);
  EXPECT_EQ(reason_for(policy, testing::forge_claims(R"({"tenant":"a","scope":"write","act":1})")),
            Reason::kClaim);
}

}  // namespace
}  // namespace simdjwt::serve
