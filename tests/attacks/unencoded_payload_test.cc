// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. RFC 7797 lets a header say "b64": false: the payload then stands in the token as it
// is. A verifier that ignores the parameter hashes one thing and reads another; one that obeys it
// has two ways to split the same bytes.
//
// The defence. JWTs must not use it (RFC 7797 section 7): false is refused, with or without the
// crit that should name it.

#include <gtest/gtest.h>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

bool refused(Verdict verdict) {
  return verdict == Verdict::kUnencodedPayload || verdict == Verdict::kCritUnsupported;
}

TEST(UnencodedPayload, IsRefusedWithAndWithoutCrit) {
  Judge judge;
  EXPECT_EQ(judge(forge(R"({"alg":"HS256","b64":false})", kClaims)), Verdict::kUnencodedPayload);
  EXPECT_TRUE(refused(judge(forge(R"({"alg":"HS256","b64":false,"crit":["b64"]})", kClaims))));
  EXPECT_EQ(judge(forge(R"({"alg":"HS256","\u00626\u0034":false})", kClaims)),
            Verdict::kUnencodedPayload);
}

TEST(UnencodedPayload, IsRefusedWhenThePayloadReallyIsUnencoded) {
  Judge judge;
  const std::string header = base64url(R"({"alg":"HS256","b64":false,"crit":["b64"]})");
  // The payload of this token happens to be base64url of valid claims, too.
  EXPECT_TRUE(refused(judge(sign_parts(header, base64url(kClaims)))));
  // RFC 7797 section 4.2: the payload "$.02" detached.
  const std::string tag = hmac_tag(Algorithm::kHs256, kSecret, header + ".$.02");
  EXPECT_EQ(judge(header + ".." + base64url(tag)), Verdict::kNotCompactJws);
}

TEST(UnencodedPayload, TrueIsTheDefaultAndAnythingElseIsMalformed) {
  Judge judge;
  EXPECT_EQ(judge(forge(R"({"alg":"HS256","b64":true})", kClaims)), Verdict::kValid);
  for (const char* value : {"null", "0", "1", R"("false")", "[]", "{}"}) {
    const std::string header = R"({"alg":"HS256","b64":)" + std::string(value) + "}";
    EXPECT_EQ(judge(forge(header, kClaims)), Verdict::kBadHeaderParameter) << value;
  }
}

}  // namespace
}  // namespace simdjwt::testing
