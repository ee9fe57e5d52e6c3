// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. A service trusts many issuers, and one of them, or somebody who rents a place with
// it, signs with its own key a token that says another's iss. A verifier that finds the key by kid
// alone, or takes iss for true once any of its keys fits, lets a small issuer speak for all (RFC
// 8725 section 3.8: the keys must belong to the issuer). Spellings of iss that two readers
// understand differently do the same: once for the choice of the key, once for the claims.
//
// The defence. iss chooses the keys, and one reader reads it, once. A token that it cannot read to
// the end, or whose issuer is not known, has no key. And where the right signature is missing,
// nothing is said about the claims.

#include <gtest/gtest.h>

#include "support/signature_forge.h"

namespace simdjwt::testing {
namespace {

constexpr std::string_view kHonest = "https://honest.example";
constexpr std::string_view kGreedy = "https://greedy.example";

std::string claims_of(std::string_view issuer) {
  return R"({"iss":")" + std::string(issuer) + R"(","sub":"alice"})";
}

// Both have keys of the same kid, and each one that the other lacks.
IssuerKeys two_issuers() {
  const auto keys = [](std::string_view rsa, std::string_view ec, std::string own) {
    std::vector<Key> pair;
    pair.push_back(make_jwk_key(public_jwk(rsa), Algorithm::kRs256, "1"));
    pair.push_back(make_jwk_key(public_jwk(ec), Algorithm::kEs256, std::move(own)));
    return make_keys(std::move(pair));
  };
  return IssuerKeys()
      .with(kHonest, keys(kRsaJwk, kP256Jwk, "honest"))
      .with(kGreedy, keys(kOtherRsaJwk, kOtherP256Jwk, "greedy"));
}

// With a cache and without.
class IssuersJudge {
 public:
  explicit IssuersJudge(const IssuerKeys& issuers)
      : judge_(Verifier(issuers, lenient().build().value())),
        remembering_(Verifier(issuers, lenient().build().value(),
                              SignatureCache::create(64, {1}).value())) {}
  Verdict operator()(std::string_view token) {
    const Verdict verdict = judge_(token);
    EXPECT_EQ(remembering_(token), verdict) << "remembering signatures";
    return verdict;
  }

 private:
  Judge judge_;
  Judge remembering_;
};

TEST(ForeignIssuer, DoesNotSpeakForAnother) {
  IssuersJudge judge(two_issuers());
  EXPECT_EQ(judge(sign_with(kRsaJwk, Algorithm::kRs256, claims_of(kHonest), "1")), Verdict::kValid);
  EXPECT_EQ(judge(sign_with(kOtherRsaJwk, Algorithm::kRs256, claims_of(kGreedy), "1")),
            Verdict::kValid);
  // The kid is that of the honest key, and the greedy one's.
  EXPECT_EQ(judge(sign_with(kOtherRsaJwk, Algorithm::kRs256, claims_of(kHonest), "1")),
            Verdict::kBadSignature);
  EXPECT_EQ(judge(sign_with(kRsaJwk, Algorithm::kRs256, claims_of(kGreedy), "1")),
            Verdict::kBadSignature);
  // The kid is known, but not with this issuer.
  EXPECT_EQ(judge(sign_with(kOtherP256Jwk, Algorithm::kEs256, claims_of(kGreedy), "greedy")),
            Verdict::kValid);
  EXPECT_EQ(judge(sign_with(kOtherP256Jwk, Algorithm::kEs256, claims_of(kHonest), "greedy")),
            Verdict::kNoMatchingKey);
  // No kid: all keys of the issuer, and no others.
  EXPECT_EQ(judge(sign_with(kP256Jwk, Algorithm::kEs256, claims_of(kHonest))), Verdict::kValid);
  EXPECT_EQ(judge(sign_with(kOtherP256Jwk, Algorithm::kEs256, claims_of(kHonest))),
            Verdict::kBadSignature);
}

TEST(ForeignIssuer, HasNoNameOrAnUnknownOne) {
  IssuersJudge judge(two_issuers());
  for (const char* claims : {
           "{}",
           R"({"sub":"alice"})",
           R"({"iss":""})",
           R"({"iss":"https://other.example"})",
           R"({"iss":"https://honest.example/"})",
           R"({"iss":"https://honest.example\u0000"})",
           R"({"iss":"HTTPS://honest.example"})",
           R"({"Iss":"https://honest.example"})",
           R"({"x":{"iss":"https://honest.example"}})",
       }) {
    EXPECT_EQ(judge(sign_with(kRsaJwk, Algorithm::kRs256, claims, "1")), Verdict::kNoMatchingKey)
        << claims;
  }
  const std::string in_header = R"({"alg":"RS256","kid":"1","iss":"https://honest.example"})";
  const Key key = make_jwk_key(kRsaJwk, Algorithm::kRs256);
  EXPECT_EQ(judge(forge_signed(in_header, R"({"sub":"alice"})", key)), Verdict::kNoMatchingKey);
}

TEST(ForeignIssuer, HasTwoNamesOrHalfOfOne) {
  IssuersJudge judge(two_issuers());
  for (const char* claims : {
           R"({"iss":"https://greedy.example","iss":"https://honest.example"})",
           R"({"iss":"https://honest.example","iss":"https://greedy.example"})",
           R"({"iss":"https://honest.example","\u0069ss":"https://greedy.example"})",
           R"({"\u0069ss":"https://greedy.example","iss":"https://honest.example"})",
           R"({"iss":"https://greedy.example","sub":"a","sub":"b"})",
           R"({"iss":["https://greedy.example"]})",
           R"({"iss":["https://greedy.example","https://honest.example"]})",
           R"({"iss":{"https://greedy.example":1}})",
           R"({"iss":null})",
           R"({"iss":1})",
           R"({"iss":"https://greedy.example")",
           R"({"iss":"https://greedy.example"}})",
           R"({"iss":"https://greedy.example",})",
           R"({"iss":"https://greedy.example"}{"iss":"https://honest.example"})",
           R"(["iss","https://greedy.example"])",
           "{\"iss\":\"https://greedy.example\",\"x\":\"\xff\"}",
           "no json",
       }) {
    EXPECT_EQ(judge(forge_signed(R"({"alg":"RS256","kid":"1"})", claims,
                                 make_jwk_key(kOtherRsaJwk, Algorithm::kRs256))),
              Verdict::kNoMatchingKey)
        << claims;
  }
}

TEST(ForeignIssuer, IsNotMadeBySpellingTheNameInEscapes) {
  IssuersJudge judge(two_issuers());
  for (const char* claims : {
           R"({"iss":"https:\/\/honest.example"})",
           R"({"\u0069ss":"https://honest.\u0065xample"})",
           R"( { "iss" : "https://honest.example" } )",
       }) {
    EXPECT_EQ(judge(sign_with(kRsaJwk, Algorithm::kRs256, claims, "1")), Verdict::kValid) << claims;
    EXPECT_EQ(judge(sign_with(kOtherRsaJwk, Algorithm::kRs256, claims, "1")),
              Verdict::kBadSignature)
        << claims;
  }
}

TEST(ForeignIssuer, LearnsNothingOfClaimsItCannotSign) {
  IssuersJudge judge(two_issuers());
  for (const char* claims : {R"({"iss":"https://honest.example","exp":1})",
                             R"({"iss":"https://honest.example","exp":"x"})",
                             R"({"iss":"https://honest.example","aud":1,"sub":2})"}) {
    EXPECT_EQ(judge(sign_with(kOtherRsaJwk, Algorithm::kRs256, claims, "1")),
              Verdict::kBadSignature)
        << claims;
  }
  // And no claims make up for what is wrong before them.
  const Key key = make_jwk_key(kRsaJwk, Algorithm::kRs256);
  EXPECT_EQ(judge(forge_signed(R"({"alg":"none","kid":"1"})", "no json", key)), Verdict::kAlgNone);
  EXPECT_EQ(judge(forge_signed(R"({"alg":"ES256","kid":"1"})", claims_of(kHonest), key)),
            Verdict::kAlgMismatch);
  std::string token = forge_signed(R"({"alg":"RS256","kid":"1"})", claims_of("nobody"), key);
  token.back() = '=';
  EXPECT_EQ(judge(token), Verdict::kBadBase64url);
}

// Two issuers that share a key, as tenants of one provider do, are still two.
TEST(ForeignIssuer, SharesAKeyAndNothingElse) {
  const std::string jwk = public_jwk(kP256Jwk);
  const auto shared = [&](std::string kid) {
    return KeySet::of(make_jwk_key(jwk, Algorithm::kEs256, std::move(kid)));
  };
  const IssuerKeys issuers = IssuerKeys().with(kHonest, shared("h")).with(kGreedy, shared("g"));
  IssuersJudge judge(issuers);
  EXPECT_EQ(judge(sign_with(kP256Jwk, Algorithm::kEs256, claims_of(kHonest), "h")),
            Verdict::kValid);
  EXPECT_EQ(judge(sign_with(kP256Jwk, Algorithm::kEs256, claims_of(kGreedy), "g")),
            Verdict::kValid);
  EXPECT_EQ(judge(sign_with(kP256Jwk, Algorithm::kEs256, claims_of(kHonest), "g")),
            Verdict::kNoMatchingKey);

  // A signature that was remembered when the key was the issuer's helps no longer, though the same
  // key still verifies another's tokens.
  const auto cache = SignatureCache::create(64, {1}).value();
  const Policy policy = lenient().build().value();
  const std::string token = sign_with(kP256Jwk, Algorithm::kEs256, claims_of(kHonest), "h");
  Scratch scratch;
  const Verifier before(issuers, policy, cache);
  EXPECT_EQ(before.verify(token, scratch, kNow).verdict(), Verdict::kValid);
  EXPECT_EQ(before.verify(token, scratch, kNow).verdict(), Verdict::kValid);
  EXPECT_EQ(scratch.take_signature_lookups().hits, 1u);
  const KeySet others = KeySet::of(make_jwk_key(public_jwk(kOtherP256Jwk), Algorithm::kEs256, "h"));
  const Verifier after(issuers.with(kHonest, others), policy, cache);
  EXPECT_EQ(after.verify(token, scratch, kNow).verdict(), Verdict::kBadSignature);
  const Verifier without(issuers.without(kHonest), policy, cache);
  EXPECT_EQ(without.verify(token, scratch, kNow).verdict(), Verdict::kNoMatchingKey);
}

}  // namespace
}  // namespace simdjwt::testing
