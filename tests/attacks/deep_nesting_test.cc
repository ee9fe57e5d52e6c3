// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. JSON nests without end, and a reader that calls itself for each level ends with its
// stack: five thousand brackets fit into a token. Where depth is only bounded for what is read,
// unread members crash the service behind the verifier.
//
// The defence. Depth is bounded for every member, read or not, and no reader calls itself.

#include <gtest/gtest.h>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

std::string repeated(std::string_view text, size_t times) {
  std::string all;
  for (size_t i = 0; i < times; ++i) all += text;
  return all;
}

// An object, itself the first of `depth` levels, the others inside its member "x".
std::string arrays(size_t depth) {
  return R"({"exp":1750003600,"x":)" + repeated("[", depth - 1) + repeated("]", depth - 1) + "}";
}
std::string objects(size_t depth) {
  return R"({"exp":1750003600,"x":)" + repeated(R"({"x":)", depth - 1) + "1" +
         repeated("}", depth - 1) + "}";
}
std::string in_turns(size_t depth) {
  const size_t pairs = (depth - 1) / 2;
  const bool odd = (depth - 1) % 2 != 0;
  return R"({"exp":1750003600,"x":)" + repeated(R"([{"x":)", pairs) + (odd ? "[]" : "1") +
         repeated("}]", pairs) + "}";
}

TEST(DeepNesting, IsRefusedBeyondItsBound) {
  Judge judge;
  for (const auto& nested : {arrays, objects, in_turns}) {
    EXPECT_EQ(judge(forge_claims(nested(kJsonDepthMax - 1))), Verdict::kValid);
    EXPECT_EQ(judge(forge_claims(nested(kJsonDepthMax))), Verdict::kValid);
    EXPECT_EQ(judge(forge_claims(nested(kJsonDepthMax + 1))), Verdict::kBadClaimsJson);
    EXPECT_EQ(judge(forge_claims(nested(kJsonDepthMax + 2))), Verdict::kBadClaimsJson);
    EXPECT_EQ(judge(forge_claims(nested(2 * kJsonDepthMax))), Verdict::kBadClaimsJson);
    EXPECT_EQ(judge(forge_claims(nested(900))), Verdict::kBadClaimsJson);
  }
}

TEST(DeepNesting, IsRefusedInTheHeader) {
  Judge judge;
  const auto header = [](size_t depth) {
    return R"({"alg":"HS256","x":)" + repeated("[", depth - 1) + repeated("]", depth - 1) + "}";
  };
  EXPECT_EQ(judge(forge(header(kJsonDepthMax), kClaims)), Verdict::kValid);
  EXPECT_EQ(judge(forge(header(kJsonDepthMax + 1), kClaims)), Verdict::kBadHeaderJson);
  EXPECT_EQ(judge(forge(header(700), kClaims)), Verdict::kBadHeaderJson);
}

TEST(DeepNesting, IsRefusedWhenNothingCloses) {
  Judge judge;
  for (const char* opening : {"[", "{\"x\":", "[{\"x\":", "{", "[["}) {
    for (const size_t times : {1u, 63u, 64u, 65u, 500u, 1000u}) {
      EXPECT_EQ(judge(forge_claims(R"({"x":)" + repeated(opening, times))), Verdict::kBadClaimsJson)
          << opening << " x " << times;
      EXPECT_EQ(judge(forge_claims(repeated(opening, times))), Verdict::kBadClaimsJson);
    }
  }
  EXPECT_EQ(judge(forge_claims(repeated("]", 1000))), Verdict::kBadClaimsJson);
  EXPECT_EQ(judge(forge_claims("{}" + repeated("}", 1000))), Verdict::kBadClaimsJson);
}

TEST(DeepNesting, IsNotSidewaysExtent) {
  // Many containers beside one another are not deep.
  Judge judge;
  EXPECT_EQ(judge(forge_claims(R"({"x":[)" + repeated("[],", 1000) + "[]]}")), Verdict::kValid);
  EXPECT_EQ(judge(forge_claims(R"({"x":[)" + repeated("{},", 1000) + "{}]}")), Verdict::kValid);
}

}  // namespace
}  // namespace simdjwt::testing
