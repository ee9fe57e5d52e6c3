// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/bearer.h"

#include <gtest/gtest.h>

namespace simdjwt::serve {
namespace {

TEST(Bearer, TakesWhatFollowsTheScheme) {
  EXPECT_EQ(bearer_credentials("Bearer abc"), "abc");
  EXPECT_EQ(bearer_credentials("bEARER abc"), "abc");
  EXPECT_EQ(bearer_credentials("Bearer    abc"), "abc");
  EXPECT_EQ(bearer_credentials("Bearer a b"), "a b");
}

TEST(Bearer, KnowsABareScheme) {
  EXPECT_EQ(bearer_credentials("Bearer"), "");
  EXPECT_EQ(bearer_credentials("Bearer "), "");
}

TEST(Bearer, IsNoOtherScheme) {
  for (const char* value : {"", " ", "Basic abc", "Bearerabc", "Bear abc", "Bearers abc",
                            "Bearer\tabc", "Bearer,abc", "Bearer=abc", " Bearer abc", "abc"}) {
    EXPECT_EQ(bearer_credentials(value), std::nullopt) << value;
  }
}

TEST(Bearer, KnowsTheSyntaxOfTokens) {
  for (const char* text : {"a", "aZ09-._~+/", "a=", "a=="}) EXPECT_TRUE(is_b64token(text)) << text;
  for (const char* text : {"", "=", "==", "a b", "a=b", "a,b", "\"a\"", "a\t", "a;", "\xc3\xa4"}) {
    EXPECT_FALSE(is_b64token(text)) << text;
  }
}

}  // namespace
}  // namespace simdjwt::serve
