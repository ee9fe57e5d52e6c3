// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. A token that a user gave to one service is replayed by that service at another
// (RFC 8725 section 2.7). The audience stops it, unless the comparison looks for part of the text,
// the array for one element of a wrong type, or the verifier does not look when there is no aud.
//
// The defence. aud is a string or an array of strings, or an error; what is expected must be there
// byte for byte, and be there at all (RFC 7519 section 4.1.3).

#include <gtest/gtest.h>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

PolicyBuilder no_audience_yet() {
  PolicyBuilder builder;
  builder.ignore_iss().ignore_typ().allow_missing_exp();
  return builder;
}

std::string token_for(std::string_view aud_json) {
  return forge_claims(R"({"sub":"alice","aud":)" + std::string(aud_json) + "}");
}

TEST(WrongAudience, IsOneByteAway) {
  Judge judge(no_audience_yet().expect_aud("api.example").build().value());
  for (const char* aud :
       {R"("api.example")", R"(["api.example"])", R"(["x","api.example","y"])",
        R"(["api.example","api.example"])", R"(["","api.example"])", R"("api\u002eexample")",
        R"(["\u0061pi.example"])", "[ \"x\" ,\t\"api.example\"\n]"}) {
    EXPECT_EQ(judge(token_for(aud)), Verdict::kValid) << aud;
  }
  for (const char* aud : {
           R"("")",
           R"("api")",
           R"("api.exampl")",
           R"("api.example2")",
           R"("api.example ")",
           R"(" api.example")",
           R"("API.EXAMPLE")",
           R"("api.example\u0000")",
           R"("api.example,other")",
           R"("other api.example")",
           R"("[\"api.example\"]")",
           R"([])",
           R"([""])",
           R"(["api","example"])",
           R"(["api.","example"])",
           R"(["xapi.example","api.examplex"])",
       }) {
    EXPECT_EQ(judge(token_for(aud)), Verdict::kAudMismatch) << aud;
  }
  EXPECT_EQ(judge(forge_claims(R"({"sub":"alice"})")), Verdict::kAudMissing);
}

TEST(WrongAudience, DoesNotHideInAnotherType) {
  // Refused whether or not an audience is expected, also where a good one stands beside.
  Judge expecting(no_audience_yet().expect_aud("api").build().value());
  Judge ignoring(no_audience_yet().ignore_aud().build().value());
  for (const char* aud : {"null", "true", "1", "{}", R"({"api":1})", R"(["api",1])", R"([1,"api"])",
                          R"(["api",null])", R"([["api"]])", R"(["api",["x"]])",
                          R"([{"api":"api"}])", R"(["api",{}])", "[[]]"}) {
    EXPECT_EQ(expecting(token_for(aud)), Verdict::kBadAud) << aud;
    EXPECT_EQ(ignoring(token_for(aud)), Verdict::kBadAud) << aud;
  }
}

TEST(WrongAudience, AnyOfWantsOneOfThem) {
  Judge judge(no_audience_yet().expect_aud_any_of({"a", "b"}).build().value());
  EXPECT_EQ(judge(token_for(R"("a")")), Verdict::kValid);
  EXPECT_EQ(judge(token_for(R"(["x","b"])")), Verdict::kValid);
  EXPECT_EQ(judge(token_for(R"(["a","b"])")), Verdict::kValid);
  EXPECT_EQ(judge(token_for(R"("ab")")), Verdict::kAudMismatch);
  EXPECT_EQ(judge(token_for(R"(["ab","c"])")), Verdict::kAudMismatch);
  EXPECT_EQ(judge(token_for("[]")), Verdict::kAudMismatch);
}

TEST(WrongAudience, AllOfWantsAllOfThem) {
  Judge judge(no_audience_yet().expect_aud_all_of({"a", "b"}).build().value());
  EXPECT_EQ(judge(token_for(R"(["a","b"])")), Verdict::kValid);
  EXPECT_EQ(judge(token_for(R"(["b","x","a"])")), Verdict::kValid);
  EXPECT_EQ(judge(token_for(R"("a")")), Verdict::kAudMismatch);
  EXPECT_EQ(judge(token_for(R"(["a"])")), Verdict::kAudMismatch);
  EXPECT_EQ(judge(token_for(R"(["a","a"])")), Verdict::kAudMismatch);
  EXPECT_EQ(judge(token_for(R"("a b")")), Verdict::kAudMismatch);
  EXPECT_EQ(judge(forge_claims("{}")), Verdict::kAudMissing);

  Judge single(no_audience_yet().expect_aud_all_of({"a"}).build().value());
  EXPECT_EQ(single(token_for(R"("a")")), Verdict::kValid);
}

}  // namespace
}  // namespace simdjwt::testing
