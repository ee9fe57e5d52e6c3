// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// The HMAC examples that the RFCs print.

#include <gtest/gtest.h>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

// RFC 7515 appendix A.1.1, used by RFC 7519 and RFC 7797 as well.
constexpr std::string_view kRfc7515Jwk =
    R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUu)"
    R"(TwjAzZr1Z9CAow"})";

// RFC 7515 section 3.3 and appendix A.1; RFC 7519 section 3.1.
constexpr std::string_view kRfc7515Token =
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
    "fQ."
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

KeySet rfc7515_keys() { return KeySet::of(Key::from_jwk(kRfc7515Jwk, Algorithm::kHs256).value()); }

TEST(Rfc7515, AppendixA1Verifies) {
  PolicyBuilder builder;
  builder.expect_iss("joe").ignore_aud().expect_typ("JWT").expect_exp();
  builder.expect_boolean("http://example.com/is_root", true);
  const Verifier verifier(rfc7515_keys(), builder.build().value());
  Scratch scratch;
  const VerifyResult result = verifier.verify(kRfc7515Token, scratch, 1300819379);
  ASSERT_EQ(result.verdict(), Verdict::kValid);
  EXPECT_EQ(result->iss(), "joe");
  EXPECT_EQ(result->exp(), 1300819380);
  EXPECT_EQ(result->payload(),
            "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}");
}

TEST(Rfc7515, AppendixA1ExpiresAtItsSecond) {
  Judge judge(rfc7515_keys());
  EXPECT_EQ(judge(kRfc7515Token, 1300819379), Verdict::kValid);
  EXPECT_EQ(judge(kRfc7515Token, 1300819380), Verdict::kExpired);
}

TEST(Rfc7515, AppendixA5IsAnUnsignedToken) {
  // eyJhbGciOiJub25lIn0 is {"alg":"none"}.
  Judge judge(rfc7515_keys());
  EXPECT_EQ(judge("eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9"
                  "leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."),
            Verdict::kNotCompactJws);
}

TEST(Rfc7515, AppendixEDemandsAnUnknownExtension) {
  Judge judge(rfc7515_keys());
  EXPECT_NE(judge("eyJhbGciOiJub25lIiwNCiAiY3JpdCI6WyJodHRwOi8vZXhhbXBsZS5jb20vVU5ERUZJTkVEIl0sDQog"
                  "Imh0dHA6Ly9leGFtcGxlLmNvbS9VTkRFRklORUQiOnRydWUNCn0.RkFJTA."),
            Verdict::kValid);
  // The same header, signed.
  EXPECT_EQ(judge(forge("{\"alg\":\"HS256\",\r\n \"crit\":[\"http://example.com/UNDEFINED\"],\r\n "
                        "\"http://example.com/UNDEFINED\":true\r\n}",
                        "FAIL")),
            Verdict::kCritUnsupported);
}

TEST(Rfc7520, Section44Verifies) {
  // Figures 34 to 41: a sentence of a story, protected with HMAC.
  const std::string token =
      "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9."
      "SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250"
      "byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hl"
      "cmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4."
      "s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0";
  const KeySet keys = KeySet::of(
      Key::from_jwk(R"({"kty":"oct","kid":"018c0ae5-4d9b-471b-bfd6-eef314bc7037","use":"sig",)"
                    R"("alg":"HS256","k":"hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg"})")
          .value());
  EXPECT_EQ(keys.key(0).kid(), "018c0ae5-4d9b-471b-bfd6-eef314bc7037");
  const Verifier verifier(keys, Policy::signature_only());
  Scratch scratch;
  const VerifyResult result = verifier.verify(token, scratch, kNow);
  ASSERT_EQ(result.verdict(), Verdict::kValid);
  EXPECT_EQ(result->payload(),
            "It’s a dangerous business, Frodo, going out your door. You step onto the road, and if "
            "you don't keep your feet, there’s no knowing where you might be swept off to.");
  // It is a JWS, but no JWT.
  Judge as_jwt(keys);
  EXPECT_EQ(as_jwt(token), Verdict::kBadClaimsJson);
}

TEST(Rfc7520, Section45IsDetached) {
  // The payload travels elsewhere; what is left is no compact JWS.
  Judge judge(rfc7515_keys());
  EXPECT_EQ(judge("eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9"
                  "..s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0"),
            Verdict::kNotCompactJws);
}

TEST(Rfc7797, Section41Verifies) {
  Judge judge(rfc7515_keys(), Policy::signature_only());
  EXPECT_EQ(judge("eyJhbGciOiJIUzI1NiJ9.JC4wMg.5mvfOroL-g7HyqJoozehmsaqmvTYGEq5jTI1gVvoEoQ"),
            Verdict::kValid);
}

TEST(Rfc7797, Section42IsNotForJwts) {
  Judge judge(rfc7515_keys(), Policy::signature_only());
  constexpr std::string_view kHeaderPart =
      "eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19";
  constexpr std::string_view kTag = "A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY";
  const std::string header(kHeaderPart);
  EXPECT_EQ(judge(header + ".." + std::string(kTag)), Verdict::kNotCompactJws);
  EXPECT_EQ(judge(header + ".JC4wMg." + std::string(kTag)), Verdict::kCritUnsupported);
}

}  // namespace
}  // namespace simdjwt::testing
