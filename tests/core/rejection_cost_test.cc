// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// What is refused costs no more than what is accepted: floods of bad tokens are no worse than
// traffic. Counted in instructions, which other work on the machine does not disturb.

#include <gtest/gtest.h>

#include "support/fixtures.h"
#include "support/instruction_trace.h"
#include "support/judge.h"
#include "support/sanitizers.h"

namespace simdjwt::testing {
namespace {

std::string claims_with(std::string_view exp, std::string_view nbf) {
  return R"({"iss":"https://id.example","aud":"api","sub":"alice","jti":"123456","nbf":)" +
         std::string(nbf) + R"(,"exp":)" + std::string(exp) + '}';
}

class RejectionCost : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (kSanitized || trace_instructions([] {}).empty()) {
      GTEST_SKIP() << "instructions are not counted here";
    }
    const std::string accepted = forge(kHeaderA, claims_with("1750003600", "1749990000"));
    (void)instructions(accepted, Verdict::kValid);  // the scratch learns what the tokens share
    of_accepted_ = instructions(accepted, Verdict::kValid);
  }

  size_t instructions(const std::string& token, Verdict verdict) {
    std::vector<VerifyResult> results(4);
    const std::vector<std::string_view> tokens(results.size(), token);
    const auto judge = [&] {
      if (GetParam()) return verifier_.verify_batch(tokens, results, scratch_, kNow);
      results[0] = verifier_.verify(token, scratch_, kNow);
    };
    for (int i = 0; i < 3; ++i) judge();
    EXPECT_EQ(results[0].verdict(), verdict);
    return trace_instructions(judge).size();
  }

  static constexpr std::string_view kHeaderA = R"({"alg":"HS256","kid":"a","typ":"JWT"})";
  const Verifier verifier_{KeySet::of(make_key(kSecret, "a")), PolicyBuilder()
                                                                   .expect_iss("https://id.example")
                                                                   .expect_aud("api")
                                                                   .expect_typ("JWT")
                                                                   .expect_exp()
                                                                   .build()
                                                                   .value()};
  Scratch scratch_;
  size_t of_accepted_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Calls, RejectionCost, ::testing::Bool(),
                         [](const auto& test) { return test.param ? "Batch" : "OneByOne"; });

TEST_P(RejectionCost, IsThatOfAnAcceptanceAtMostForAWrongSignature) {
  const std::string token = forge(kHeaderA, claims_with("1750003600", "1749990000"), kOtherSecret);
  EXPECT_LT(instructions(token, Verdict::kBadSignature), of_accepted_);
}

// All is done that an acceptance takes: the same, but for a handful of instructions.
TEST_P(RejectionCost, IsThatOfAnAcceptanceForDatesOutOfTheirTime) {
  const size_t of_similar = of_accepted_ + of_accepted_ / 128;
  const std::string expired = forge(kHeaderA, claims_with("1749999999", "1749990000"));
  const std::string early = forge(kHeaderA, claims_with("1750003600", "1750000001"));
  EXPECT_LE(instructions(expired, Verdict::kExpired), of_similar);
  EXPECT_LE(instructions(early, Verdict::kNotYetValid), of_similar);
}

TEST_P(RejectionCost, IsThatOfAnAcceptanceAtMostForWhatIsNoToken) {
  std::string token = forge(kHeaderA, claims_with("1750003600", "1749990000"));
  token[token.rfind('.') - 20] = '+';
  EXPECT_LT(instructions(token, Verdict::kBadBase64url), of_accepted_);
  EXPECT_LT(instructions(std::string(token.size(), 'A'), Verdict::kNotCompactJws), of_accepted_);
}

TEST_P(RejectionCost, IsThatOfAnAcceptanceAtMostForAnUnknownKeyOrAlgorithm) {
  const std::string claims = claims_with("1750003600", "1749990000");
  EXPECT_LT(instructions(forge(R"({"alg":"HS256","kid":"b","typ":"JWT"})", claims),
                         Verdict::kNoMatchingKey),
            of_accepted_);
  EXPECT_LT(
      instructions(forge(R"({"alg":"none","kid":"a","typ":"JWT"})", claims), Verdict::kAlgNone),
      of_accepted_);
}

}  // namespace
}  // namespace simdjwt::testing
