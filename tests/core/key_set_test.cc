// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjwt/key_set.h>

#include "support/asymmetric_keys.h"
#include "support/judge.h"

namespace simdjwt::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string secret_of(size_t i) {
  std::string secret = "key number " + std::to_string(i) + ' ';
  secret.resize(64, '.');
  return secret;
}

std::string header_with_kid(std::string_view kid) {
  return R"({"alg":"HS256","kid":")" + std::string(kid) + R"("})";
}

std::string jwk(size_t i, std::string_view kid, std::string_view more_members = "") {
  return R"({"kty":"oct","alg":"HS256","k":")" + base64url(secret_of(i)) + R"(","kid":")" +
         std::string(kid) + '"' + std::string(more_members) + "}";
}

TEST(KeySet, FindsAmongManyKeysTheOneOfTheKid) {
  constexpr size_t kNumKeys = 1000;
  std::vector<Key> keys;
  for (size_t i = 0; i < kNumKeys; ++i) {
    keys.push_back(make_key(secret_of(i), "kid-" + std::to_string(i)));
  }
  const KeySet set = make_keys(std::move(keys));
  EXPECT_EQ(set.num_keys(), kNumKeys);
  const Verifier verifier(set, lenient().build().value());
  Scratch scratch;
  for (size_t i = 0; i < kNumKeys; ++i) {
    const std::string header = header_with_kid("kid-" + std::to_string(i));
    const VerifyResult result = verifier.verify(forge(header, "{}", secret_of(i)), scratch, kNow);
    ASSERT_EQ(result.verdict(), Verdict::kValid) << i;
    EXPECT_EQ(result->kid(), "kid-" + std::to_string(i));
    const std::string other = secret_of((i + 1) % kNumKeys);
    EXPECT_EQ(verifier.verify(forge(header, "{}", other), scratch, kNow).verdict(),
              Verdict::kBadSignature);
  }
}

TEST(KeySet, ThatIsUnavailableJudgesNothing) {
  EXPECT_EQ(KeySet::unavailable().num_keys(), 0u);
  Judge judge(KeySet::unavailable());
  EXPECT_EQ(judge(forge_claims("{}")), Verdict::kKeysUnavailable);
  EXPECT_EQ(judge(forge(header_with_kid("kid"), "{}", kSecret)), Verdict::kKeysUnavailable);
  EXPECT_EQ(judge("no token"), Verdict::kNotCompactJws) << "that needs no keys";
}

// Whoever can read the set could sign with such keys.
TEST(KeySet, LeavesSecretsOutOfWhatWasPublished) {
  const JwksOptions published = {.secret_keys = SecretKeys::kSkip};
  const std::string secret = jwk(1, "a");
  const std::string open = R"({"kty":"OKP","alg":"EdDSA","crv":"Ed25519","kid":"b",)"
                           R"("x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";
  std::string closed = open;
  closed.replace(closed.find("\"b\""), 3,
                 R"("c","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")");
  std::vector<std::string> skipped;
  const auto set = KeySet::from_jwks(R"({"keys":[)" + secret + "," + open + "," + closed + "]}",
                                     published, &skipped);
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->num_keys(), 1u);
  EXPECT_EQ(set->key(0).kid(), "b");
  constexpr const char* kReason = "it holds a secret, and is no secret where it was published";
  EXPECT_EQ(skipped,
            (std::vector{std::string("keys[0]: ") + kReason, std::string("keys[2]: ") + kReason}));
  EXPECT_FALSE(KeySet::from_jwks(R"({"keys":[)" + secret + "]}", published).ok());
  EXPECT_FALSE(KeySet::from_jwks(secret, published).ok());
  EXPECT_FALSE(KeySet::from_jwks(closed, published).ok());
  EXPECT_TRUE(KeySet::from_jwks(closed).ok()) << "of a file, it may be";
}

TEST(KeySet, ListsItsKeysThoseWithoutKidFirst) {
  std::vector<Key> keys;
  keys.push_back(make_key(secret_of(0), "a"));
  keys.push_back(make_key(secret_of(1)));
  keys.push_back(make_key(secret_of(2), "b", Algorithm::kHs512));
  const KeySet set = make_keys(std::move(keys));
  ASSERT_EQ(set.num_keys(), 3u);
  EXPECT_EQ(set.key(0).kid(), "");
  EXPECT_EQ(set.key(1).kid(), "a");
  EXPECT_EQ(set.key(2).kid(), "b");
  EXPECT_EQ(set.key(2).algorithm(), Algorithm::kHs512);
}

TEST(KeySet, CopiesShareTheKeys) {
  std::optional<KeySet> original = KeySet::of(make_key(kSecret, "a"));
  const KeySet copy = *original;
  EXPECT_EQ(&copy.key(0), &original->key(0));
  original.reset();
  EXPECT_EQ(copy.key(0).kid(), "a");
}

TEST(KeySet, RefusesAKidThatTwoKeysOfAnAlgorithmClaim) {
  KeySetBuilder builder;
  builder.add(make_key(secret_of(0), "a")).add(make_key(secret_of(1), "a"));
  EXPECT_FALSE(builder.build().ok());
  // Nor does a key between them or another period make it two kids.
  builder.add(make_key(secret_of(0), "a"))
      .add(make_key(secret_of(1), "b"))
      .add(make_key(secret_of(1), "a", Algorithm::kHs512))
      .add(make_key(secret_of(1), "a", Algorithm::kHs256, {.not_after = kNow}));
  EXPECT_FALSE(builder.build().ok());
  builder.add(make_key(secret_of(0), "a")).add(make_key(secret_of(1), "A"));
  EXPECT_TRUE(builder.build().ok());
  EXPECT_FALSE(builder.build().ok()) << "the builder is empty after build()";
}

TEST(KeySet, LetsKeysOfDifferentAlgorithmsShareAKid) {
  std::vector<Key> keys;
  keys.push_back(make_key(secret_of(0), "a"));
  keys.push_back(make_key(secret_of(1), "b"));
  keys.push_back(make_key(secret_of(2), ""));
  keys.push_back(make_key(secret_of(3), "a", Algorithm::kHs512));
  const KeySet set = make_keys(std::move(keys));
  EXPECT_EQ(set.key(0).kid(), "");
  EXPECT_EQ(set.key(1).kid(), "a");
  EXPECT_EQ(set.key(2).algorithm(), Algorithm::kHs512) << "behind the other of its kid";
  EXPECT_EQ(set.key(3).kid(), "b");
  Judge judge(set);
  const auto forge_a = [](Algorithm algorithm, size_t secret) {
    const std::string header =
        R"({"alg":")" + std::string(to_string(algorithm)) + R"(","kid":"a"})";
    return forge(header, "{}", secret_of(secret), algorithm);
  };
  EXPECT_EQ(judge(forge_a(Algorithm::kHs256, 0)), Verdict::kValid);
  EXPECT_EQ(judge(forge_a(Algorithm::kHs512, 3)), Verdict::kValid);
  EXPECT_EQ(judge(forge_a(Algorithm::kHs256, 3)), Verdict::kBadSignature);
  EXPECT_EQ(judge(forge_a(Algorithm::kHs512, 0)), Verdict::kBadSignature);
  EXPECT_EQ(judge(forge_a(Algorithm::kHs256, 1)), Verdict::kBadSignature) << "that of b";
  EXPECT_EQ(judge(forge_a(Algorithm::kHs256, 2)), Verdict::kBadSignature) << "that without kid";
  EXPECT_EQ(judge(forge_a(Algorithm::kHs384, 0)), Verdict::kAlgMismatch);
}

TEST(KeySet, TriesKeysWithoutKidForTokensWithoutKid) {
  std::vector<Key> keys;
  for (size_t i = 0; i < kKeyTriesMax; ++i) keys.push_back(make_key(secret_of(i)));
  Judge judge(make_keys(std::move(keys)));
  for (size_t i = 0; i < kKeyTriesMax; ++i) {
    EXPECT_EQ(judge(forge(kHeader, "{}", secret_of(i))), Verdict::kValid) << i;
  }
  EXPECT_EQ(judge(forge(kHeader, "{}", secret_of(kKeyTriesMax))), Verdict::kBadSignature);

  KeySetBuilder one_more;
  for (size_t i = 0; i <= kKeyTriesMax; ++i) one_more.add(make_key(secret_of(i)));
  EXPECT_FALSE(one_more.build().ok());
}

TEST(KeySet, TriesNamedKeysForTokensWithoutKidWhileTheyAreFew) {
  std::vector<Key> few;
  for (size_t i = 0; i < kKeyTriesMax; ++i) {
    few.push_back(make_key(secret_of(i), std::to_string(i)));
  }
  Judge judge(make_keys(std::move(few)));
  for (size_t i = 0; i < kKeyTriesMax; ++i) {
    EXPECT_EQ(judge(forge(kHeader, "{}", secret_of(i))), Verdict::kValid) << i;
  }

  std::vector<Key> many;
  for (size_t i = 0; i <= kKeyTriesMax; ++i) {
    many.push_back(make_key(secret_of(i), std::to_string(i)));
  }
  Judge choosy(make_keys(std::move(many)));
  EXPECT_EQ(choosy(forge(kHeader, "{}", secret_of(0))), Verdict::kNoMatchingKey);
  EXPECT_EQ(choosy(forge(header_with_kid("0"), "{}", secret_of(0))), Verdict::kValid);
}

TEST(KeySet, TriesOnlyKeysOfTheHeadersAlgorithm) {
  std::vector<Key> keys;
  keys.push_back(make_key(secret_of(0), "", Algorithm::kHs512));
  keys.push_back(make_key(secret_of(1), "", Algorithm::kHs256));
  Judge judge(make_keys(std::move(keys)));
  EXPECT_EQ(judge(forge(R"({"alg":"HS256"})", "{}", secret_of(1))), Verdict::kValid);
  EXPECT_EQ(judge(forge(R"({"alg":"HS256"})", "{}", secret_of(0))), Verdict::kBadSignature);
  EXPECT_EQ(judge(forge(R"({"alg":"HS512"})", "{}", secret_of(0), Algorithm::kHs512)),
            Verdict::kValid);
  EXPECT_EQ(judge(forge(R"({"alg":"HS384"})", "{}", secret_of(0), Algorithm::kHs384)),
            Verdict::kAlgMismatch);
}

TEST(KeySet, RotatesWithAnOverlap) {
  // Yesterday's set, today's with both keys, tomorrow's: a token of the old key is good as long as
  // that key is in the set and in its period, one of the new key from its publication on.
  const auto old_key = [] {
    return make_key(secret_of(0), "old", Algorithm::kHs256, {.not_after = kNow + 3600});
  };
  const auto new_key = [] { return make_key(secret_of(1), "new"); };
  std::vector<Key> both;
  both.push_back(new_key());
  both.push_back(old_key());
  Judge yesterday(KeySet::of(old_key()));
  Judge today(make_keys(std::move(both)));
  Judge tomorrow(KeySet::of(new_key()));

  const std::string of_old = forge(header_with_kid("old"), "{}", secret_of(0));
  const std::string of_new = forge(header_with_kid("new"), "{}", secret_of(1));
  EXPECT_EQ(yesterday(of_old), Verdict::kValid);
  EXPECT_EQ(yesterday(of_new), Verdict::kNoMatchingKey);
  EXPECT_EQ(today(of_old), Verdict::kValid);
  EXPECT_EQ(today(of_new), Verdict::kValid);
  EXPECT_EQ(today(of_old, kNow + 3600), Verdict::kKeyExpired);
  EXPECT_EQ(tomorrow(of_old), Verdict::kNoMatchingKey);
  EXPECT_EQ(tomorrow(of_new), Verdict::kValid);
}

// --- JWK Sets ---

TEST(JwkSet, ReadsItsKeys) {
  const KeySet set =
      KeySet::from_jwks(R"({"keys":[)" + jwk(0, "a") + "," + jwk(1, "b") + "]}").value();
  EXPECT_EQ(set.num_keys(), 2u);
  Judge judge(set);
  EXPECT_EQ(judge(forge(header_with_kid("a"), "{}", secret_of(0))), Verdict::kValid);
  EXPECT_EQ(judge(forge(header_with_kid("b"), "{}", secret_of(1))), Verdict::kValid);
  EXPECT_EQ(judge(forge(header_with_kid("b"), "{}", secret_of(0))), Verdict::kBadSignature);
}

TEST(JwkSet, MayBeASingleJwk) { EXPECT_EQ(KeySet::from_jwks(jwk(0, "a")).value().num_keys(), 1u); }

TEST(JwkSet, SkipsKeysThatCannotBeUsedAndSaysWhy) {
  const std::string json =
      R"({"keys":[)" + jwk(0, "a") + R"(,{"kty":"XYZ"},)" + jwk(1, "b", R"(,"use":"enc")") +
      R"(,{"kty":"oct","alg":"HS256","k":"AAAA"},"text",)" + jwk(2, "c") + "]}";
  std::vector<std::string> skipped;
  const KeySet set = KeySet::from_jwks(json, {}, &skipped).value();
  EXPECT_EQ(set.num_keys(), 2u);
  ASSERT_EQ(skipped.size(), 4u);
  EXPECT_THAT(skipped[0], HasSubstr("keys[1]"));
  EXPECT_THAT(skipped[1], HasSubstr("keys[2]"));
  EXPECT_THAT(skipped[2], HasSubstr("keys[3]"));
  EXPECT_THAT(skipped[3], HasSubstr("keys[4]"));
  EXPECT_THAT(skipped[1], Not(HasSubstr(base64url(secret_of(1)).substr(0, 12))));
}

TEST(JwkSet, FailsWithoutAUsableKey) {
  for (const char* json :
       {"", "{}", "[]", R"({"keys":{}})", R"({"keys":null})", R"({"keys":[]})", R"({"keys":[{}]})",
        R"({"keys":[{"kty":"RSA"}]})", R"({"keys":[{"kty":"oct","alg":"HS256","k":"AAAA"}]})"}) {
    EXPECT_FALSE(KeySet::from_jwks(json).ok()) << json;
  }
}

TEST(JwkSet, FailsForBrokenJson) {
  const std::string good = R"({"keys":[)" + jwk(0, "a") + "]}";
  ASSERT_TRUE(KeySet::from_jwks(good).ok());
  for (size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(KeySet::from_jwks(good.substr(0, length)).ok()) << length;
  }
  EXPECT_FALSE(KeySet::from_jwks(good + "x").ok());
  EXPECT_FALSE(KeySet::from_jwks(good + good).ok());
  EXPECT_FALSE(KeySet::from_jwks(R"({"keys":[],"keys":[)" + jwk(0, "a") + "]}").ok());
}

TEST(JwkSet, SkipsKeysThatShareKidAndAlgorithm) {
  std::vector<std::string> skipped;
  const auto kids_of = [&](const std::vector<std::string>& jwks) {
    std::string json;
    for (const std::string& jwk : jwks) json += (json.empty() ? "" : ",") + jwk;
    skipped.clear();
    const auto set = KeySet::from_jwks(R"({"keys":[)" + json + "]}", {}, &skipped);
    std::string kids;
    for (size_t i = 0; set.ok() && i < set->num_keys(); ++i) kids += set->key(i).kid();
    return kids;
  };
  EXPECT_EQ(kids_of({jwk(0, "a"), jwk(1, "b"), jwk(2, "a"), jwk(3, "c"), jwk(0, "a")}), "bc");
  constexpr const char* kReason = "another key for HS256 has its kid, \"a\"";
  EXPECT_EQ(skipped,
            std::vector({std::string("keys[0]: ") + kReason, std::string("keys[2]: ") + kReason,
                         std::string("keys[4]: ") + kReason}));
  EXPECT_EQ(kids_of({jwk(0, "a"), jwk(1, "a")}), "") << "then none is left";

  EXPECT_EQ(kids_of({jwk(0, "a"), jwk(1, "b"), jwk(0, "a")}), "ab") << "nothing is in doubt";
  EXPECT_EQ(skipped, std::vector<std::string>({"keys[2]: it is keys[0] again"}));

  // What cannot be used, or is of another algorithm or type, is in nobody's way.
  const std::string for_hs512 =
      R"({"kty":"oct","alg":"HS512","kid":"a","k":")" + base64url(secret_of(1)) + R"("})";
  EXPECT_EQ(kids_of({jwk(0, "a"), jwk(1, "a", R"(,"use":"enc")")}), "a");
  EXPECT_EQ(skipped.size(), 1u);
  EXPECT_EQ(kids_of({R"({"kty":"XYZ","kid":"a"})", jwk(0, "a")}), "a");
  EXPECT_EQ(skipped.size(), 1u);
  EXPECT_EQ(kids_of({jwk(0, "a"), for_hs512, jwk(2, "b")}), "aab");
  EXPECT_EQ(skipped.size(), 0u);
}

TEST(JwkSet, SkipsKeysWithoutKidBeyondThoseThatAreTried) {
  std::string json = jwk(0, "a");
  for (size_t i = 1; i <= kKeyTriesMax + 2; ++i) {
    json += R"(,{"kty":"oct","alg":"HS256","k":")" + base64url(secret_of(i)) + R"("})";
  }
  std::vector<std::string> skipped;
  const KeySet set = KeySet::from_jwks(R"({"keys":[)" + json + "]}", {}, &skipped).value();
  EXPECT_EQ(set.num_keys(), kKeyTriesMax + 1);
  EXPECT_EQ(skipped, std::vector<std::string>({"keys[9]: it has no kid, as have 8 before it",
                                               "keys[10]: it has no kid, as have 8 before it"}));
  Judge judge(set);
  EXPECT_EQ(judge(forge(kHeader, "{}", secret_of(kKeyTriesMax))), Verdict::kValid);
  EXPECT_EQ(judge(forge(kHeader, "{}", secret_of(kKeyTriesMax + 1))), Verdict::kBadSignature);
  EXPECT_EQ(judge(forge(header_with_kid("a"), "{}", secret_of(0))), Verdict::kValid);
}

TEST(JwkSet, FailsForSecretsBesidePublicKeys) {
  const std::string ec = R"({"kty":"EC","crv":"P-256","alg":"ES256","kid":"e",)"
                         R"("x":"04N0xi21hshyvBp7I167sbE_bXqyqkAPfefdklMO7wY",)"
                         R"("y":"UI8exy-C06a7DUnjIdENkxeFtHM4-l_41LqEw9nVgmw"})";
  EXPECT_FALSE(KeySet::from_jwks(R"({"keys":[)" + jwk(0, "a") + "," + ec + "]}").ok());
  EXPECT_FALSE(KeySet::from_jwks(R"({"keys":[)" + ec + "," + jwk(0, "a") + "]}").ok());
}

// The algorithms of the keys in a set of this one JWK, or why there are none.
std::string algorithms_of(const std::string& jwk, std::vector<Algorithm> algorithms) {
  std::vector<std::string> skipped;
  const auto set = KeySet::from_jwks(R"({"keys":[)" + jwk + "]}",
                                     {.algorithms = std::move(algorithms)}, &skipped);
  if (!set.ok()) return skipped.size() == 1 ? skipped[0] : "?";
  EXPECT_EQ(set->num_keys(), 1u);
  return std::string(to_string(set->key(0).algorithm()));
}

TEST(JwkSet, BindsAKeyThatNamesNoAlgorithmToTheOneThatFits) {
  using enum Algorithm;
  const std::string oct = R"({"kty":"oct","k":")" + base64url(secret_of(0)) + R"("})";
  const std::string rsa = public_jwk(kRsaJwk);
  const std::string p256 = public_jwk(kP256Jwk);
  const std::string p384 = public_jwk(kP384Jwk);
  const std::string ed25519 = public_jwk(kEd25519Jwk);
  EXPECT_EQ(algorithms_of(oct, {kHs384}), "HS384");
  EXPECT_EQ(algorithms_of(oct, {kRs256, kHs384, kEs256}), "HS384");
  const std::vector<Algorithm> usual = {kRs256, kEs256, kEs384, kEdDsa};
  EXPECT_EQ(algorithms_of(rsa, usual), "RS256");
  EXPECT_EQ(algorithms_of(p256, usual), "ES256");
  EXPECT_EQ(algorithms_of(p384, usual), "ES384");
  EXPECT_EQ(algorithms_of(ed25519, usual), "EdDSA");
  EXPECT_EQ(algorithms_of(public_jwk(kEd448Jwk), usual), "EdDSA");
  EXPECT_EQ(algorithms_of(ed25519, {kEd448, kEd25519}), "Ed25519");

  EXPECT_EQ(algorithms_of(rsa, {}), "keys[0]: it names no \"alg\", and none was given for it");
  EXPECT_EQ(algorithms_of(rsa, {kRs256, kEs256, kPs256}),
            "keys[0]: it names no \"alg\", and could be for RS256 or PS256");
  EXPECT_EQ(algorithms_of(ed25519, {kEdDsa, kEd25519}),
            "keys[0]: it names no \"alg\", and could be for EdDSA or Ed25519");
  EXPECT_EQ(algorithms_of(public_jwk(kP521Jwk), usual),
            "keys[0]: it names no \"alg\", and could be for none of RS256 or ES256 or ES384 or "
            "EdDSA");
  EXPECT_EQ(algorithms_of(p384, {kEs256}), "keys[0]: a key on P-384 is not for ES256");
  EXPECT_EQ(algorithms_of(rsa, {kEs256}), "keys[0]: a key of type \"RSA\" is not for ES256");
  EXPECT_EQ(algorithms_of(oct, {kRs256}), "keys[0]: a key of type \"oct\" is not for RS256");
}

TEST(JwkSet, SkipsKeysOfAlgorithmsThatAreNotAllowed) {
  using enum Algorithm;
  const std::string rsa = with_members(public_jwk(kRsaJwk), R"(,"alg":"PS256")");
  EXPECT_EQ(algorithms_of(rsa, {}), "PS256");
  EXPECT_EQ(algorithms_of(rsa, {kPs256}), "PS256");
  EXPECT_EQ(algorithms_of(rsa, {kRs256, kPs256}), "PS256");
  EXPECT_EQ(algorithms_of(rsa, {kRs256}), "keys[0]: its alg is \"PS256\", expected was RS256");
  EXPECT_EQ(algorithms_of(rsa, {kRs256, kEs256}),
            "keys[0]: its alg is \"PS256\", expected was RS256 or ES256");
}

TEST(JwkSet, IsBoundedInSize) {
  std::string json = R"({"keys":[)" + jwk(0, "a") + "]}";
  json.resize(kJwksBytesMax, ' ');
  EXPECT_TRUE(KeySet::from_jwks(json).ok());
  json.resize(kJwksBytesMax + 1, ' ');
  EXPECT_FALSE(KeySet::from_jwks(json).ok());
}

TEST(JwkSet, HoldsThousandsOfKeys) {
  std::string json = R"({"keys":[)";
  for (size_t i = 0; i < 10000; ++i) json += (i == 0 ? "" : ",") + jwk(i, std::to_string(i));
  const KeySet set = KeySet::from_jwks(json + "]}").value();
  EXPECT_EQ(set.num_keys(), 10000u);
  const Verifier verifier(set, lenient().build().value());
  Scratch scratch;
  const std::string token = forge(header_with_kid("9999"), "{}", secret_of(9999));
  EXPECT_EQ(verifier.verify(token, scratch, kNow).verdict(), Verdict::kValid);
}

}  // namespace
}  // namespace simdjwt::testing
