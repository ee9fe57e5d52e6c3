// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include <gtest/gtest.h>
#include <simdjwt/revocation.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

constexpr Revocations::Seed kSeed = {1, 2, 3};

std::string claims_of(const std::string& iss, const std::string& sub, const std::string& jti,
                      std::optional<int64_t> iat = kNow - 100) {
  std::string claims = R"({"iss":")" + iss + R"(","sub":")" + sub + R"(","jti":")" + jti + '"';
  if (iat) claims += R"(,"iat":)" + std::to_string(*iat);
  return forge_claims(claims + '}');
}

std::string issued_at(std::optional<int64_t> iat) { return claims_of("i", "s", "j", iat); }

class RevocationTest : public ::testing::Test {
 protected:
  Judge judge_of(std::string_view account, Policy policy = lenient().build().value()) const {
    return Judge(Verifier(KeySet::of(make_key()), std::move(policy), nullptr,
                          {.revocations = revocations, .account = account}));
  }

  std::shared_ptr<Revocations> revocations = Revocations::create(kSeed);
  Judge judge = judge_of("");
  Judge judge_of_a = judge_of("a");
  const TokenOwner i = TokenOwner::issuer("i");
  const TokenOwner a = TokenOwner::account("a");
};

// --- Index ---

TEST_F(RevocationTest, KnowsRevokedIndexes) {
  EXPECT_FALSE(revocations->is_index_revoked(7));
  revocations->revoke_index(7);
  revocations->revoke_index(7);
  revocations->revoke_index(1'000'000);
  EXPECT_TRUE(revocations->is_index_revoked(7));
  EXPECT_TRUE(revocations->is_index_revoked(1'000'000));
  EXPECT_FALSE(revocations->is_index_revoked(8));
  EXPECT_EQ(revocations->num_indexes(), 2u);
}

// --- jti ---

TEST_F(RevocationTest, LetsEveryTokenPassWhileNothingIsRevoked) {
  EXPECT_EQ(judge(claims_of("i", "s", "j")), Verdict::kValid);
  EXPECT_EQ(judge(forge_claims("{}")), Verdict::kValid);
}

TEST_F(RevocationTest, RefusesTheTokenOfThisIssuerWithThisJti) {
  revocations->revoke_jti(i, "j", kNow + 100);
  EXPECT_EQ(judge(claims_of("i", "s", "j")), Verdict::kRevoked);
  EXPECT_EQ(judge(claims_of("i", "s", "k")), Verdict::kValid);
  EXPECT_EQ(judge(claims_of("h", "s", "j")), Verdict::kValid);
  EXPECT_EQ(judge(claims_of("ij", "s", "")), Verdict::kValid);
  EXPECT_EQ(judge(forge_claims(R"({"iss":"i"})")), Verdict::kValid);
  EXPECT_TRUE(revocations->is_jti_revoked(i, "j"));
  EXPECT_FALSE(revocations->is_jti_revoked(TokenOwner::account("i"), "j"));
}

TEST_F(RevocationTest, ReadsAJtiAsItIsMeantNotAsItIsSpelt) {
  revocations->revoke_jti(i, "j\"k", std::nullopt);
  EXPECT_EQ(judge(forge_claims(R"({"iss":"\u0069","jti":"\u006a\"k"})")), Verdict::kRevoked);
}

TEST_F(RevocationTest, TakesAMissingIssuerForAnEmptyOne) {
  revocations->revoke_jti(TokenOwner::issuer(""), "j", std::nullopt);
  EXPECT_EQ(judge(forge_claims(R"({"jti":"j"})")), Verdict::kRevoked);
  EXPECT_EQ(judge(forge_claims(R"({"jti":"j","iss":"i"})")), Verdict::kValid);
}

TEST_F(RevocationTest, KnowsTheJtisOfAnAccountWhereItsTokensAreJudged) {
  revocations->revoke_jti(a, "j", std::nullopt);
  EXPECT_EQ(judge_of_a(claims_of("i", "s", "j")), Verdict::kRevoked);
  EXPECT_EQ(judge_of_a(forge_claims(R"({"jti":"j"})")), Verdict::kRevoked);
  EXPECT_EQ(judge(claims_of("i", "s", "j")), Verdict::kValid);
  EXPECT_EQ(judge(claims_of("a", "s", "j")), Verdict::kValid) << "an issuer is no account";
  EXPECT_EQ(judge_of("b")(claims_of("i", "s", "j")), Verdict::kValid);
}

TEST_F(RevocationTest, ForgetsATokenThatNobodyAcceptsAnyMore) {
  revocations->revoke_jti(i, "j", kNow);
  revocations->revoke_jti(i, "for ever", std::nullopt);
  EXPECT_EQ(revocations->num_jtis(), 2u);
  // With the largest leeway it is good for 600 more seconds.
  EXPECT_EQ(revocations->prune(kNow + kLeewaySecondsMax), 0u);
  EXPECT_TRUE(revocations->is_jti_revoked(i, "j"));
  EXPECT_EQ(revocations->prune(kNow + kLeewaySecondsMax + 1), 1u);
  EXPECT_FALSE(revocations->is_jti_revoked(i, "j"));
  EXPECT_EQ(revocations->prune(INT64_MAX), 0u);
  EXPECT_TRUE(revocations->is_jti_revoked(i, "for ever"));
}

TEST_F(RevocationTest, RemembersAJtiForTheLongestLivedOfItsTokens) {
  revocations->revoke_jti(i, "j", kNow + 1000);
  revocations->revoke_jti(i, "j", kNow);
  EXPECT_EQ(revocations->prune(kNow + kLeewaySecondsMax + 1), 0u);
  revocations->revoke_jti(i, "j", std::nullopt);
  EXPECT_EQ(revocations->prune(INT64_MAX), 0u);
  EXPECT_EQ(judge(claims_of("i", "s", "j")), Verdict::kRevoked);
}

// --- Not before ---

TEST_F(RevocationTest, RefusesWhatWasIssuedBeforeAndNothingElse) {
  revocations->refuse_before(kNow - 50);
  EXPECT_EQ(judge(issued_at(kNow - 51)), Verdict::kRevoked);
  EXPECT_EQ(judge(issued_at(kNow - 50)), Verdict::kValid);
}

TEST_F(RevocationTest, RefusesATokenWithoutIatWhereADateIsSet) {
  EXPECT_EQ(judge(issued_at(std::nullopt)), Verdict::kValid);
  revocations->refuse_before(i, 0);
  EXPECT_EQ(judge(issued_at(std::nullopt)), Verdict::kRevoked);
  EXPECT_EQ(judge(issued_at(0)), Verdict::kValid);
  EXPECT_EQ(judge(claims_of("h", "s", "j", std::nullopt)), Verdict::kValid);
  revocations->refuse_before(0);
  EXPECT_EQ(judge(claims_of("h", "s", "j", std::nullopt)), Verdict::kRevoked);
  EXPECT_EQ(judge(claims_of("h", "s", "j", 0)), Verdict::kValid);
}

TEST_F(RevocationTest, AsksForTheIssuerTheAccountAndTheirSubjects) {
  const std::string token = issued_at(kNow - 100);
  revocations->refuse_before(TokenOwner::issuer("other"), kNow);
  revocations->refuse_before(TokenOwner::account("other"), kNow);
  revocations->refuse_before(i, "other", kNow);
  revocations->refuse_before(a, "other", kNow);
  revocations->refuse_before(TokenOwner::issuer("other"), "s", kNow);
  EXPECT_EQ(judge_of_a(token), Verdict::kValid);

  const auto refuse = [](auto... scope) {
    const auto others = Revocations::create(kSeed);
    others->refuse_before(scope..., kNow - 99);
    const Verifier verifier(KeySet::of(make_key()), lenient().build().value(), nullptr,
                            {.revocations = others, .account = "a"});
    Scratch scratch;
    EXPECT_EQ(verifier.verify(issued_at(kNow - 99), scratch, kNow).verdict(), Verdict::kValid);
    return verifier.verify(issued_at(kNow - 100), scratch, kNow).verdict();
  };
  EXPECT_EQ(refuse(), Verdict::kRevoked);
  EXPECT_EQ(refuse(i), Verdict::kRevoked);
  EXPECT_EQ(refuse(a), Verdict::kRevoked);
  EXPECT_EQ(refuse(i, "s"), Verdict::kRevoked);
  EXPECT_EQ(refuse(a, "s"), Verdict::kRevoked);
}

// Not the nearest, and not the last that was set: whatever the order, the latest date counts.
TEST_F(RevocationTest, LetsTheLatestOfAllDatesDecide) {
  for (size_t latest = 0; latest < 5; ++latest) {
    const auto others = Revocations::create(kSeed);
    const auto date = [&](size_t of) { return of == latest ? kNow - 10 : kNow - 90; };
    others->refuse_before(date(0));
    others->refuse_before(i, date(1));
    others->refuse_before(a, date(2));
    others->refuse_before(i, "s", date(3));
    others->refuse_before(a, "s", date(4));
    const Verifier verifier(KeySet::of(make_key()), lenient().build().value(), nullptr,
                            {.revocations = others, .account = "a"});
    Scratch scratch;
    EXPECT_EQ(verifier.verify(issued_at(kNow - 11), scratch, kNow).verdict(), Verdict::kRevoked)
        << latest;
    EXPECT_EQ(verifier.verify(issued_at(kNow - 10), scratch, kNow).verdict(), Verdict::kValid)
        << latest;
  }
}

TEST_F(RevocationTest, LowersNoDate) {
  revocations->refuse_before(kNow - 10);
  revocations->refuse_before(kNow - 90);
  revocations->refuse_before(i, "s", kNow - 5);
  revocations->refuse_before(i, "s", kNow - 90);
  EXPECT_EQ(judge(claims_of("h", "s", "j", kNow - 11)), Verdict::kRevoked);
  EXPECT_EQ(judge(issued_at(kNow - 6)), Verdict::kRevoked);
  EXPECT_EQ(judge(issued_at(kNow - 5)), Verdict::kValid);
}

TEST_F(RevocationTest, MovesDatesIntoTheirRange) {
  revocations->refuse_before(i, INT64_MIN);
  EXPECT_EQ(judge(issued_at(0)), Verdict::kValid);
  EXPECT_EQ(judge(issued_at(std::nullopt)), Verdict::kRevoked);
  revocations->refuse_before(i, INT64_MAX);
  EXPECT_EQ(judge(issued_at(kNow)), Verdict::kRevoked);
}

// --- In the pipeline ---

TEST_F(RevocationTest, IsTheLastCheck) {
  revocations->refuse_before(i, kNow);
  EXPECT_EQ(judge(forge_claims(R"({"iss":"i","iat":1,"exp":2})")), Verdict::kExpired);
  EXPECT_EQ(judge(forge(kHeader, R"({"iss":"i","iat":1})", kOtherSecret)), Verdict::kBadSignature);
  const std::string token = forge_claims(R"({"iss":"i","iat":1})");
  EXPECT_EQ(judge(token), Verdict::kRevoked);
  EXPECT_EQ(judge_of("", lenient().require_claim("x").build().value())(token),
            Verdict::kClaimMissing);
}

TEST_F(RevocationTest, StandsAloneAmongTheFailures) {
  revocations->refuse_before(i, kNow);
  const Verifier verifier(KeySet::of(make_key()), lenient().collect_all_failures().build().value(),
                          nullptr, {.revocations = revocations});
  Scratch scratch;
  const VerifyResult result = verifier.verify(issued_at(1), scratch, kNow);
  EXPECT_EQ(result.verdict(), Verdict::kRevoked);
  EXPECT_FALSE(result);
  VerdictSet expected;
  expected.add(Verdict::kRevoked);
  EXPECT_EQ(result.failures(), expected);
  EXPECT_EQ(result.failed_rules(), 0u);
}

TEST_F(RevocationTest, IsNotAskedForAPayloadThatHasNoClaims) {
  revocations->refuse_before(kNow);
  EXPECT_EQ(judge_of("", Policy::signature_only())(issued_at(1)), Verdict::kValid);
}

// Lets those pass whose subject is alice.
class AlicesGate final : public TokenGate {
 public:
  Verdict judge(const VerifiedToken& token, std::optional<uint64_t> /*number*/,
                int64_t /*now*/) const noexcept override {
    return token.sub() == "alice" ? Verdict::kValid : Verdict::kNotAssociated;
  }
};

TEST(TokenGate, HasTheLastWord) {
  const auto revocations = Revocations::create(kSeed);
  const auto judge_with = [&](std::shared_ptr<const Revocations> asked) {
    return Judge(
        Verifier(KeySet::of(make_key()), lenient().require_claim("x").build().value(), nullptr,
                 {.revocations = std::move(asked), .gate = std::make_shared<const AlicesGate>()}));
  };
  for (const auto& asked : {std::shared_ptr<Revocations>(), revocations}) {
    Judge judge = judge_with(asked);
    EXPECT_EQ(judge(forge_claims(R"({"x":1,"sub":"alice"})")), Verdict::kValid);
    EXPECT_EQ(judge(forge_claims(R"({"x":1,"sub":"bob"})")), Verdict::kNotAssociated);
    EXPECT_EQ(judge(forge_claims(R"({"sub":"bob"})")), Verdict::kClaimMissing);
  }
  revocations->refuse_before(1);
  EXPECT_EQ(judge_with(revocations)(forge_claims(R"({"x":1,"sub":"bob"})")), Verdict::kRevoked);
}

// Notes what it was told to foresee.
class ForeseeingGate final : public TokenGate {
 public:
  void foresee(std::string_view claims) const noexcept override { foreseen_.emplace_back(claims); }
  Verdict judge(const VerifiedToken& token, std::optional<uint64_t> /*number*/,
                int64_t /*now*/) const noexcept override {
    EXPECT_FALSE(foreseen_.empty());
    return foreseen_.back() == token.payload() ? Verdict::kValid : Verdict::kNotAssociated;
  }
  [[nodiscard]] std::vector<std::string> take() const { return std::exchange(foreseen_, {}); }

 private:
  mutable std::vector<std::string> foreseen_;
};

TEST(TokenGate, ForeseesClaimsThatItMayBeAskedAbout) {
  const auto gate = std::make_shared<const ForeseeingGate>();
  const Verifier verifier(KeySet::of(make_key()), lenient().build().value(), nullptr,
                          {.gate = gate});
  constexpr std::string_view kClaims = R"({"sub":"alice"})";
  constexpr std::string_view kNoJson = R"({"sub":)";
  const std::string token = forge_claims(kClaims);
  std::string forged = token;
  forged.back() = forged.back() == 'A' ? 'E' : 'A';
  Scratch scratch;
  for (const auto& [shown, claims, verdict] :
       {std::tuple(token, kClaims, Verdict::kValid),
        std::tuple(forged, kClaims, Verdict::kBadSignature),
        std::tuple(forge_claims(kNoJson), kNoJson, Verdict::kBadClaimsJson)}) {
    EXPECT_EQ(verifier.verify(shown, scratch, kNow).verdict(), verdict);
    EXPECT_EQ(gate->take(), std::vector<std::string>{std::string(claims)});
    const std::string_view shown_view = shown;
    VerifyResult result;
    verifier.verify_batch({&shown_view, 1}, {&result, 1}, scratch, kNow);
    EXPECT_EQ(result.verdict(), verdict);
    EXPECT_EQ(gate->take(), std::vector<std::string>{std::string(claims)});
  }
  EXPECT_EQ(verifier.verify(token.substr(0, token.find('.') + 2), scratch, kNow).verdict(),
            Verdict::kNotCompactJws);
  EXPECT_EQ(gate->take(), std::vector<std::string>());
}

// --- Whose token it was ---

// Knows the tokens of one jti, which is a number, and those without; and lets the even ones pass.
class NumberingGate final : public TokenGate {
 public:
  static constexpr uint64_t kUnnamed = 100;

  std::optional<uint64_t> recognize(std::string_view jti) const noexcept override {
    if (jti.empty()) return kUnnamed;
    if (jti.size() != 1) return std::nullopt;
    return static_cast<uint64_t>(jti[0] - '0');
  }
  Verdict judge(const VerifiedToken& token, std::optional<uint64_t> number,
                int64_t /*now*/) const noexcept override {
    EXPECT_EQ(number, recognize(token.jti().value_or("")));
    return number.value_or(0) % 2 == 0 ? Verdict::kValid : Verdict::kNotAssociated;
  }
};

TEST_F(RevocationTest, TellsTheNumberOfATokenWhoseSignatureIsRight) {
  revocations->revoke_jti(i, "6", std::nullopt);
  const Verifier verifier(
      KeySet::of(make_key()), lenient().require_claim("iss").build().value(), nullptr,
      {.revocations = revocations, .gate = std::make_shared<const NumberingGate>()});
  std::string forged = claims_of("i", "s", "2");
  forged.back() = forged.back() == 'A' ? 'E' : 'A';
  struct Case {
    std::string token;
    Verdict verdict;
    std::optional<uint64_t> number;
  };
  const std::vector<Case> cases = {
      {claims_of("i", "s", "2"), Verdict::kValid, 2},
      {claims_of("i", "s", "4"), Verdict::kValid, 4},
      {claims_of("i", "s", "unknown"), Verdict::kValid, std::nullopt},
      {forge_claims(R"({"iss":"i"})"), Verdict::kValid, NumberingGate::kUnnamed},
      {claims_of("i", "s", "3"), Verdict::kNotAssociated, 3},
      {claims_of("i", "s", "6"), Verdict::kRevoked, 6},
      {forge_claims(R"({"jti":"8"})"), Verdict::kClaimMissing, 8},
      {forge_claims(R"({"iss":"i","jti":"\u0038","exp":1})"), Verdict::kExpired, 8},
      {forge_claims(R"({"iss":"i","jti":8})"), Verdict::kBadJti, NumberingGate::kUnnamed},
      {forge_claims(R"({"jti":"8","jti":"8"})"), Verdict::kDuplicateClaim, std::nullopt},
      {forge_claims(R"({"jti":"8",})"), Verdict::kBadClaimsJson, std::nullopt},
      {forged, Verdict::kBadSignature, std::nullopt},
      {"no token", Verdict::kNotCompactJws, std::nullopt}};
  Scratch scratch;
  std::vector<std::string_view> tokens;
  std::vector<VerifyResult> results(cases.size());
  for (const Case& c : cases) {
    tokens.emplace_back(c.token);
    const VerifyResult result = verifier.verify(c.token, scratch, kNow);
    EXPECT_EQ(result.verdict(), c.verdict) << c.token;
    EXPECT_EQ(result.token_number(), c.number) << c.token;
  }
  for (int round = 0; round < 2; ++round) {
    verifier.verify_batch(tokens, results, scratch, kNow);
    for (size_t n = 0; n < cases.size(); ++n) {
      EXPECT_EQ(results[n].token_number(), cases[n].number) << n;
    }
    std::rotate(results.begin(), results.begin() + 1, results.end());  // with what is in them
  }
}

TEST_F(RevocationTest, KnowsNoNumbersWithoutAGate) {
  const Verifier verifier(KeySet::of(make_key()), lenient().build().value(), nullptr,
                          {.revocations = revocations});
  Scratch scratch;
  const std::string token = claims_of("i", "s", "2");
  EXPECT_EQ(verifier.verify(token, scratch, kNow).token_number(), std::nullopt);
}

TEST_F(RevocationTest, OutlivesWhoMadeIt) {
  std::optional<Verifier> verifier(std::in_place, KeySet::of(make_key()), lenient().build().value(),
                                   nullptr, RevocationCheck{.revocations = revocations});
  revocations->refuse_before(kNow);
  revocations.reset();
  const Verifier copy = *verifier;
  verifier.reset();
  Scratch scratch;
  EXPECT_EQ(copy.verify(issued_at(1), scratch, kNow).verdict(), Verdict::kRevoked);
}

}  // namespace
}  // namespace simdjwt::testing
