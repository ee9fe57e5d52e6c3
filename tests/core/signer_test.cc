// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include <gtest/gtest.h>
#include <simdjwt/signer.h>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

Signer make_signer(std::string kid = "", std::string_view typ = "JWT",
                   Algorithm algorithm = Algorithm::kHs256) {
  return Signer::create(make_key(kSecret, std::move(kid), algorithm), typ).value();
}

TEST(Signer, MakesWhatOpenSslMakes) {
  for (const Algorithm algorithm : {Algorithm::kHs256, Algorithm::kHs384, Algorithm::kHs512}) {
    const std::string header =
        R"({"alg":")" + std::string(to_string(algorithm)) + R"(","typ":"JWT"})";
    EXPECT_EQ(make_signer("", "JWT", algorithm).sign_claims(kClaims).value(),
              forge(header, kClaims, kSecret, algorithm));
  }
  EXPECT_EQ(make_signer("a").sign_claims(kClaims).value(),
            forge(R"({"alg":"HS256","typ":"JWT","kid":"a"})", kClaims));
  EXPECT_EQ(make_signer("", "").sign_claims(kClaims).value(), forge(R"({"alg":"HS256"})", kClaims));
  EXPECT_EQ(make_signer("", "at+jwt").sign_claims(kClaims).value(),
            forge(R"({"alg":"HS256","typ":"at+jwt"})", kClaims));
}

TEST(Signer, MakesTokensThatVerify) {
  for (const Algorithm algorithm : {Algorithm::kHs256, Algorithm::kHs384, Algorithm::kHs512}) {
    Judge judge(KeySet::of(make_key(kSecret, "a", algorithm)));
    const Signer signer = make_signer("a", "JWT", algorithm);
    // Claims of all lengths modulo a block, and beyond.
    for (size_t length = 0; length < 200; ++length) {
      const std::string claims = R"({"x":")" + std::string(length, 'x') + R"("})";
      EXPECT_EQ(judge(signer.sign_claims(claims).value()), Verdict::kValid) << length;
    }
  }
}

TEST(Signer, EscapesTheKid) {
  for (const std::string kid :
       {"\"", "\\", "a\"b\\c", "\n", "\x1f", "\x7f", "\xc3\xa9", "\",\"alg\":\"none"}) {
    Judge judge(KeySet::of(make_key(kSecret, kid)));
    EXPECT_EQ(judge(make_signer(kid).sign_claims("{}").value()), Verdict::kValid) << kid;
  }
  const std::string nul("a\0b", 3);
  Judge judge(KeySet::of(make_key(kSecret, nul)));
  EXPECT_EQ(judge(make_signer(nul).sign_claims("{}").value()), Verdict::kValid);
}

TEST(Signer, RefusesAKidThatNoHeaderCanHold) {
  EXPECT_FALSE(Signer::create(make_key(kSecret, "\xff")).ok());
  EXPECT_FALSE(Signer::create(make_key(kSecret, "\xed\xa0\x80")).ok());
}

TEST(Signer, RefusesATypThatIsNotPrintableAscii) {
  for (const char* typ : {"a\n", "\x7f", "\xc3\xa9", "\x01"}) {
    EXPECT_FALSE(Signer::create(make_key(), typ).ok()) << typ;
  }
  EXPECT_FALSE(Signer::create(make_key(), std::string(kHeaderCharsMax, 'x')).ok());
  Judge judge;
  EXPECT_EQ(judge(make_signer("", R"(a"b\)").sign_claims("{}").value()), Verdict::kValid);
}

TEST(Signer, RefusesClaimsThatNoVerifierWouldTake) {
  const Signer signer = make_signer();
  for (const char* claims : {"",
                             " ",
                             "x",
                             "[]",
                             "null",
                             "1",
                             R"("x")",
                             "{",
                             "{}x",
                             "{}{}",
                             R"({"a":1,})",
                             R"({"a":01})",
                             R"({"a":1,"a":2})",
                             R"({"a":1,"\u0061":2})",
                             R"({"iss":1})",
                             R"({"sub":null})",
                             R"({"aud":[1]})",
                             R"({"exp":"never"})",
                             R"({"exp":-1})",
                             R"({"exp":1750003600000})",
                             R"({"nbf":true})",
                             R"({"iat":{}})",
                             R"({"jti":7})",
                             "{\"a\":\"\xff\"}",
                             R"({"a":"\ud800"})"}) {
    EXPECT_FALSE(signer.sign_claims(claims).ok()) << claims;
  }
  std::string many = "{\"m\":1";
  for (size_t i = 0; i < kMembersMax; ++i) many += ",\"" + std::to_string(i) + "\":1";
  EXPECT_FALSE(signer.sign_claims(many + "}").ok());
}

TEST(Signer, SignsOldAndFutureClaims) {
  // Whether they hold at some time is the verifier's to say.
  const Signer signer = make_signer();
  EXPECT_TRUE(signer.sign_claims(R"({"exp":0})").ok());
  EXPECT_TRUE(signer.sign_claims(R"({"nbf":253402300799})").ok());
  EXPECT_TRUE(signer.sign_claims("{}").ok());
}

TEST(Signer, RefusesWhatIsTooLarge) {
  const Signer signer = make_signer();
  Judge judge;
  const auto claims_of = [](size_t length) {
    return R"({"x":")" + std::string(length - 8, 'x') + R"("})";
  };
  for (size_t length = 5900; length < 6200; ++length) {
    const auto token = signer.sign_claims(claims_of(length));
    const bool fits = forge(kHeader, claims_of(length)).size() <= kTokenBytesMax;
    EXPECT_EQ(token.ok(), fits) << length;
    if (fits) {
      EXPECT_EQ(judge(*token), Verdict::kValid) << length;
    }
  }
  EXPECT_FALSE(signer.sign_claims(claims_of(kTokenBytesMax)).ok());
  EXPECT_FALSE(signer.sign_payload(std::string(kTokenBytesMax, 'x')).ok());
}

TEST(Signer, SignsAnyPayloadButAnEmptyOne) {
  const Signer signer = make_signer();
  Judge judge(Policy::signature_only());
  for (const std::string& payload :
       {std::string("x"), std::string("\xff\x00", 2), std::string(kClaims)}) {
    EXPECT_EQ(judge(signer.sign_payload(payload).value()), Verdict::kValid);
  }
  EXPECT_FALSE(signer.sign_payload("").ok());
}

TEST(Signer, IsDeterministicAndCopies) {
  const Signer signer = make_signer("a");
  const Signer copy = signer;
  EXPECT_EQ(signer.sign_claims(kClaims).value(), copy.sign_claims(kClaims).value());
}

}  // namespace
}  // namespace simdjwt::testing
