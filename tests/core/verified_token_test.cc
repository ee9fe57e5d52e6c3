// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjwt/verified_token.h>

#include <type_traits>
#include <utility>
#include <vector>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

using ::testing::Optional;

// An accepted token and what its views point into.
class Accepted {
 public:
  explicit Accepted(std::string_view claims, Policy policy = lenient().build().value(),
                    std::string kid = "")
      : verifier_(KeySet::of(make_key(kSecret, std::move(kid))), std::move(policy)),
        token_(forge_claims(claims)),
        result_(verifier_.verify(token_, scratch_, kNow)) {
    EXPECT_EQ(result_.verdict(), Verdict::kValid) << claims;
  }
  const VerifiedToken* operator->() const { return &*result_; }
  Claim claim(std::string_view name) const { return result_->claim(name).value(); }

 private:
  Verifier verifier_;
  Scratch scratch_;
  std::string token_;
  VerifyResult result_;
};

TEST(VerifiedToken, GivesRegisteredClaimsByType) {
  const Accepted token(
      R"({"iss":"https://i","sub":"alice","aud":["a","b"],"exp":1750000001,"nbf":1749999999,)"
      R"("iat":1749999998,"jti":"id-1"})");
  EXPECT_THAT(token->iss(), Optional(std::string_view("https://i")));
  EXPECT_THAT(token->sub(), Optional(std::string_view("alice")));
  EXPECT_THAT(token->jti(), Optional(std::string_view("id-1")));
  EXPECT_EQ(token->exp(), 1750000001);
  EXPECT_EQ(token->nbf(), 1749999999);
  EXPECT_EQ(token->iat(), 1749999998);
  EXPECT_TRUE(token->has_aud("a"));
  EXPECT_TRUE(token->has_aud("b"));
  EXPECT_FALSE(token->has_aud(""));
  EXPECT_FALSE(token->has_aud("c"));
  EXPECT_FALSE(token->has_aud("a,b"));
}

TEST(VerifiedToken, GivesNothingForWhatIsAbsent) {
  const Accepted token("{}");
  EXPECT_EQ(token->iss(), std::nullopt);
  EXPECT_EQ(token->sub(), std::nullopt);
  EXPECT_EQ(token->jti(), std::nullopt);
  EXPECT_EQ(token->exp(), std::nullopt);
  EXPECT_EQ(token->nbf(), std::nullopt);
  EXPECT_EQ(token->iat(), std::nullopt);
  EXPECT_FALSE(token->has_aud(""));
  EXPECT_FALSE(token->claim("iss").has_value());
  EXPECT_EQ(token->num_claims(), 0u);
  EXPECT_EQ(token->payload(), "{}");
  EXPECT_EQ(token->kid(), "");
}

TEST(VerifiedToken, TellsEmptyFromAbsent) {
  const Accepted token(R"({"iss":"","sub":"","aud":"","jti":"","iat":0,"nbf":0})");
  EXPECT_THAT(token->iss(), Optional(std::string_view("")));
  EXPECT_THAT(token->sub(), Optional(std::string_view("")));
  EXPECT_THAT(token->jti(), Optional(std::string_view("")));
  EXPECT_EQ(token->iat(), 0);
  EXPECT_EQ(token->nbf(), 0);
  EXPECT_TRUE(token->has_aud(""));
  EXPECT_FALSE(token->has_aud("a"));
}

TEST(VerifiedToken, UnescapesStrings) {
  const Accepted token(
      R"({"iss":"a\/b\"\\\b\f\n\r\t","sub":"\u00e9\u20ac\ud83d\ude00\u0000x","aud":["\u0061"]})");
  EXPECT_THAT(token->iss(), Optional(std::string_view("a/b\"\\\b\f\n\r\t")));
  EXPECT_THAT(token->sub(), Optional(std::string_view("é€😀\0x", 11)));
  EXPECT_TRUE(token->has_aud("a"));
  EXPECT_FALSE(token->has_aud("\\u0061"));
}

TEST(VerifiedToken, RoundsFractionsSoThatTheTokenLivesShorter) {
  const Accepted token(R"({"exp":1750000001.9,"nbf":1749999998.1,"iat":1749999997.9})");
  EXPECT_EQ(token->exp(), 1750000001);
  EXPECT_EQ(token->nbf(), 1749999999);
  EXPECT_EQ(token->iat(), 1749999997);
}

TEST(VerifiedToken, GivesAnyClaimByItsUnescapedName) {
  const Accepted token(R"({"a":1,"\u0062":2,"c\n":3,"":4})");
  EXPECT_EQ(token.claim("a").integer(), 1);
  EXPECT_EQ(token.claim("b").integer(), 2);
  EXPECT_EQ(token.claim("c\n").integer(), 3);
  EXPECT_EQ(token.claim("").integer(), 4);
  for (const char* name : {"\\u0062", "A", "a ", "c", "aa"}) {
    EXPECT_FALSE(token->claim(name).has_value()) << name;
  }
}

TEST(VerifiedToken, ListsItsClaimsInTheOrderOfTheToken) {
  const Accepted token(R"( { "z" : 1 , "\u0061" : [ 2 , {} ] ,"exp":1750000001, "m":"x" } )");
  ASSERT_EQ(token->num_claims(), 4u);
  const char* const names[] = {"z", "a", "exp", "m"};
  const char* const raw[] = {"1", "[ 2 , {} ]", "1750000001", "\"x\""};
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(token->claim_name(i), names[i]);
    EXPECT_EQ(token->claim_at(i).raw_json(), raw[i]);
  }
}

TEST(VerifiedToken, GivesThePayloadAsItWasSigned) {
  constexpr std::string_view kText = "\t{ \"a\\u0062\" : \"\\n\" }\r\n";
  EXPECT_EQ(Accepted(kText)->payload(), kText);
  const std::string bytes("no json\0\xff", 9);
  const Accepted blob(bytes, Policy::signature_only());
  EXPECT_EQ(blob->payload(), bytes);
  EXPECT_EQ(blob->num_claims(), 0u);
  EXPECT_EQ(blob->exp(), std::nullopt);
  const Accepted claims(R"({"exp":1,"sub":"x"})", Policy::signature_only());
  EXPECT_EQ(claims->exp(), std::nullopt) << "nobody looked at the claims";
  EXPECT_EQ(claims->num_claims(), 0u);
}

TEST(VerifiedToken, NamesTheKeyThatVerifiedIt) {
  // The key's kid, not the token's: this token has none.
  EXPECT_EQ(Accepted("{}", lenient().build().value(), "key-7")->kid(), "key-7");
}

TEST(Claim, HasTheTypeOfItsValue) {
  const Accepted token(
      R"({"null":null,"true":true,"false":false,"int":-12,"float":1.5,"text":"x","list":[1],)"
      R"("object":{"a":1}})");
  EXPECT_EQ(token.claim("null").type(), JsonType::kNull);
  EXPECT_EQ(token.claim("true").type(), JsonType::kBoolean);
  EXPECT_EQ(token.claim("false").type(), JsonType::kBoolean);
  EXPECT_EQ(token.claim("int").type(), JsonType::kNumber);
  EXPECT_EQ(token.claim("float").type(), JsonType::kNumber);
  EXPECT_EQ(token.claim("text").type(), JsonType::kString);
  EXPECT_EQ(token.claim("list").type(), JsonType::kArray);
  EXPECT_EQ(token.claim("object").type(), JsonType::kObject);

  EXPECT_EQ(token.claim("true").boolean(), true);
  EXPECT_EQ(token.claim("false").boolean(), false);
  EXPECT_EQ(token.claim("int").integer(), -12);
  EXPECT_EQ(token.claim("int").number(), -12.0);
  EXPECT_EQ(token.claim("float").number(), 1.5);
  EXPECT_THAT(token.claim("text").string(), Optional(std::string_view("x")));
  EXPECT_EQ(token.claim("list").raw_json(), "[1]");
  EXPECT_EQ(token.claim("object").raw_json(), R"({"a":1})");
}

TEST(Claim, IsNothingOfAnotherType) {
  const Accepted token(
      R"({"null":null,"true":true,"int":1,"text":"1","list":["1"],"object":{"1":1}})");
  for (size_t i = 0; i < token->num_claims(); ++i) {
    const Claim claim = token->claim_at(i);
    EXPECT_EQ(claim.boolean().has_value(), claim.type() == JsonType::kBoolean);
    EXPECT_EQ(claim.number().has_value(), claim.type() == JsonType::kNumber);
    EXPECT_EQ(claim.integer().has_value(), claim.type() == JsonType::kNumber);
    EXPECT_EQ(claim.string().has_value(), claim.type() == JsonType::kString);
    EXPECT_EQ(claim.has_element("1"), claim.type() == JsonType::kArray);
    EXPECT_EQ(claim.has_word("1"), claim.type() == JsonType::kString);
  }
}

TEST(Claim, ReadsNumbersExactlyOrNotAtAll) {
  const Accepted token(
      R"({"max":9223372036854775807,"min":-9223372036854775808,"more":9223372036854775808,)"
      R"("less":-9223372036854775809,"half":1.5,"whole":1.0,"exponent":1e2,"zero":0,"minus":-0,)"
      R"("large":1e308,"huge":1e400,"long":12345678901234567890123456789012345678901234567890})");
  EXPECT_EQ(token.claim("max").integer(), INT64_MAX);
  EXPECT_EQ(token.claim("min").integer(), INT64_MIN);
  EXPECT_EQ(token.claim("zero").integer(), 0);
  EXPECT_EQ(token.claim("minus").integer(), 0);
  for (const char* name : {"more", "less", "half", "whole", "exponent", "large", "huge", "long"}) {
    EXPECT_EQ(token.claim(name).integer(), std::nullopt) << name;
  }
  EXPECT_EQ(token.claim("more").number(), 9223372036854775808.0);
  EXPECT_EQ(token.claim("half").number(), 1.5);
  EXPECT_EQ(token.claim("whole").number(), 1.0);
  EXPECT_EQ(token.claim("exponent").number(), 100.0);
  EXPECT_EQ(token.claim("large").number(), 1e308);
}

TEST(Claim, FindsElementsAndWords) {
  const Accepted token(R"({"list":["a","b c","\u0064",1,null,["e"],{"f":"f"},""],"empty":[],)"
                       R"("scope":"read write\u0020all  x","none":""})");
  const Claim list = token.claim("list");
  for (const char* element : {"a", "b c", "d", ""})
    EXPECT_TRUE(list.has_element(element)) << element;
  for (const char* element : {"b", "c", "e", "f", "1", "null", "A"}) {
    EXPECT_FALSE(list.has_element(element)) << element;
  }
  EXPECT_FALSE(token.claim("empty").has_element(""));
  const Claim scope = token.claim("scope");
  for (const char* word : {"read", "write", "all", "x"}) EXPECT_TRUE(scope.has_word(word)) << word;
  for (const char* word : {"rea", "ead", "read write", "", "y"}) {
    EXPECT_FALSE(scope.has_word(word)) << word;
  }
  EXPECT_FALSE(token.claim("none").has_word("x"));
}

using Strings = std::vector<std::string>;

TEST(Claim, VisitsTheStringsOfAnArrayInOrder) {
  const Accepted token(R"({"plain":["a","b c",""],"escaped":["\u0064\"","\ud83d\ude00","é"],)"
                       R"("mixed":["a",1,null,["e"],{"f":"f"},"b"],"empty":[],"text":"a"})");
  const auto visit = [&](const char* name) {
    Strings visited;
    const bool all_strings = token.claim(name).for_each_element(
        [&](std::string_view element) { visited.emplace_back(element); });
    return std::pair(all_strings, visited);
  };
  EXPECT_EQ(visit("plain"), std::pair(true, Strings{"a", "b c", ""}));
  EXPECT_EQ(visit("escaped"), std::pair(true, Strings{"d\"", "😀", "é"}));
  EXPECT_EQ(visit("mixed"), std::pair(false, Strings{"a", "b"}));
  EXPECT_EQ(visit("empty"), std::pair(true, Strings{}));
  EXPECT_EQ(visit("text"), std::pair(false, Strings{}));
}

TEST(VerifiedToken, VisitsEveryAudience) {
  const auto audiences = [](std::string_view claims) {
    const Accepted token(claims);
    Strings visited;
    token->for_each_aud([&](std::string_view audience) { visited.emplace_back(audience); });
    return visited;
  };
  EXPECT_EQ(audiences(R"({"aud":["https:\/\/a","b"]})"), (Strings{"https://a", "b"}));
  EXPECT_EQ(audiences(R"({"aud":"\u0061"})"), Strings{"a"});
  EXPECT_EQ(audiences(R"({"aud":[]})"), Strings{});
  EXPECT_EQ(audiences("{}"), Strings{});
}

TEST(Claim, VisitsAnElementAsLongAsATokenCanHold) {
  const std::string longest(kTokenBytesMax * 3 / 4 - 200, 'x');
  const Accepted token(R"({"list":["\u0061)" + longest + R"("]})");
  std::string visited;
  token.claim("list").for_each_element([&](std::string_view element) { visited = element; });
  EXPECT_EQ(visited, "a" + longest);
}

TEST(VerifyResult, IsATriviallyCopyableVerdictBeforeItIsJudged) {
  static_assert(std::is_trivially_copyable_v<VerifyResult>);
  const VerifyResult result;
  EXPECT_FALSE(result);
  EXPECT_EQ(result.verdict(), Verdict::kOutOfMemory);
}

TEST(VerifyResult, OfAWholeBatchStaysReadable) {
  const Verifier verifier(KeySet::of(make_key()), lenient().build().value());
  std::vector<std::string> tokens;
  for (int i = 0; i < 500; ++i) {
    tokens.push_back(forge_claims(R"({"sub":"user\u002d)" + std::to_string(i) + R"(","n":)" +
                                  std::to_string(i) + R"(,"x":")" +
                                  std::string(static_cast<size_t>(i) * 7 % 3000, 'x') + R"("})"));
  }
  const std::vector<std::string_view> views(tokens.begin(), tokens.end());
  std::vector<VerifyResult> results(tokens.size());
  Scratch scratch;
  for (int round = 0; round < 3; ++round) {
    verifier.verify_batch(views, results, scratch, kNow);
    for (size_t i = 0; i < results.size(); ++i) {
      ASSERT_TRUE(results[i]) << i;
      EXPECT_EQ(results[i]->sub(), "user-" + std::to_string(i));
      EXPECT_EQ(results[i]->claim("n")->integer(), static_cast<int64_t>(i));
    }
  }
}

TEST(VerifyResult, MoreResultsThanTokensAreLeftAlone) {
  const Verifier verifier(KeySet::of(make_key()), lenient().build().value());
  const std::string token = forge_claims("{}");
  const std::string_view tokens[] = {token};
  VerifyResult results[3];
  Scratch scratch;
  verifier.verify_batch(tokens, results, scratch, kNow);
  EXPECT_EQ(results[0].verdict(), Verdict::kValid);
  EXPECT_EQ(results[1].verdict(), Verdict::kOutOfMemory);
  verifier.verify_batch({}, results, scratch, kNow);
}

}  // namespace
}  // namespace simdjwt::testing
