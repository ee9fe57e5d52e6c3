// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include <gtest/gtest.h>
#include <simdjwt/issuer_keys.h>

#include <array>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

// Of any number of issuers: "https://17.example".
std::string issuer_of(size_t i) { return "https://" + std::to_string(i) + ".example"; }

std::string issuer_secret(size_t i) {
  std::string secret = "the secret of issuer " + std::to_string(i) + ' ';
  secret.resize(64, '.');
  return secret;
}

KeySet keys_of(size_t i, std::string kid = "k") {
  return KeySet::of(make_key(issuer_secret(i), std::move(kid)));
}

IssuerKeys first_issuers(size_t num_issuers) {
  IssuerKeys issuers;
  for (size_t i = 0; i < num_issuers; ++i) issuers = issuers.with(issuer_of(i), keys_of(i));
  return issuers;
}

// What issuer `i` signs with the key of `signer`.
std::string token_of(size_t i, size_t signer, std::string_view kid = "k") {
  return forge(R"({"alg":"HS256","kid":")" + std::string(kid) + R"("})",
               R"({"iss":")" + issuer_of(i) + R"(","sub":"alice"})", issuer_secret(signer));
}

Verifier verifier_of(IssuerKeys issuers) {
  return Verifier(std::move(issuers), lenient().build().value());
}

TEST(IssuerKeys, FindThoseOfEachOfManyIssuers) {
  constexpr size_t kNumIssuers = 5000;
  const Verifier verifier = verifier_of(first_issuers(kNumIssuers));
  EXPECT_EQ(verifier.issuers()->num_issuers(), kNumIssuers);
  Scratch scratch;
  for (size_t i = 0; i < kNumIssuers; ++i) {
    const VerifyResult result = verifier.verify(token_of(i, i), scratch, kNow);
    ASSERT_EQ(result.verdict(), Verdict::kValid) << i;
    EXPECT_EQ(result->iss(), issuer_of(i));
    EXPECT_EQ(result.issuer(), issuer_of(i));
    const size_t other = (i + 1) % kNumIssuers;
    ASSERT_EQ(verifier.verify(token_of(i, other), scratch, kNow).verdict(), Verdict::kBadSignature);
  }
  EXPECT_EQ(verifier.verify(token_of(kNumIssuers, 0), scratch, kNow).verdict(),
            Verdict::kNoMatchingKey);
}

TEST(IssuerKeys, MadeAtOnceAreThoseMadeOneByOne) {
  constexpr size_t kNumIssuers = 1000;
  std::vector<std::pair<std::string, KeySet>> issuers;
  for (size_t i = 0; i < kNumIssuers; ++i) issuers.emplace_back(issuer_of(i), keys_of(i));
  issuers.emplace_back(issuer_of(7), keys_of(1007));
  const IssuerKeys all = IssuerKeys::of(std::move(issuers));
  EXPECT_EQ(all.num_issuers(), kNumIssuers);
  Judge judge(verifier_of(all));
  EXPECT_EQ(judge(token_of(6, 6)), Verdict::kValid);
  EXPECT_EQ(judge(token_of(7, 1007)), Verdict::kValid) << "the last of two";
  EXPECT_EQ(judge(token_of(7, 7)), Verdict::kBadSignature);
  EXPECT_EQ(all.find(issuer_of(kNumIssuers)), nullptr);
  EXPECT_EQ(all.with("new", keys_of(1)).num_issuers(), kNumIssuers + 1);
  EXPECT_EQ(IssuerKeys::of({}).num_issuers(), 0u);
}

TEST(IssuerKeys, OfNobodyJudgeNobody) {
  EXPECT_EQ(IssuerKeys().num_issuers(), 0u);
  Judge judge(verifier_of(IssuerKeys()));
  EXPECT_EQ(judge(token_of(1, 1)), Verdict::kNoMatchingKey);
  EXPECT_EQ(judge("no token"), Verdict::kNotCompactJws);
}

TEST(IssuerKeys, ChangeForOneIssuerAndNobodyElse) {
  const IssuerKeys before = first_issuers(1000);
  const IssuerKeys after =
      before.with(issuer_of(7), keys_of(1007)).without(issuer_of(8)).with("new", keys_of(9));
  EXPECT_EQ(before.num_issuers(), 1000u);
  EXPECT_EQ(after.num_issuers(), 1000u);
  EXPECT_EQ(after.without(issuer_of(8)).num_issuers(), 1000u) << "who was not there";
  EXPECT_EQ(after.find(issuer_of(8)), nullptr);
  ASSERT_NE(before.find(issuer_of(8)), nullptr) << "what was there stays as it was";
  EXPECT_EQ(before.find("new"), nullptr);
  ASSERT_NE(after.find("new"), nullptr);

  Judge judge_before(verifier_of(before));
  Judge judge_after(verifier_of(after));
  EXPECT_EQ(judge_before(token_of(7, 7)), Verdict::kValid);
  EXPECT_EQ(judge_after(token_of(7, 7)), Verdict::kBadSignature);
  EXPECT_EQ(judge_before(token_of(7, 1007)), Verdict::kBadSignature);
  EXPECT_EQ(judge_after(token_of(7, 1007)), Verdict::kValid);
  EXPECT_EQ(judge_before(token_of(8, 8)), Verdict::kValid);
  EXPECT_EQ(judge_after(token_of(8, 8)), Verdict::kNoMatchingKey);
  EXPECT_EQ(judge_after(token_of(6, 6)), Verdict::kValid);
}

TEST(IssuerKeys, OverlapWhileTheyRotate) {
  std::vector<Key> both;
  both.push_back(make_key(issuer_secret(1), "new"));
  both.push_back(make_key(issuer_secret(0), "old", Algorithm::kHs256, {.not_after = kNow + 60}));
  const Verifier verifier =
      verifier_of(IssuerKeys().with(issuer_of(0), make_keys(std::move(both))));
  Judge judge(verifier);
  EXPECT_EQ(judge(token_of(0, 1, "new")), Verdict::kValid);
  EXPECT_EQ(judge(token_of(0, 0, "old")), Verdict::kValid);
  EXPECT_EQ(judge(token_of(0, 0, "old"), kNow + 60), Verdict::kKeyExpired);
  EXPECT_EQ(judge(token_of(0, 0, "older")), Verdict::kNoMatchingKey);
}

TEST(IssuerKeys, ThatHaveYetToBeFetchedMakeTheirTokensWait) {
  Judge judge(verifier_of(first_issuers(2).with("https://late.example", KeySet::unavailable())));
  EXPECT_EQ(judge(forge_claims(R"({"iss":"https://late.example"})")), Verdict::kKeysUnavailable);
  EXPECT_EQ(judge(token_of(1, 1)), Verdict::kValid);
  EXPECT_EQ(judge(token_of(2, 2)), Verdict::kNoMatchingKey);
}

// A header is remembered with the keys of the issuer it came with.
TEST(IssuerKeys, TakeTurnsUnderOneHeader) {
  const Verifier verifier = verifier_of(first_issuers(3));
  Scratch scratch;
  for (const size_t i : std::to_array<size_t>({0, 1, 0, 0, 2, 1, 1, 1, 0, 2})) {
    EXPECT_EQ(verifier.verify(token_of(i, i), scratch, kNow).verdict(), Verdict::kValid);
    EXPECT_EQ(verifier.verify(token_of(i, (i + 1) % 3), scratch, kNow).verdict(),
              Verdict::kBadSignature);
    EXPECT_EQ(verifier.verify(token_of(3, i), scratch, kNow).verdict(), Verdict::kNoMatchingKey);
  }
}

TEST(IssuerKeys, TellWhoseKeysATokenWasJudgedBy) {
  const Verifier verifier = verifier_of(first_issuers(2));
  Scratch scratch;
  const auto issuer = [&](std::string_view token) {
    return std::string(verifier.verify(token, scratch, kNow).issuer());
  };
  EXPECT_EQ(issuer(token_of(1, 1)), issuer_of(1));
  EXPECT_EQ(issuer(token_of(1, 0)), issuer_of(1)) << "wrong signature";
  EXPECT_EQ(issuer(token_of(1, 1, "unknown")), issuer_of(1)) << "unknown kid";
  EXPECT_EQ(issuer(token_of(2, 1)), "") << "unknown issuer";
  EXPECT_EQ(issuer("no token"), "");
  const std::string tokens[] = {token_of(0, 0), token_of(5, 0), token_of(1, 1, "unknown")};
  const std::string_view views[] = {tokens[0], tokens[1], tokens[2]};
  VerifyResult results[3];
  verifier.verify_batch(views, results, scratch, kNow);
  EXPECT_EQ(results[0].issuer(), issuer_of(0));
  EXPECT_EQ(results[1].issuer(), "");
  EXPECT_EQ(results[2].issuer(), issuer_of(1));
  const Verifier of_one_set(keys_of(0), lenient().build().value());
  EXPECT_FALSE(of_one_set.issuers());
  EXPECT_EQ(of_one_set.verify(tokens[0], scratch, kNow).issuer(), "");
}

TEST(IssuerKeys, LeaveTheClaimsToThePolicy) {
  const std::string token = token_of(0, 0);
  Scratch scratch;
  const auto verdict = [&](PolicyBuilder& builder) {
    const Verifier verifier(first_issuers(2), builder.build().value());
    return verifier.verify(token, scratch, kNow).verdict();
  };
  EXPECT_EQ(verdict(lenient().require_claim("sub")), Verdict::kValid);
  EXPECT_EQ(verdict(lenient().require_claim("scope")), Verdict::kClaimMissing);
  PolicyBuilder other;
  other.expect_iss(issuer_of(1)).ignore_aud().ignore_typ().allow_missing_exp();
  EXPECT_EQ(verdict(other), Verdict::kIssMismatch) << "a policy may be stricter";
}

TEST(IssuerKeys, ServeAPolicyOfTheSignatureAlone) {
  const Verifier verifier(first_issuers(2), Policy::signature_only());
  Scratch scratch;
  const VerifyResult result = verifier.verify(token_of(0, 0), scratch, kNow);
  ASSERT_EQ(result.verdict(), Verdict::kValid);
  EXPECT_EQ(result->num_claims(), 0u);
  EXPECT_EQ(result->iss(), std::nullopt);
  EXPECT_EQ(verifier.verify(token_of(0, 1), scratch, kNow).verdict(), Verdict::kBadSignature);
  EXPECT_EQ(verifier
                .verify(forge(R"({"alg":"HS256","kid":"k"})", "any bytes", issuer_secret(0)),
                        scratch, kNow)
                .verdict(),
            Verdict::kNoMatchingKey)
      << "nobody can tell whose it is";
}

}  // namespace
}  // namespace simdjwt::testing
