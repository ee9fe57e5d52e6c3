// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. Change something: a bit, a character, the length. Any change that still verifies is a
// forgery, or at least a second spelling.
//
// The defence. There is no change that verifies. These tests try all the small ones.

#include <gtest/gtest.h>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// The shortest that can verify, and one as they are in use.
std::vector<std::string> honest_tokens() {
  return {forge(R"({"alg":"HS256"})", "{}"), forge_claims(kClaims)};
}

TEST(Tampering, NoByteCanBecomeAnother) {
  Judge judge;
  const std::string honest = honest_tokens().front();
  ASSERT_EQ(judge(honest), Verdict::kValid);
  for (size_t i = 0; i < honest.size(); ++i) {
    std::string token = honest;
    for (int value = 0; value < 256; ++value) {
      token[i] = static_cast<char>(value);
      if (token[i] == honest[i]) continue;
      const Verdict verdict = judge(token);
      EXPECT_NE(verdict, Verdict::kValid) << "byte " << i << " made " << value;
      const bool foreign = token[i] != '.' && kAlphabet.find(token[i]) == kAlphabet.npos;
      if (foreign && honest[i] != '.') {
        EXPECT_EQ(verdict, Verdict::kBadBase64url) << "byte " << i << " made " << value;
      }
    }
  }
}

TEST(Tampering, NoBitCanFlip) {
  Judge judge;
  for (const std::string& honest : honest_tokens()) {
    for (size_t bit = 0; bit < 8 * honest.size(); ++bit) {
      std::string token = honest;
      token[bit / 8] = static_cast<char>(token[bit / 8] ^ 1 << bit % 8);
      EXPECT_NE(judge(token), Verdict::kValid) << bit;
    }
  }
}

TEST(Tampering, NoBitOfTheTagCanFlip) {
  Judge judge;
  const std::string input = base64url(kHeader) + '.' + base64url(kClaims);
  const std::string tag = hmac_tag(Algorithm::kHs256, kSecret, input);
  for (size_t bit = 0; bit < 8 * tag.size(); ++bit) {
    std::string other = tag;
    other[bit / 8] = static_cast<char>(other[bit / 8] ^ 1 << bit % 8);
    EXPECT_EQ(judge(input + '.' + base64url(other)), Verdict::kBadSignature) << bit;
  }
}

TEST(Tampering, NoByteCanBeCutOffEitherEnd) {
  Judge judge;
  for (const std::string& honest : honest_tokens()) {
    for (size_t length = 0; length < honest.size(); ++length) {
      EXPECT_NE(judge(honest.substr(0, length)), Verdict::kValid) << length;
      EXPECT_NE(judge(honest.substr(honest.size() - length)), Verdict::kValid) << length;
    }
  }
}

TEST(Tampering, NoByteCanBeRemovedDoubledOrSwapped) {
  Judge judge;
  for (const std::string& honest : honest_tokens()) {
    for (size_t i = 0; i < honest.size(); ++i) {
      std::string removed = honest;
      removed.erase(i, 1);
      EXPECT_NE(judge(removed), Verdict::kValid) << i;
      std::string doubled = honest;
      doubled.insert(i, 1, honest[i]);
      EXPECT_NE(judge(doubled), Verdict::kValid) << i;
      if (i + 1 == honest.size() || honest[i] == honest[i + 1]) continue;
      std::string swapped = honest;
      std::swap(swapped[i], swapped[i + 1]);
      EXPECT_NE(judge(swapped), Verdict::kValid) << i;
    }
  }
}

TEST(Tampering, PartsOfTwoTokensMakeNoThird) {
  Judge judge;
  const std::string alice = forge_claims(R"({"sub":"alice"})");
  const std::string admin = forge_claims(R"({"sub":"admin"})");
  const size_t dot = alice.rfind('.');
  EXPECT_EQ(judge(alice.substr(0, dot) + admin.substr(dot)), Verdict::kBadSignature);
  EXPECT_EQ(judge(admin.substr(0, dot) + alice.substr(dot)), Verdict::kBadSignature);
}

TEST(Tampering, ADotCannotMove) {
  // The same characters, split elsewhere: the bytes that are hashed differ in where the dot is.
  Judge judge;
  const std::string honest = forge_claims(kClaims);
  const std::string undotted = base64url(kHeader) + base64url(kClaims);
  const size_t dot = honest.find('.');
  for (size_t i = 1; i < undotted.size(); ++i) {
    if (i == dot) continue;
    std::string moved = undotted;
    moved.insert(i, 1, '.');
    EXPECT_NE(judge(moved + honest.substr(honest.rfind('.'))), Verdict::kValid) << i;
  }
}

}  // namespace
}  // namespace simdjwt::testing
