// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. A time in a token is a JSON number, and numbers have corners: 2^64 wraps to zero,
// 2^32 + 1 is 1 in 32 bits, a sum with the leeway overflows, 0 means "not set" to somebody, "never"
// is a string that compares as absent, 1e400 is infinity and never past, milliseconds are the year
// 57000. Each has made a token that does not expire, or that holds before its time (RFC 7519
// sections 4.1.4 to 4.1.6; CVE-2026-25537 and others).
//
// The defence. A NumericDate is a JSON number from 0 to the last second of 9999, or an error even
// where nobody asks for it. Presence is a bit, sums saturate, and exp refuses at the very second.

#include <gtest/gtest.h>

#include <limits>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

Verdict verdict_of(Judge& judge, std::string_view claim, std::string_view number,
                   int64_t now = kNow) {
  return judge(forge_claims("{\"" + std::string(claim) + "\":" + std::string(number) + "}"), now);
}

struct Case {
  const char* number;
  Verdict verdict;
};

TEST(NumericDate, ExpRefusesFromItsSecondOn) {
  Judge judge;
  constexpr Case kCases[] = {
      {"1749999999", Verdict::kExpired},   {"1750000000", Verdict::kExpired},
      {"1750000001", Verdict::kValid},     {"1750000000.0", Verdict::kExpired},
      {"1750000000.5", Verdict::kExpired},  // a fraction shortens the token's life
      {"1750000001.0", Verdict::kValid},   {"1750000001.5", Verdict::kValid},
      {"1.75e9", Verdict::kExpired},       {"1.750000001e9", Verdict::kValid},
      {"1.750000001E+9", Verdict::kValid}, {"17500000010e-1", Verdict::kValid},
      {"175000001e1", Verdict::kValid},    {"0", Verdict::kExpired},
      {"0.0", Verdict::kExpired},          {"1", Verdict::kExpired},
      {"0.5", Verdict::kExpired},          {"1e0", Verdict::kExpired},
      {"253402300799", Verdict::kValid},
  };
  for (const Case& c : kCases) EXPECT_EQ(verdict_of(judge, "exp", c.number), c.verdict) << c.number;
}

TEST(NumericDate, NbfRefusesBeforeItsSecond) {
  Judge judge;
  constexpr Case kCases[] = {
      {"1749999999", Verdict::kValid},
      {"1750000000", Verdict::kValid},
      {"1750000001", Verdict::kNotYetValid},
      {"1749999999.5", Verdict::kValid},
      {"1750000000.5", Verdict::kNotYetValid},
      {"1.75e9", Verdict::kValid},
      {"0", Verdict::kValid},
      {"4294967297", Verdict::kNotYetValid},  // 1 in 32 bits
      {"253402300799", Verdict::kNotYetValid},
  };
  for (const Case& c : kCases) EXPECT_EQ(verdict_of(judge, "nbf", c.number), c.verdict) << c.number;
}

TEST(NumericDate, IatRefusesTokensFromTheFuture) {
  Judge judge;
  constexpr Case kCases[] = {
      {"1750000000", Verdict::kValid},          {"1750000000.5", Verdict::kValid},
      {"1750000001", Verdict::kIssuedInFuture}, {"0", Verdict::kValid},
      {"4294967297", Verdict::kIssuedInFuture},
  };
  for (const Case& c : kCases) EXPECT_EQ(verdict_of(judge, "iat", c.number), c.verdict) << c.number;
}

TEST(NumericDate, IsNeverWrapped) {
  Judge judge;
  // Each would be a good time if it lost its upper bits.
  EXPECT_EQ(verdict_of(judge, "exp", "4294967296"), Verdict::kValid);  // 2106, not 1970
  for (const char* number : {
           "18446744073709551616",                     // 2^64
           "18446744075459555216",                     // 2^64 + 1750003600
           "9223372036854775807",                      // 2^63 - 1
           "9223372036854775808",                      // 2^63
           "18446744073709551615",                     // 2^64 - 1
           "18446744073709551617",                     // 2^64 + 1
           "253402300800",                             // the first second of 10000
           "1750003600000",                            // milliseconds
           "99999999999999999999999999",               // 26 digits
           "340282366920938463463374607433518213056",  // 2^128 + 1750003600 * 2^10
           "1e12",
           "1e18",
           "1e19",
           "1e300",
           "1.0e308",
           "1e400",
           "1e999999999",
           "1e99999999999999999999",
           "123456789012345678901234567890123456789012345678901234567890e-10",
       }) {
    EXPECT_EQ(verdict_of(judge, "exp", number), Verdict::kBadExp) << number;
    EXPECT_EQ(verdict_of(judge, "nbf", number), Verdict::kBadNbf) << number;
    EXPECT_EQ(verdict_of(judge, "iat", number), Verdict::kBadIat) << number;
  }
}

TEST(NumericDate, IsNeverNegative) {
  Judge judge;
  for (const char* number :
       {"-1", "-1.5", "-1750003600", "-9223372036854775808", "-9223372036854775809",
        "-18446744073709551615", "-18446744071959548016", "-1e300", "-1e400", "-1e999999999"}) {
    EXPECT_EQ(verdict_of(judge, "exp", number), Verdict::kBadExp) << number;
    EXPECT_EQ(verdict_of(judge, "nbf", number), Verdict::kBadNbf) << number;
    EXPECT_EQ(verdict_of(judge, "iat", number), Verdict::kBadIat) << number;
  }
}

TEST(NumericDate, ThatIsAlmostZeroIsLongPast) {
  Judge judge;
  for (const char* number : {"1e-300", "0.1", "0e999999999", "0.000000000e400"}) {
    EXPECT_EQ(verdict_of(judge, "exp", number), Verdict::kExpired) << number;
    EXPECT_EQ(verdict_of(judge, "nbf", number), Verdict::kValid) << number;
  }
  // Below the smallest double it may be zero or out of range, but nothing else.
  for (const char* number : {"1e-400", "1e-999999999"}) {
    const Verdict verdict = verdict_of(judge, "exp", number);
    EXPECT_TRUE(verdict == Verdict::kExpired || verdict == Verdict::kBadExp) << number;
  }
}

TEST(NumericDate, ManyDigitsAreTheNumberTheySpell) {
  Judge judge;
  const std::string zeros(200, '0');
  EXPECT_EQ(verdict_of(judge, "exp", "1750000001." + zeros), Verdict::kValid);
  EXPECT_EQ(verdict_of(judge, "exp", "1750000000." + zeros), Verdict::kExpired);
  EXPECT_EQ(verdict_of(judge, "exp", "1750000001" + zeros + "e-200"), Verdict::kValid);
  EXPECT_EQ(verdict_of(judge, "exp", "0." + zeros + "1750000001e210"), Verdict::kValid);
  EXPECT_EQ(verdict_of(judge, "exp", "0." + zeros + "1750000000e210"), Verdict::kExpired);
}

TEST(NumericDate, OfAnotherTypeIsAnErrorAndNeverAbsent) {
  Judge judge;
  for (const char* value : {R"("1750003600")", R"("never")", R"("")", "null", "true", "false", "[]",
                            "[1750003600]", "{}", R"({"value":1750003600})"}) {
    EXPECT_EQ(verdict_of(judge, "exp", value), Verdict::kBadExp) << value;
    EXPECT_EQ(verdict_of(judge, "nbf", value), Verdict::kBadNbf) << value;
    EXPECT_EQ(verdict_of(judge, "iat", value), Verdict::kBadIat) << value;
  }
}

TEST(NumericDate, ZeroIsATimeAndNotAbsence) {
  PolicyBuilder builder = lenient();
  builder.max_age_seconds(10);
  Judge judge(builder.build().value());
  EXPECT_EQ(verdict_of(judge, "iat", "0"), Verdict::kTooOld);
  EXPECT_EQ(verdict_of(judge, "sub", R"("alice")"), Verdict::kIatMissing);
  EXPECT_EQ(verdict_of(judge, "iat", "0", 10), Verdict::kValid);
  EXPECT_EQ(verdict_of(judge, "iat", "0", 11), Verdict::kTooOld);
}

TEST(NumericDate, LeewayIsExactToTheSecond) {
  PolicyBuilder builder = lenient();
  builder.leeway_seconds(5).max_age_seconds(100);
  Judge judge(builder.build().value());
  const auto with_iat = [&](const std::string& members) {
    return judge(forge_claims("{" + members + R"(,"iat":1749999990})"));
  };
  EXPECT_EQ(with_iat(R"("exp":1749999995)"), Verdict::kExpired);
  EXPECT_EQ(with_iat(R"("exp":1749999996)"), Verdict::kValid);
  EXPECT_EQ(with_iat(R"("nbf":1750000005)"), Verdict::kValid);
  EXPECT_EQ(with_iat(R"("nbf":1750000006)"), Verdict::kNotYetValid);
  EXPECT_EQ(verdict_of(judge, "iat", "1750000005"), Verdict::kValid);
  EXPECT_EQ(verdict_of(judge, "iat", "1750000006"), Verdict::kIssuedInFuture);
  EXPECT_EQ(verdict_of(judge, "iat", "1749999895"), Verdict::kValid);
  EXPECT_EQ(verdict_of(judge, "iat", "1749999894"), Verdict::kTooOld);
}

TEST(NumericDate, SumsWithAClockAtItsEndsDoNotOverflow) {
  PolicyBuilder builder = lenient();
  builder.leeway_seconds(kLeewaySecondsMax).max_age_seconds(100);
  Judge strict(builder.build().value());
  Judge judge;
  constexpr int64_t kFirst = std::numeric_limits<int64_t>::min();
  // The very last second belongs to no key's period.
  constexpr int64_t kLast = std::numeric_limits<int64_t>::max() - 1;
  for (Judge* j : {&strict, &judge}) {
    const std::string token = forge_claims(R"({"exp":253402300799,"nbf":0,"iat":0})");
    EXPECT_EQ((*j)(token, kLast), Verdict::kExpired);
    EXPECT_EQ((*j)(token, kFirst), Verdict::kNotYetValid);
    EXPECT_EQ((*j)(token, -kLeewaySecondsMax - 1), Verdict::kNotYetValid);
  }
  const std::string ageless = forge_claims(R"({"iat":0})");
  EXPECT_EQ(strict(ageless, kLast), Verdict::kTooOld);
  EXPECT_EQ(strict(ageless, kFirst), Verdict::kIssuedInFuture);
  EXPECT_EQ(judge(ageless, kLast), Verdict::kValid);
}

}  // namespace
}  // namespace simdjwt::testing
