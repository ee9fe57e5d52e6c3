// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include <gtest/gtest.h>
#include <simdjwt/token.h>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

TEST(TokenView, ShowsThePartsInTheCallersBytes) {
  const std::string token = "abc.defg.hi";
  TokenView view;
  ASSERT_EQ(TokenView::split(token, view), Verdict::kValid);
  EXPECT_EQ(view.text(), token);
  EXPECT_EQ(view.header(), "abc");
  EXPECT_EQ(view.claims(), "defg");
  EXPECT_EQ(view.signature(), "hi");
  EXPECT_EQ(view.signing_input(), "abc.defg");
  EXPECT_EQ(view.header().data(), token.data());
  EXPECT_EQ(view.signature().data(), token.data() + 9);
}

TEST(TokenView, SplitsAtEveryPairOfDots) {
  for (size_t length = 5; length < 150; ++length) {
    for (size_t first = 1; first < length - 3; first += 3) {
      for (size_t second = first + 2; second < length - 1; second += 5) {
        std::string token(length, 'a');
        token[first] = '.';
        token[second] = '.';
        TokenView view;
        ASSERT_EQ(TokenView::split(token, view), Verdict::kValid);
        EXPECT_EQ(view.header().size(), first);
        EXPECT_EQ(view.claims().size(), second - first - 1);
        EXPECT_EQ(view.signature().size(), length - second - 1);
      }
    }
  }
}

TEST(TokenView, ChecksNeitherAlphabetNorContent) {
  TokenView view;
  EXPECT_EQ(TokenView::split("{}. .\xff", view), Verdict::kValid);
}

TEST(TokenView, RefusesWhatIsNotThreeParts) {
  TokenView view;
  for (const char* token : {"", "a", "a.b", "a.b.", "a..c", ".b.c", "a.b.c.d", "a.b.c.d.e.f"}) {
    EXPECT_EQ(TokenView::split(token, view), Verdict::kNotCompactJws) << token;
  }
  EXPECT_EQ(TokenView::split("a.b.c.d.e", view), Verdict::kEncryptedToken);
  EXPECT_EQ(TokenView::split(std::string(kTokenBytesMax + 1, 'a'), view), Verdict::kTokenTooLarge);
}

TEST(TokenView, ReadsNothingOutsideTheToken) {
  GuardedBuffer guarded(300);
  for (size_t length = 0; length < 300; ++length) {
    std::string token(length, 'a');
    if (length > 4) token[1] = token[length - 2] = '.';
    TokenView view;
    const Verdict expected = length > 4 ? Verdict::kValid : Verdict::kNotCompactJws;
    EXPECT_EQ(TokenView::split(guarded.at_end(token), view), expected) << length;
    EXPECT_EQ(TokenView::split(guarded.at_begin(token), view), expected) << length;
  }
}

TEST(DecodeUnverified, ShowsWhatATokenSays) {
  const auto token = decode_unverified(forge(kHeader, kClaims, kOtherSecret));
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ(token->header_json, kHeader);
  EXPECT_EQ(token->payload, kClaims);
  EXPECT_EQ(token->signature, hmac_tag(Algorithm::kHs256, kOtherSecret,
                                       base64url(kHeader) + '.' + base64url(kClaims)));
}

TEST(DecodeUnverified, ShowsWhatNoVerifierWouldTake) {
  // People look at broken tokens most of all.
  EXPECT_TRUE(decode_unverified(forge(R"({"alg":"none"})", "no json")).ok());
  EXPECT_TRUE(decode_unverified(forge("{}", "\xff")).ok());
  EXPECT_TRUE(decode_unverified(forge(kHeader, R"({"exp":1})")).ok());
}

TEST(DecodeUnverified, RefusesWhatIsNoToken) {
  for (const std::string& token :
       {std::string(), std::string("a.b"), std::string("e30.e30.A"), std::string("e30.e30="),
        std::string("e30.e30.AAAA=="), std::string("a.b.c.d.e"), forge("[]", "{}"),
        forge("no json", "{}"), std::string(kTokenBytesMax + 1, 'a')}) {
    EXPECT_FALSE(decode_unverified(token).ok()) << token.substr(0, 40);
  }
}

TEST(DecodeUnverified, SaysWhichFlawItFound) {
  const auto flaw_of = [](std::string_view header) {
    return std::string(decode_unverified(forge(header, "{}")).status().message());
  };
  EXPECT_EQ(flaw_of(R"({"alg":"HS256","alg":"none"})"), describe(Verdict::kDuplicateHeaderName));
  EXPECT_EQ(flaw_of(R"({"alg":"HS256")"), describe(Verdict::kBadHeaderJson));
}

}  // namespace
}  // namespace simdjwt::testing
