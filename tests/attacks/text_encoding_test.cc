// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. Bytes that are not UTF-8 are read by each library in its own way: one drops them, one
// replaces them, one takes an overlong form for the character it would be. Two names that differ
// become equal, or "admin" appears where a filter saw none. A byte order mark or UTF-16 makes a
// text that one reader understands and the next does not.
//
// The defence. Header and claims are UTF-8 without a byte order mark, all of it, names and values,
// read or not (RFC 7515 section 5.2, RFC 7519 section 7.2, RFC 8725 section 3.7).

#include <gtest/gtest.h>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

constexpr const char* kNotUtf8[] = {
    "\x80",  // a continuation alone
    "\xbf",
    "\xc3",  // cut short
    "\xe2\x82",
    "\xf0\x9f\x98",
    "\xc3\x28",  // not continued
    "\xe2\x28\xa1",
    "\xf0\x28\x8c\xbc",
    "\xc0\x80",  // overlong: NUL
    "\xc0\xaf",  // overlong: a slash
    "\xc1\xa1",  // overlong: the letter a
    "\xe0\x80\xaf",
    "\xe0\x9f\xbf",
    "\xf0\x80\x80\xaf",
    "\xf0\x8f\xbf\xbf",
    "\xed\xa0\x80",  // a surrogate
    "\xed\xbf\xbf",
    "\xed\xa0\xbd\xed\xb8\x80",
    "\xf4\x90\x80\x80",  // above U+10FFFF
    "\xf5\x80\x80\x80",
    "\xf8\x88\x80\x80\x80",
    "\xfc\x84\x80\x80\x80\x80",
    "\xfe",
    "\xff",
    "\xff\xfe",
};

TEST(TextEncoding, BytesThatAreNotUtf8AreRefusedInValuesAndNames) {
  Judge judge;
  for (const std::string text : kNotUtf8) {
    EXPECT_EQ(judge(forge_claims(R"({"x":")" + text + R"("})")), Verdict::kBadClaimsJson);
    EXPECT_EQ(judge(forge_claims(R"({"x":"a)" + text + R"(b"})")), Verdict::kBadClaimsJson);
    EXPECT_EQ(judge(forge_claims(R"({"a)" + text + R"(":1})")), Verdict::kBadClaimsJson);
    EXPECT_EQ(judge(forge_claims(R"({"x":[{"y":")" + text + R"("}]})")), Verdict::kBadClaimsJson);
    EXPECT_EQ(judge(forge_claims(R"({"sub":"alice)" + text + R"("})")), Verdict::kBadClaimsJson);
    EXPECT_EQ(judge(forge_claims(text + "{}")), Verdict::kBadClaimsJson);
    EXPECT_EQ(judge(forge_claims("{}" + text)), Verdict::kBadClaimsJson);
    EXPECT_EQ(judge(forge(R"({"alg":"HS256","x":")" + text + R"("})", kClaims)),
              Verdict::kBadHeaderJson);
    EXPECT_EQ(judge(forge(R"({"alg":"HS256","kid":")" + text + R"("})", kClaims)),
              Verdict::kBadHeaderJson);
  }
}

TEST(TextEncoding, BytesThatAreNotUtf8AreFoundAtEveryOffset) {
  // At each place relative to the blocks of 16, 32 and 64 bytes that a kernel looks at.
  Judge judge;
  for (size_t offset = 0; offset < 140; ++offset) {
    const std::string filling(offset, 'a');
    EXPECT_EQ(judge(forge_claims(R"({"x":")" + filling + "\xf0\x9f\x98\x80" + R"("})")),
              Verdict::kValid)
        << offset;
    EXPECT_EQ(judge(forge_claims(R"({"x":")" + filling + "\xf0\x9f\x98" + R"("})")),
              Verdict::kBadClaimsJson)
        << offset;
  }
}

TEST(TextEncoding, AByteOrderMarkIsRefused) {
  Judge judge;
  EXPECT_EQ(judge(forge_claims("\xef\xbb\xbf" + std::string(kClaims))), Verdict::kBadClaimsJson);
  EXPECT_EQ(judge(forge_claims(std::string(kClaims) + "\xef\xbb\xbf")), Verdict::kBadClaimsJson);
  EXPECT_EQ(judge(forge("\xef\xbb\xbf" + std::string(kHeader), kClaims)), Verdict::kBadHeaderJson);
  // Inside a string it is a character like any other.
  EXPECT_EQ(judge(forge_claims("{\"x\":\"\xef\xbb\xbf\"}")), Verdict::kValid);
}

TEST(TextEncoding, OtherEncodingsAreRefused) {
  Judge judge;
  const auto wide = [](std::string_view text, size_t width, bool big_endian) {
    std::string encoded;
    for (const char c : text) {
      std::string unit(width, '\0');
      unit[big_endian ? width - 1 : 0] = c;
      encoded += unit;
    }
    return encoded;
  };
  for (const size_t width : {2u, 4u}) {
    for (const bool big_endian : {false, true}) {
      EXPECT_EQ(judge(forge_claims(wide(kClaims, width, big_endian))), Verdict::kBadClaimsJson);
      EXPECT_EQ(judge(forge(wide(kHeader, width, big_endian), kClaims)), Verdict::kBadHeaderJson);
    }
  }
}

TEST(TextEncoding, LoneSurrogatesInEscapesAreRefused) {
  // JSON's grammar lets them pass, UTF-8 cannot hold them: what a reader makes of one is unforeseen
  // (RFC 8259 section 8.2).
  Judge judge;
  for (const char* text : {R"(\ud800)", R"(\udbff)", R"(\udc00)", R"(\udfff)", R"(\ud800x)",
                           R"(\ud800\u0041)", R"(\ud800\ud800)", R"(\udc00\ud800)", R"(\ud83d\n)",
                           R"(\ud83d\\ude00)", R"(\ud83d \ude00)"}) {
    EXPECT_EQ(judge(forge_claims(R"({"x":")" + std::string(text) + R"("})")),
              Verdict::kBadClaimsJson)
        << text;
    EXPECT_EQ(judge(forge_claims(R"({")" + std::string(text) + R"(":1})")), Verdict::kBadClaimsJson)
        << text;
    EXPECT_EQ(judge(forge(R"({"alg":"HS256","x":")" + std::string(text) + R"("})", kClaims)),
              Verdict::kBadHeaderJson)
        << text;
  }
}

TEST(TextEncoding, EveryCharacterOfUnicodeIsWelcome) {
  Judge judge;
  for (const char* text : {"é",
                           "€",
                           "😀",
                           "\x7f",
                           "\xc2\x80",
                           "\xdf\xbf",
                           "\xe0\xa0\x80",
                           "\xed\x9f\xbf",
                           "\xee\x80\x80",
                           "\xef\xbf\xbd",
                           "\xef\xbf\xbf",
                           "\xf0\x90\x80\x80",
                           "\xf4\x8f\xbf\xbf",
                           R"(\u0000)",
                           R"(\u001f)",
                           R"(\u00e9)",
                           R"(\ud83d\ude00)",
                           R"(\uD83D\uDE00)",
                           R"(\uffff)",
                           R"(\ud800\udc00)",
                           R"(\udbff\udfff)"}) {
    EXPECT_EQ(judge(forge_claims(R"({"x":")" + std::string(text) + R"("})")), Verdict::kValid)
        << text;
    EXPECT_EQ(judge(forge_claims(R"({")" + std::string(text) + R"(":1})")), Verdict::kValid)
        << text;
    EXPECT_EQ(judge(forge(R"({"alg":"HS256","x":")" + std::string(text) + R"("})", kClaims)),
              Verdict::kValid)
        << text;
  }
}

}  // namespace
}  // namespace simdjwt::testing
