// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. A fast reader stops when it has seen what it looks for. Put a good exp first, and
// behind it anything: a syntax error, a second document, bytes that are no text. The verifier
// accepts, the service behind it reads the same bytes with another parser, and gets something else,
// or falls over.
//
// The defence. RFC 7519 section 7.2 wants one completely valid JSON object: all of it is read
// before any claim counts, also the parts that nobody asks for.

#include <gtest/gtest.h>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

// What may not stand behind a good exp.
constexpr const char* kBroken[] = {
    R"({"exp":1750003600,"x":@})",
    R"({"exp":1750003600,"x":})",
    R"({"exp":1750003600,"x"})",
    R"({"exp":1750003600,"x":1,})",
    R"({"exp":1750003600,,"x":1})",
    R"({"exp":1750003600 "x":1})",
    R"({"exp":1750003600;"x":1})",
    R"({"exp":1750003600,"x":1)",
    R"({"exp":1750003600,"x":1]",
    R"({"exp":1750003600,"x":1}})",
    R"({"exp":1750003600,"x":1}x)",
    R"({"exp":1750003600}{"exp":1})",
    R"({"exp":1750003600} {})",
    R"({"exp":1750003600},)",
    R"({"exp":1750003600}null)",
    R"({"exp":1750003600,"x":1.2.3})",
    R"({"exp":1750003600,"x":01})",
    R"({"exp":1750003600,"x":-})",
    R"({"exp":1750003600,"x":+1})",
    R"({"exp":1750003600,"x":.5})",
    R"({"exp":1750003600,"x":1.})",
    R"({"exp":1750003600,"x":1e})",
    R"({"exp":1750003600,"x":1e+})",
    R"({"exp":1750003600,"x":0x10})",
    R"({"exp":1750003600,"x":1a})",
    R"({"exp":1750003600,"x":1_000})",
    R"({"exp":1750003600,"x":NaN})",
    R"({"exp":1750003600,"x":Infinity})",
    R"({"exp":1750003600,"x":True})",
    R"({"exp":1750003600,"x":tru})",
    R"({"exp":1750003600,"x":truee})",
    R"({"exp":1750003600,"x":nul})",
    R"({"exp":1750003600,"x":nulll})",
    R"({"exp":1750003600,"x":falsetrue})",
    R"({"exp":1750003600,"x":true false})",
    R"({"exp":1750003600,"x":"})",
    R"({"exp":1750003600,"x":"\"})",
    R"({"exp":1750003600,"x":"\x41"})",
    R"({"exp":1750003600,"x":"\u12"})",
    R"({"exp":1750003600,"x":"\u123g"})",
    R"({"exp":1750003600,"x":"\U0041"})",
    R"({"exp":1750003600,"x":"\'"})",
    R"({"exp":1750003600,"x":'y'})",
    R"({"exp":1750003600,x:1})",
    R"({"exp":1750003600,'x':1})",
    R"({"exp":1750003600,1:1})",
    R"({"exp":1750003600,null:1})",
    R"({"exp":1750003600,"x":[1,]})",
    R"({"exp":1750003600,"x":[,1]})",
    R"({"exp":1750003600,"x":[1 2]})",
    R"({"exp":1750003600,"x":[1:2]})",
    R"({"exp":1750003600,"x":[1})",
    R"({"exp":1750003600,"x":[1}])",
    R"({"exp":1750003600,"x":[}])",
    R"({"exp":1750003600,"x":{]})",
    R"({"exp":1750003600,"x":{"y"}})",
    R"({"exp":1750003600,"x":{"y":1,}})",
    R"({"exp":1750003600,"x":{1:1}})",
    R"({"exp":1750003600,"x":1/* comment */})",
    R"({"exp":1750003600,"x":1// comment
})",
    "{\"exp\":1750003600,\"x\":\"raw\nline end\"}",
    "{\"exp\":1750003600,\"x\":\"raw\ttab\"}",
    "{\"exp\":1750003600,\"x\\\n\":1}",
    "{\"exp\":1750003600,\"x\":\"\xff\"}",
    "{\"exp\":1750003600,\f\"x\":1}",
    "{\"exp\":1750003600,\v\"x\":1}",
    "{\"exp\":1750003600,\xc2\xa0\"x\":1}",
};

TEST(BrokenClaims, AreRefusedBehindAGoodExp) {
  Judge judge;
  for (const char* claims : kBroken) {
    EXPECT_EQ(judge(forge_claims(claims)), Verdict::kBadClaimsJson) << claims;
  }
}

TEST(BrokenClaims, AreRefusedAlsoWhenTheyHaveExpired) {
  // The JSON decides before the clock does.
  Judge judge;
  for (const char* claims : kBroken) {
    EXPECT_EQ(judge(forge_claims(claims), 1750003600), Verdict::kBadClaimsJson) << claims;
  }
}

TEST(BrokenClaims, AreRefusedAtTheSamePlacesInTheHeader) {
  Judge judge;
  constexpr std::string_view kPrefix = R"({"exp":1750003600)";
  for (const std::string_view claims : kBroken) {
    const std::string header = R"({"alg":"HS256")" + std::string(claims.substr(kPrefix.size()));
    EXPECT_EQ(judge(forge(header, kClaims)), Verdict::kBadHeaderJson) << header;
  }
}

TEST(BrokenClaims, AreRefusedWithARawControlCharacterAnywhere) {
  Judge judge;
  for (char c = 0; c < 0x20; ++c) {
    const std::string inside = R"({"exp":1750003600,"x":"a)" + std::string(1, c) + R"(b"})";
    EXPECT_EQ(judge(forge_claims(inside)), Verdict::kBadClaimsJson) << int{c};
    const bool blank = c == '\t' || c == '\n' || c == '\r';
    const std::string between = R"({"exp":1750003600,)" + std::string(1, c) + R"("x":"ab"})";
    EXPECT_EQ(judge(forge_claims(between)), blank ? Verdict::kValid : Verdict::kBadClaimsJson)
        << int{c};
    const std::string behind = R"({"exp":1750003600})" + std::string(1, c);
    EXPECT_EQ(judge(forge_claims(behind)), blank ? Verdict::kValid : Verdict::kBadClaimsJson)
        << int{c};
  }
}

TEST(BrokenClaims, AreAnObjectAndNothingElse) {
  // An array passed by every validator of claims once, for it has none (fast-jwt).
  Judge judge;
  for (const char* claims :
       {"[]", "[{}]", R"([{"exp":1750003600}])", R"("{}")", "null", "true", "0", "1750003600", "x",
        " ", "\n", "{", "}", "{}{}", "{}[]", "[{\"exp\":1}", ",{}", "{},"}) {
    EXPECT_EQ(judge(forge_claims(claims)), Verdict::kBadClaimsJson) << claims;
    EXPECT_EQ(judge(forge(claims, kClaims)), Verdict::kBadHeaderJson) << claims;
  }
}

TEST(BrokenClaims, AreNotClaimsThatAreMerelyOdd) {
  Judge judge;
  for (const char* claims : {
           "{}",
           " {} ",
           "\t\r\n {\t\r\n \"exp\"\t\r\n :\t\r\n 1750003600\t\r\n }\t\r\n ",
           R"({"":""})",
           R"({"x":[],"y":{},"z":[[],[{}]]})",
           R"({"x":-0,"y":0.0,"z":1E+2,"w":1e-2})",
           R"({"x":"\"\\\/\b\f\n\r\t\u0041\u0000"})",
           R"({"x":"{\"exp\":1}","y":"}","z":"]"})",
           R"({"x":"// no comment /* */"})",
           "{\"x\":\"\x7f\"}",
       }) {
    EXPECT_EQ(judge(forge_claims(claims)), Verdict::kValid) << claims;
  }
}

}  // namespace
}  // namespace simdjwt::testing
