// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/identity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "simdjwt/verifier.h"
#include "support/token_forge.h"

namespace simdjwt::serve {
namespace {

using namespace testing;

class IdentityTest : public ::testing::Test {
 protected:
  IdentityTest()
      : verifier_(
            KeySet::of(*Key::hmac(Algorithm::kHs256, kSecret)),
            *PolicyBuilder().ignore_iss().ignore_aud().ignore_typ().allow_missing_exp().build()) {}

  // The lines for a token of these claims.
  std::string lines_of(const PolicyConfig& policy, std::string_view claims,
                       size_t bytes_max = kIdentityBytesMax) {
    const VerifyResult result = verifier_.verify(forge_claims(claims), scratch_, kNow);
    EXPECT_TRUE(result) << claims;
    std::string lines = "before\r\n";
    num_dropped_ = writer_.append_lines(lines, policy, result ? &*result : nullptr, bytes_max);
    EXPECT_TRUE(lines.starts_with("before\r\n"));
    return lines.substr(8);
  }
  // The value that a claim with this JSON gets.
  std::string value_of(const std::string& json) {
    const std::string line = lines_of(sub_, R"({"sub2":)" + json + "}");
    EXPECT_TRUE(line.starts_with("X-Sub: ") && line.ends_with("\r\n")) << line;
    return line.substr(7, line.size() - 9);
  }

  const PolicyConfig sub_ = {.identity_headers = {{"X-Sub", "sub2"}}};
  Verifier verifier_;
  Scratch scratch_;
  IdentityWriter writer_;
  size_t num_dropped_ = 0;
};

TEST_F(IdentityTest, WritesEveryConfiguredHeader) {
  const PolicyConfig policy{.identity_headers = {{"X-A", "a"}, {"X-B", "b"}, {"X-Sub", "sub"}},
                            .payload_header = "X-P"};
  EXPECT_EQ(lines_of(policy, R"({"sub":"alice","b":1})"),
            "X-A: -\r\nX-B: 1\r\nX-Sub: alice\r\nX-P: eyJzdWIiOiJhbGljZSIsImIiOjF9\r\n");
  EXPECT_EQ(lines_of(policy, "{}"), "X-A: -\r\nX-B: -\r\nX-Sub: -\r\nX-P: e30\r\n");
  EXPECT_EQ(num_dropped_, 0);
  std::string anonymous;
  EXPECT_EQ(writer_.append_lines(anonymous, policy, nullptr), 0);
  EXPECT_EQ(anonymous, "X-A: -\r\nX-B: -\r\nX-Sub: -\r\nX-P: -\r\n");
}

TEST_F(IdentityTest, WritesNothingWhereNothingIsConfigured) {
  EXPECT_EQ(lines_of(PolicyConfig(), R"({"sub":"alice"})"), "");
}

TEST_F(IdentityTest, WritesStringsAsTheyAre) {
  EXPECT_EQ(value_of(R"("alice")"), "alice");
  EXPECT_EQ(value_of(R"("read write")"), "read write");
  EXPECT_EQ(value_of(R"("a, b; \"c\" \\ {d} ${e} ~!")"), "a, b; \"c\" \\ {d} ${e} ~!");
}

TEST_F(IdentityTest, LetsNoStringOutOfItsLine) {
  EXPECT_EQ(value_of(R"("a\r\nX-Sub: root")"), "a%0D%0AX-Sub: root");
  EXPECT_EQ(value_of(R"("a\nb\rc\u0000d\te\u007f")"), "a%0Ab%0Dc%00d%09e%7F");
  EXPECT_EQ(value_of("\"J\xc3\xb6rg \xe2\x84\xa6\""), "J%C3%B6rg %E2%84%A6");
  EXPECT_EQ(value_of(R"("\u2028\ud83d\ude00")"), "%E2%80%A8%F0%9F%98%80");
  EXPECT_EQ(value_of(R"(" a  b ")"), "%20a  b%20");
  EXPECT_EQ(value_of(R"(" ")"), "%20");
  for (int c = 0; c < 0x80; ++c) {
    char escaped[16];
    std::snprintf(escaped, sizeof(escaped), "\"a\\u%04xb\"", static_cast<unsigned>(c));
    for (const char out : value_of(escaped)) EXPECT_TRUE(out >= ' ' && out <= '~') << c;
  }
}

// What is encoded can be told from what looks encoded.
TEST_F(IdentityTest, WritesNoTwoStringsAlike) {
  EXPECT_EQ(value_of(R"("%0A")"), "%250A");
  EXPECT_EQ(value_of(R"("-")"), "%2D");
  EXPECT_EQ(value_of(R"("--")"), "--");
  EXPECT_EQ(value_of(R"(["-"])"), "%2D");
}

TEST_F(IdentityTest, WritesNumbersInTheirShortestForm) {
  EXPECT_EQ(value_of("0"), "0");
  EXPECT_EQ(value_of("-0"), "0");
  EXPECT_EQ(value_of("-0.0"), "0");
  EXPECT_EQ(value_of("42"), "42");
  EXPECT_EQ(value_of("-7"), "-7");
  EXPECT_EQ(value_of("1.0"), "1");
  EXPECT_EQ(value_of("1.50"), "1.5");
  EXPECT_EQ(value_of("1e3"), "1000");
  EXPECT_EQ(value_of("9007199254740993"), "9007199254740993");
  EXPECT_EQ(value_of("18446744073709551616"), "18446744073709551616");
}

TEST_F(IdentityTest, WritesBooleans) {
  EXPECT_EQ(value_of("true"), "true");
  EXPECT_EQ(value_of("false"), "false");
}

TEST_F(IdentityTest, JoinsArraysByCommas) {
  EXPECT_EQ(value_of(R"(["admin","ops"])"), "admin,ops");
  EXPECT_EQ(value_of(R"([ "a" , 1 , 2.50 , true , -3 ])"), "a,1,2.5,true,-3");
  EXPECT_EQ(value_of(R"(["a,b","c"])"), "a%2Cb,c");
  EXPECT_EQ(value_of(R"(["","a",""])"), ",a,");
  EXPECT_EQ(value_of(R"([" a ","b\r\nc"])"), "%20a%20,b%0D%0Ac");
}

TEST_F(IdentityTest, PutsADashForWhatHasNoValue) {
  for (const char* json : {"null", "\"\"", "{}", R"({"a":"b"})", "[]", "[\"\"]", "[null]",
                           R"(["a",["b"]])", R"(["a",{"b":1}])"}) {
    EXPECT_EQ(value_of(json), "-") << json;
  }
}

TEST_F(IdentityTest, DropsThePayloadFirst) {
  const PolicyConfig policy{.identity_headers = {{"X-Sub", "sub"}}, .payload_header = "X-P"};
  const std::string claims = R"({"sub":")" + std::string(100, 'a') + "\"}";
  const std::string line = "X-Sub: " + std::string(100, 'a') + "\r\n";
  const std::string payload_line = "X-P: " + base64url(claims) + "\r\n";
  const size_t enough = line.size() + payload_line.size();
  EXPECT_EQ(lines_of(policy, claims, enough), line + payload_line);
  EXPECT_EQ(num_dropped_, 0);
  EXPECT_EQ(lines_of(policy, claims, enough - 1), line + "X-P: -\r\n");
  EXPECT_EQ(num_dropped_, 1);
}

TEST_F(IdentityTest, DropsTheLongestClaimsNext) {
  const PolicyConfig policy{.identity_headers = {{"X-A", "a"}, {"X-B", "b"}, {"X-C", "c"}},
                            .payload_header = "X-P"};
  const std::string claims = R"({"a":"short","b":")" + std::string(3000, 'b') + R"(","c":")" +
                             std::string(1500, 'c') + "\"}";
  EXPECT_EQ(lines_of(policy, claims),
            "X-A: short\r\nX-B: -\r\nX-C: " + std::string(1500, 'c') + "\r\nX-P: -\r\n");
  EXPECT_EQ(num_dropped_, 2);
  EXPECT_EQ(lines_of(policy, claims, 1000), "X-A: short\r\nX-B: -\r\nX-C: -\r\nX-P: -\r\n");
  EXPECT_EQ(num_dropped_, 3);
  EXPECT_EQ(lines_of(policy, claims, 0), "X-A: -\r\nX-B: -\r\nX-C: -\r\nX-P: -\r\n");
}

TEST_F(IdentityTest, StaysWithinItsBudget) {
  PolicyConfig policy{.payload_header = "X-Payload"};
  std::string claims = "{";
  for (int i = 0; i < 32; ++i) {
    const std::string name = "c" + std::to_string(i);
    policy.identity_headers.push_back({"X-" + name, name});
    claims += (i > 0 ? ",\"" : "\"") + name + "\":\"" +
              std::string(5u * static_cast<unsigned>(i), '\x7f') + '"';
  }
  const std::string lines = lines_of(policy, claims + "}");
  EXPECT_LE(lines.size(), kIdentityBytesMax);
  EXPECT_GT(num_dropped_, 0);
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 33);
}

}  // namespace
}  // namespace simdjwt::serve
