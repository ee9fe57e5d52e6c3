// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string message_of(const PolicyBuilder& builder) {
  return std::string(builder.build().status().message());
}

Verdict verdict_under(const PolicyBuilder& builder, std::string_view claims) {
  Judge judge(builder.build().value());
  return judge(forge_claims(claims));
}

// --- The builder ---

TEST(PolicyBuilder, NeedsToBeToldOfIssAudTypAndExp) {
  EXPECT_TRUE(lenient().build().ok());
  EXPECT_FALSE(PolicyBuilder().build().ok());
  struct {
    const char* name;
    std::function<void(PolicyBuilder&)> say;
  } const kDemands[] = {
      {"iss", [](PolicyBuilder& b) { b.ignore_iss(); }},
      {"aud", [](PolicyBuilder& b) { b.ignore_aud(); }},
      {"typ", [](PolicyBuilder& b) { b.ignore_typ(); }},
      {"exp", [](PolicyBuilder& b) { b.allow_missing_exp(); }},
  };
  for (const auto& left_out : kDemands) {
    PolicyBuilder builder;
    for (const auto& demand : kDemands) {
      if (&demand != &left_out) demand.say(builder);
    }
    ASSERT_FALSE(builder.build().ok()) << left_out.name;
    EXPECT_THAT(message_of(builder), HasSubstr(left_out.name));
    left_out.say(builder);  // the builder may be used on
    EXPECT_TRUE(builder.build().ok()) << left_out.name;
  }
}

TEST(PolicyBuilder, RefusesToBeToldTwoThings) {
  const std::function<void(PolicyBuilder&)> kContradictions[] = {
      [](PolicyBuilder& b) { b.expect_iss("a"); },
      [](PolicyBuilder& b) { b.expect_iss_any_of({"a"}); },
      [](PolicyBuilder& b) { b.ignore_iss(); },
      [](PolicyBuilder& b) { b.expect_aud("a"); },
      [](PolicyBuilder& b) { b.expect_aud_any_of({"a"}); },
      [](PolicyBuilder& b) { b.expect_aud_all_of({"a"}); },
      [](PolicyBuilder& b) { b.expect_typ("JWT"); },
      [](PolicyBuilder& b) { b.expect_exp(); },
  };
  for (const auto& contradict : kContradictions) {
    PolicyBuilder builder = lenient();
    contradict(builder);
    EXPECT_FALSE(builder.build().ok());
  }
}

TEST(PolicyBuilder, RefusesClaimsThatAreForbiddenAndExpected) {
  EXPECT_FALSE(lenient().forbid_claim("x").require_claim("x").build().ok());
  EXPECT_FALSE(lenient().require_claim("x").forbid_claim("x").build().ok());
  EXPECT_FALSE(lenient().forbid_claim("x").expect_string("x", "y").build().ok());
  EXPECT_FALSE(lenient().forbid_claim("x").expect_scope("x", "y").build().ok());
  EXPECT_FALSE(lenient().forbid_claim("iat").max_age_seconds(1).build().ok());
  PolicyBuilder builder;
  builder.expect_iss("a").ignore_aud().ignore_typ().expect_exp();
  EXPECT_TRUE(builder.build().ok());
  EXPECT_FALSE(builder.forbid_claim("iss").build().ok());
  EXPECT_TRUE(lenient().forbid_claim("iss").forbid_claim("exp").build().ok());
}

TEST(PolicyBuilder, RefusesWhatIsEmpty) {
  const auto undecided = [] {
    PolicyBuilder builder;
    builder.ignore_typ().allow_missing_exp();
    return builder;
  };
  EXPECT_TRUE(undecided().expect_iss("a").ignore_aud().build().ok());
  EXPECT_FALSE(undecided().expect_iss("").ignore_aud().build().ok());
  EXPECT_FALSE(undecided().expect_iss_any_of({}).ignore_aud().build().ok());
  EXPECT_FALSE(undecided().expect_iss_any_of({"a", ""}).ignore_aud().build().ok());
  EXPECT_FALSE(undecided().ignore_iss().expect_aud("").build().ok());
  EXPECT_FALSE(undecided().ignore_iss().expect_aud_any_of({}).build().ok());
  EXPECT_FALSE(undecided().ignore_iss().expect_aud_all_of({}).build().ok());
  EXPECT_FALSE(undecided().ignore_iss().expect_aud_all_of({""}).build().ok());
  PolicyBuilder untyped;
  untyped.ignore_iss().ignore_aud().allow_missing_exp().expect_typ("");
  EXPECT_FALSE(untyped.build().ok());
  EXPECT_FALSE(lenient().require_claim("").build().ok());
  EXPECT_FALSE(lenient().expect_any_of("x", {}).build().ok());
  EXPECT_FALSE(lenient().expect_scope("scope", "").build().ok());
  EXPECT_FALSE(lenient().expect_scope("scope", "a b").build().ok());
}

TEST(PolicyBuilder, RefusesNumbersOutOfBounds) {
  for (const int64_t seconds : {int64_t{0}, kLeewaySecondsMax}) {
    EXPECT_TRUE(lenient().leeway_seconds(seconds).build().ok()) << seconds;
  }
  for (const int64_t seconds :
       {int64_t{-1}, kLeewaySecondsMax + 1, std::numeric_limits<int64_t>::min(),
        std::numeric_limits<int64_t>::max()}) {
    EXPECT_FALSE(lenient().leeway_seconds(seconds).build().ok()) << seconds;
  }
  EXPECT_TRUE(lenient().max_age_seconds(1).build().ok());
  for (const int64_t seconds : {int64_t{0}, int64_t{-1}, std::numeric_limits<int64_t>::min(),
                                std::numeric_limits<int64_t>::max()}) {
    EXPECT_FALSE(lenient().max_age_seconds(seconds).build().ok()) << seconds;
  }
}

TEST(PolicyBuilder, RefusesClaimsThatAreToEqualTwoThings) {
  const auto builds = [](PolicyBuilder& builder) { return builder.build().ok(); };
  EXPECT_TRUE(builds(lenient().expect_string("x", "y").expect_string("x", "y")));
  EXPECT_TRUE(builds(lenient().expect_string("x", "y").expect_string("z", "other")));
  EXPECT_FALSE(builds(lenient().expect_string("x", "y").expect_string("x", "z")));
  EXPECT_TRUE(builds(lenient().expect_integer("x", 1).expect_integer("x", 1)));
  EXPECT_FALSE(builds(lenient().expect_integer("x", 1).expect_integer("x", 2)));
  EXPECT_FALSE(builds(lenient().expect_boolean("x", true).expect_boolean("x", false)));
  EXPECT_FALSE(builds(lenient().expect_boolean("x", true).expect_integer("x", 1)));
  EXPECT_FALSE(builds(lenient().expect_integer("x", 1).expect_string("x", "1")));

  EXPECT_TRUE(builds(lenient().expect_any_of("x", {"y", "z"}).expect_string("x", "z")));
  EXPECT_FALSE(builds(lenient().expect_any_of("x", {"y"}).expect_string("x", "z")));
  EXPECT_FALSE(builds(lenient().expect_integer("x", 1).expect_any_of("x", {"1"})));
  EXPECT_TRUE(builds(lenient().expect_string("x", "a b c").expect_scope("x", "b")));
  EXPECT_FALSE(builds(lenient().expect_string("x", "a bb c").expect_scope("x", "b")));
  // An array satisfies both.
  EXPECT_TRUE(builds(lenient().expect_any_of("x", {"y"}).expect_any_of("x", {"z"})));
  EXPECT_THAT(message_of(lenient().expect_string("x", "y").expect_any_of("x", {"z", "q"})),
              HasSubstr(R"("x" cannot be "y" and one of "z", "q")"));
}

TEST(PolicyBuilder, RefusesARuleOnIssOrAudThatTheirOwnDemandExcludes) {
  const auto of_iss = [](std::string_view value) {
    PolicyBuilder builder;
    builder.expect_iss_any_of({"a", "b"}).ignore_aud().ignore_typ().expect_exp();
    return builder.expect_string("iss", value).build().ok();
  };
  EXPECT_TRUE(of_iss("a"));
  EXPECT_TRUE(of_iss("b"));
  EXPECT_FALSE(of_iss("c"));
  const auto of_aud = [](bool all_of, std::vector<std::string> expected, std::string_view value) {
    PolicyBuilder builder;
    builder.ignore_iss().ignore_typ().expect_exp();
    all_of ? builder.expect_aud_all_of(std::move(expected))
           : builder.expect_aud_any_of(std::move(expected));
    return builder.expect_string("aud", value).build().ok();
  };
  EXPECT_TRUE(of_aud(false, {"a", "b"}, "a"));
  EXPECT_FALSE(of_aud(false, {"a", "b"}, "c"));
  EXPECT_TRUE(of_aud(true, {"a"}, "a"));
  EXPECT_FALSE(of_aud(true, {"a", "b"}, "a")) << "a string is one audience";
}

TEST(PolicyBuilder, RefusesToBeToldOfLeewayOrMaximumAgeTwice) {
  EXPECT_TRUE(lenient().leeway_seconds(0).max_age_seconds(1).build().ok());
  EXPECT_FALSE(lenient().leeway_seconds(0).leeway_seconds(0).build().ok());
  EXPECT_FALSE(lenient().leeway_seconds(601).leeway_seconds(5).build().ok());
  EXPECT_FALSE(lenient().max_age_seconds(1).max_age_seconds(2).build().ok());
}

TEST(PolicyBuilder, BoundsTheNumberOfRules) {
  PolicyBuilder builder = lenient();
  for (size_t i = 0; i < kClaimRulesMax; ++i) builder.require_claim("c" + std::to_string(i));
  EXPECT_TRUE(builder.build().ok());
  builder.require_claim("one-more");
  EXPECT_FALSE(builder.build().ok());
}

TEST(PolicyBuilder, SaysAllMistakesAtOnce) {
  PolicyBuilder builder;
  builder.leeway_seconds(-1).forbid_claim("x").require_claim("x");
  const std::string message = message_of(builder);
  for (const char* part : {"iss", "aud", "typ", "exp", "leeway", "\"x\""}) {
    EXPECT_THAT(message, HasSubstr(part));
  }
}

TEST(PolicyBuilder, ANewBuildDoesNotChangeAnOldPolicy) {
  PolicyBuilder builder = lenient();
  Judge old(builder.build().value());
  builder.require_claim("x");
  Judge changed(builder.build().value());
  EXPECT_EQ(old(forge_claims("{}")), Verdict::kValid);
  EXPECT_EQ(changed(forge_claims("{}")), Verdict::kClaimMissing);
}

TEST(Policy, DescribesEveryDemand) {
  PolicyBuilder builder;
  builder.expect_iss("https://a").expect_aud_all_of({"api-1", "api-2"}).expect_typ("at+jwt");
  builder.expect_exp().leeway_seconds(7).max_age_seconds(3600);
  builder.forbid_claim("debug").expect_integer("level", -3).expect_scope("scope", "read");
  const std::string text = builder.build().value().describe();
  for (const char* part : {"https://a", "api-1", "api-2", "at+jwt", "exp", "7", "3600", "debug",
                           "level", "-3", "scope", "read"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(lenient().build().value().describe(), Not(HasSubstr("https://a")));
}

// --- Rules, both ways ---

TEST(Policy, ExpectsExp) {
  PolicyBuilder builder;
  builder.ignore_iss().ignore_aud().ignore_typ().expect_exp();
  EXPECT_EQ(verdict_under(builder, R"({"exp":1750000001})"), Verdict::kValid);
  EXPECT_EQ(verdict_under(builder, R"({"exp":1750000000})"), Verdict::kExpired);
  EXPECT_EQ(verdict_under(builder, "{}"), Verdict::kExpMissing);
  EXPECT_EQ(verdict_under(lenient(), "{}"), Verdict::kValid);
  EXPECT_EQ(verdict_under(lenient(), R"({"exp":1750000000})"), Verdict::kExpired);
}

TEST(Policy, RequiresAndForbidsClaims) {
  PolicyBuilder required = lenient();
  required.require_claim("x");
  EXPECT_EQ(verdict_under(required, R"({"x":null})"), Verdict::kValid);
  EXPECT_EQ(verdict_under(required, R"({"y":1})"), Verdict::kClaimMissing);
  EXPECT_EQ(verdict_under(required, R"({"y":{"x":1}})"), Verdict::kClaimMissing);
  PolicyBuilder forbidden = lenient();
  forbidden.forbid_claim("x");
  EXPECT_EQ(verdict_under(forbidden, R"({"y":1})"), Verdict::kValid);
  EXPECT_EQ(verdict_under(forbidden, R"({"x":null})"), Verdict::kClaimForbidden);
  EXPECT_EQ(verdict_under(forbidden, R"({"y":{"x":1}})"), Verdict::kValid);
}

TEST(Policy, ExpectsStrings) {
  PolicyBuilder builder = lenient();
  builder.expect_string("x", "a\"b");
  EXPECT_EQ(verdict_under(builder, R"({"x":"a\"b"})"), Verdict::kValid);
  EXPECT_EQ(verdict_under(builder, R"({"x":"\u0061\u0022b"})"), Verdict::kValid);
  for (const char* value : {R"("a")", R"("a\"bc")", R"("")", "null", "1", R"(["a\"b"])"}) {
    EXPECT_EQ(verdict_under(builder, R"({"x":)" + std::string(value) + "}"),
              Verdict::kClaimMismatch)
        << value;
  }
  EXPECT_EQ(verdict_under(builder, "{}"), Verdict::kClaimMissing);
  // The empty string is a value like others.
  EXPECT_EQ(verdict_under(lenient().expect_string("x", ""), R"({"x":""})"), Verdict::kValid);
  EXPECT_EQ(verdict_under(lenient().expect_string("x", ""), R"({"x":"a"})"),
            Verdict::kClaimMismatch);
}

TEST(Policy, ExpectsIntegers) {
  const auto with = [](int64_t expected, const char* value) {
    return verdict_under(lenient().expect_integer("x", expected),
                         R"({"x":)" + std::string(value) + "}");
  };
  EXPECT_EQ(with(7, "7"), Verdict::kValid);
  EXPECT_EQ(with(-7, "-7"), Verdict::kValid);
  EXPECT_EQ(with(0, "0"), Verdict::kValid);
  EXPECT_EQ(with(INT64_MAX, "9223372036854775807"), Verdict::kValid);
  EXPECT_EQ(with(INT64_MIN, "-9223372036854775808"), Verdict::kValid);
  for (const char* value : {"8", "70", R"("7")", "null", "true", "[7]", "7.5",
                            "18446744073709551623", "9223372036854775808"}) {
    EXPECT_EQ(with(7, value), Verdict::kClaimMismatch) << value;
  }
  EXPECT_EQ(with(INT64_MIN, "9223372036854775808"), Verdict::kClaimMismatch);
  EXPECT_EQ(with(INT64_MAX, "9223372036854775808"), Verdict::kClaimMismatch);
  EXPECT_EQ(with(-1, "18446744073709551615"), Verdict::kClaimMismatch);
}

TEST(Policy, ExpectsBooleans) {
  const auto with = [](bool expected, const char* value) {
    return verdict_under(lenient().expect_boolean("x", expected),
                         R"({"x":)" + std::string(value) + "}");
  };
  EXPECT_EQ(with(true, "true"), Verdict::kValid);
  EXPECT_EQ(with(false, "false"), Verdict::kValid);
  for (const char* value : {"false", "1", R"("true")", "null", "[true]"}) {
    EXPECT_EQ(with(true, value), Verdict::kClaimMismatch) << value;
  }
  for (const char* value : {"true", "0", R"("")", "null", "[]"}) {
    EXPECT_EQ(with(false, value), Verdict::kClaimMismatch) << value;
  }
}

TEST(Policy, ExpectsOneOfSeveralValues) {
  PolicyBuilder builder = lenient();
  builder.expect_any_of("role", {"admin", "editor"});
  for (const char* value :
       {R"("admin")", R"("editor")", R"(["x","editor"])", R"(["admin"])",
        R"([1,null,{},["x"],"admin"])", R"("\u0061dmin")", R"(["\u0061dmin"])"}) {
    EXPECT_EQ(verdict_under(builder, R"({"role":)" + std::string(value) + "}"), Verdict::kValid)
        << value;
  }
  for (const char* value :
       {R"("")", R"("admin editor")", R"("Admin")", R"("adm")", "[]", R"([["admin"]])",
        R"([{"admin":"admin"}])", R"({"admin":1})", "null", R"(["x, admin"])"}) {
    EXPECT_EQ(verdict_under(builder, R"({"role":)" + std::string(value) + "}"),
              Verdict::kClaimMismatch)
        << value;
  }
  EXPECT_EQ(verdict_under(builder, "{}"), Verdict::kClaimMissing);
}

TEST(Policy, ExpectsAWordOfAScope) {
  PolicyBuilder builder = lenient();
  builder.expect_scope("scope", "read");
  for (const char* value :
       {R"("read")", R"("read write")", R"("write read")", R"("a read b")", R"("  read  ")",
        R"("\u0072ead\u0020x")", R"(["read"])", R"(["write","read"])"}) {
    EXPECT_EQ(verdict_under(builder, R"({"scope":)" + std::string(value) + "}"), Verdict::kValid)
        << value;
  }
  for (const char* value :
       {R"("")", R"("rea")", R"("reader")", R"("xread")", R"("read:all")", R"("read,write")",
        R"("READ")", R"("write\tread")", "[]", R"(["read write"])", "null", "1", R"({"read":1})"}) {
    EXPECT_EQ(verdict_under(builder, R"({"scope":)" + std::string(value) + "}"),
              Verdict::kClaimMismatch)
        << value;
  }
  EXPECT_EQ(verdict_under(builder, "{}"), Verdict::kClaimMissing);
}

TEST(Policy, RulesSeeRegisteredClaimsToo) {
  PolicyBuilder builder = lenient();
  builder.expect_string("sub", "alice").require_claim("jti");
  EXPECT_EQ(verdict_under(builder, R"({"sub":"alice","jti":"1"})"), Verdict::kValid);
  EXPECT_EQ(verdict_under(builder, R"({"sub":"bob","jti":"1"})"), Verdict::kClaimMismatch);
  EXPECT_EQ(verdict_under(builder, R"({"sub":"alice"})"), Verdict::kClaimMissing);
}

TEST(Policy, SignatureOnlyTakesAnyPayload) {
  Judge judge(Policy::signature_only());
  for (const std::string payload :
       {"no json", "{}", R"({"exp":1})", R"({"exp":"x"})", "\xff", " "}) {
    EXPECT_EQ(judge(forge_claims(payload)), Verdict::kValid) << payload;
    EXPECT_EQ(judge(forge(kHeader, payload, kOtherSecret)), Verdict::kBadSignature) << payload;
  }
  EXPECT_EQ(judge(forge(R"({"alg":"none"})", "x")), Verdict::kAlgNone);
  EXPECT_EQ(judge(forge(R"({"alg":"HS256","crit":["x"],"x":1})", "x")), Verdict::kCritUnsupported);
}

// --- Order and collection ---

TEST(Policy, ReportsTheFirstFailureInTheOrderOfVerdicts) {
  PolicyBuilder builder;
  builder.expect_iss("a").expect_aud("b").expect_typ("JWT").expect_exp();
  builder.max_age_seconds(10).require_claim("x");
  EXPECT_EQ(verdict_under(builder, R"({"exp":1})"), Verdict::kExpired);
  EXPECT_EQ(verdict_under(builder, "{}"), Verdict::kExpMissing);
  EXPECT_EQ(verdict_under(builder, R"({"exp":1750000001})"), Verdict::kIatMissing);
  EXPECT_EQ(verdict_under(builder, R"({"exp":1750000001,"iat":1})"), Verdict::kTooOld);
  EXPECT_EQ(verdict_under(builder, R"({"exp":1750000001,"iat":1750000000})"), Verdict::kIssMissing);
  EXPECT_EQ(verdict_under(builder, R"({"exp":1750000001,"iat":1750000000,"iss":"a"})"),
            Verdict::kAudMissing);
  EXPECT_EQ(verdict_under(builder, R"({"exp":1750000001,"iat":1750000000,"iss":"a","aud":"b"})"),
            Verdict::kClaimMissing);
  EXPECT_EQ(
      verdict_under(builder, R"({"exp":1750000001,"iat":1750000000,"iss":"a","aud":"b","x":1})"),
      Verdict::kValid);
}

VerifyResult result_under(const PolicyBuilder& builder, std::string_view claims, Scratch& scratch) {
  const Verifier verifier(KeySet::of(make_key()), builder.build().value());
  return verifier.verify(forge_claims(claims), scratch, kNow);
}

TEST(Policy, CollectsAllFailuresWhenAsked) {
  PolicyBuilder builder;
  builder.expect_iss("a").expect_aud("b").expect_typ("at+jwt").expect_exp();
  builder.require_claim("x").forbid_claim("y").expect_string("z", "1").require_claim("w");
  constexpr std::string_view kClaimsOfMany =
      R"({"iss":"c","exp":1,"nbf":1750000009,"y":1,"z":"2"})";

  Scratch scratch;
  const VerifyResult first = result_under(builder, kClaimsOfMany, scratch);
  EXPECT_EQ(first.verdict(), Verdict::kTypMismatch);
  VerdictSet alone;
  alone.add(Verdict::kTypMismatch);
  EXPECT_TRUE(first.failures() == alone);

  builder.collect_all_failures();
  const VerifyResult all = result_under(builder, kClaimsOfMany, scratch);
  EXPECT_EQ(all.verdict(), first.verdict());
  VerdictSet expected;
  for (const Verdict verdict : {Verdict::kTypMismatch, Verdict::kExpired, Verdict::kNotYetValid,
                                Verdict::kIssMismatch, Verdict::kAudMissing, Verdict::kClaimMissing,
                                Verdict::kClaimForbidden, Verdict::kClaimMismatch}) {
    expected.add(verdict);
  }
  EXPECT_TRUE(all.failures() == expected);
  EXPECT_EQ(all.failed_rules(), 0b1111u);
}

TEST(Policy, CollectsMalformedClaimsBesideOthers) {
  PolicyBuilder builder;
  builder.expect_iss("a").ignore_aud().ignore_typ().expect_exp().collect_all_failures();
  Scratch scratch;
  const VerifyResult result = result_under(builder, R"({"iss":1,"exp":"x","aud":{}})", scratch);
  EXPECT_EQ(result.verdict(), Verdict::kBadIss);
  VerdictSet expected;
  // That a malformed iss or exp is missing as well would be no news.
  expected.add(Verdict::kBadIss);
  expected.add(Verdict::kBadAud);
  expected.add(Verdict::kBadExp);
  EXPECT_TRUE(result.failures() == expected);
}

TEST(Policy, TellsWhichRuleFailed) {
  PolicyBuilder builder = lenient();
  builder.require_claim("a").expect_string("b", "B").forbid_claim("c").expect_scope("d", "D");
  const Policy policy = builder.build().value();
  struct {
    const char* claims;
    size_t rule;
    const char* claim;
  } constexpr kCases[] = {
      {R"({"b":"B","d":"D"})", 0, "a"},
      {R"({"a":1,"b":"x","d":"D"})", 1, "b"},
      {R"({"a":1,"b":"B","c":1,"d":"D"})", 2, "c"},
      {R"({"a":1,"b":"B","d":"x"})", 3, "d"},
  };
  Scratch scratch;
  for (const auto& c : kCases) {
    const VerifyResult result = result_under(builder, c.claims, scratch);
    EXPECT_EQ(result.failed_rules(), uint64_t{1} << c.rule) << c.claims;
    EXPECT_EQ(policy.rule_claim(c.rule), c.claim);
    EXPECT_FALSE(policy.rule_demand(c.rule).empty());
  }
  EXPECT_THAT(std::string(policy.rule_demand(1)), HasSubstr("B"));
  EXPECT_THAT(std::string(policy.rule_demand(3)), HasSubstr("D"));
}

// --- Memory ---

TEST(Verifier, FindsTheSameWhateverItsScratchSawBefore) {
  // A scratch remembers what a verifier made of claims that tokens of one kind share. So tokens
  // that resemble each other, under two verifiers in turn, and each also with a new scratch.
  const std::vector<std::string> values[] = {
      {R"("a")", R"("b")", R"("c")", R"(["a"])", "7", "1750000000", ""},             // iss
      {R"("a")", R"("b")", R"(["a","b"])", R"(["b"])", R"(["a",1])", "null", ""},    // aud
      {R"("alice")", R"("bob")", R"("carol")", "1.5", "true", "2750000000", ""},     // sub
      {"1750003600", "1750000001", "1749999999", "1.75e9", R"("1750003600")", ""}};  // exp
  const char* const names[] = {"iss", "aud", "sub", "exp"};
  const KeySet keys = KeySet::of(make_key());
  const Verifier verifiers[] = {Verifier(keys, PolicyBuilder()
                                                   .expect_iss("a")
                                                   .expect_aud("a")
                                                   .ignore_typ()
                                                   .expect_exp()
                                                   .collect_all_failures()
                                                   .build()
                                                   .value()),
                                Verifier(keys, PolicyBuilder()
                                                   .expect_iss_any_of({"b", "c"})
                                                   .expect_aud_all_of({"a", "b"})
                                                   .ignore_typ()
                                                   .allow_missing_exp()
                                                   .build()
                                                   .value())};
  std::vector<KernelScratch> used = make_kernel_scratches();
  std::mt19937 random(7);
  size_t chosen[4] = {};
  size_t num_valid = 0;
  for (int i = 0; i < 4000; ++i) {
    // One value changes from token to token, most often sub.
    const size_t changed = random() % 4 == 0 ? random() % 4 : 2;
    chosen[changed] = random() % (random() % 4 == 0 ? values[changed].size() : 3);
    std::string claims;
    for (size_t c = 0; c < 4; ++c) {
      const std::string& value = values[c][chosen[c]];
      if (value.empty()) continue;
      claims += (claims.empty() ? "{\"" : ",\"") + std::string(names[c]) + "\":" + value;
    }
    const std::string token = forge_claims(claims.empty() ? "{}" : claims + '}');
    for (const Verifier& verifier : verifiers) {
      Scratch fresh;
      const VerifyResult expected = verifier.verify(token, fresh, kNow);
      num_valid += expected.verdict() == Verdict::kValid;
      for (KernelScratch& kernel : used) {
        const VerifyResult found = verifier.verify(token, kernel.scratch, kNow);
        ASSERT_EQ(found.verdict(), expected.verdict()) << kernel.kernel << ": " << claims;
        ASSERT_TRUE(found.failures() == expected.failures()) << kernel.kernel << ": " << claims;
        if (!found) continue;
        ASSERT_EQ(found->iss(), expected->iss());
        ASSERT_EQ(found->sub(), expected->sub());
        ASSERT_EQ(found->exp(), expected->exp());
      }
    }
  }
  EXPECT_GT(num_valid, 500u);
}

}  // namespace
}  // namespace simdjwt::testing
