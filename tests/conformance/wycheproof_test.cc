// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// Wycheproof's JSON Web Signature and JSON Web Key files.

#include "conformance/wycheproof.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <set>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

using simdjson::dom::object;

// Labels that do not fit their vectors: 372 and 373 are marked valid, and hold a '?'; 367 and 370
// are marked invalid, and are the bytes of valid ones.
const std::set<int64_t> kMarkedValidByMistake = {372, 373};
const std::set<int64_t> kMarkedInvalidByMistake = {367, 370};
// Valid elsewhere: with an empty payload, which no JWT has; and with a header that names PS384
// where the key says PS256.
const std::set<int64_t> kRefusedHere = {259, 264, 268, 272, 320, 325, 346, 350};

std::string token_of(const object& test) {
  std::string_view text;
  if (test["jws"].get(text) == simdjson::SUCCESS) return std::string(text);
  return simdjson::minify(test["jws"].value());  // one of the JSON serializations
}

// What verifies, as JSON: the public half where the file has one.
std::string verification_key(const object& group) {
  object key;
  if (group["public"].get(key) != simdjson::SUCCESS) key = group["private"];
  std::string json = simdjson::minify(key);
  // The file's name of ES512.
  const size_t mistake = json.find("ES521");
  if (mistake != json.npos) json.replace(mistake, 5, "ES512");
  return json;
}

TEST(Wycheproof, JsonWebSignatures) {
  simdjson::dom::parser parser;
  const auto root = load_wycheproof(parser, "json_web_signature_test.json");
  if (!root) GTEST_SKIP() << "SIMDJWT_WYCHEPROOF_DIR is not set";
  size_t num_valid = 0;
  size_t num_invalid = 0;
  size_t num_unusable_keys = 0;
  for (const object group : (*root)["testGroups"]) {
    auto key = Key::from_jwk(verification_key(group));
    std::optional<Judge> judge;
    // Their payloads are no claims.
    if (key.ok()) judge.emplace(KeySet::of(*std::move(key)), Policy::signature_only());
    num_unusable_keys += !judge;
    for (const object test : group["tests"]) {
      const int64_t id = test["tcId"];
      const bool marked_valid = std::string_view(test["result"]) == "valid";
      const bool valid =
          (marked_valid && !kMarkedValidByMistake.contains(id) && !kRefusedHere.contains(id)) ||
          kMarkedInvalidByMistake.contains(id);
      const Verdict verdict = judge ? (*judge)(token_of(test)) : Verdict::kNoMatchingKey;
      EXPECT_EQ(verdict == Verdict::kValid, valid)
          << id << ' ' << std::string_view(test["comment"]) << ": " << to_string(verdict);
      ++(valid ? num_valid : num_invalid);
    }
  }
  EXPECT_EQ(num_unusable_keys, 4u);  // those for encryption
  EXPECT_GE(num_valid, 38u);
  EXPECT_GE(num_invalid, 350u);
}

TEST(Wycheproof, APublicJwkIsNoSecret) {
  simdjson::dom::parser parser;
  const auto root = load_wycheproof(parser, "json_web_signature_test.json");
  if (!root) GTEST_SKIP() << "SIMDJWT_WYCHEPROOF_DIR is not set";
  size_t num_groups = 0;
  for (const object group : (*root)["testGroups"]) {
    object jwk;
    if (group["public"].get(jwk) != simdjson::SUCCESS) continue;
    EXPECT_FALSE(Key::hmac(Algorithm::kHs256, simdjson::minify(jwk)).ok());
    EXPECT_FALSE(Key::from_jwk(simdjson::minify(jwk), Algorithm::kHs256).ok());
    ++num_groups;
  }
  EXPECT_GE(num_groups, 10u);
}

TEST(Wycheproof, JsonWebKeys) {
  simdjson::dom::parser parser;
  const auto root = load_wycheproof(parser, "json_web_key_test.json");
  if (!root) GTEST_SKIP() << "SIMDJWT_WYCHEPROOF_DIR is not set";
  size_t num_tests = 0;
  for (const object group : (*root)["testGroups"]) {
    const auto keys = KeySet::from_jwks(verification_key(group));
    for (const object test : group["tests"]) {
      const bool valid = std::string_view(test["result"]) == "valid";
      Verdict verdict = Verdict::kNoMatchingKey;
      if (keys.ok()) verdict = Judge(*keys, Policy::signature_only())(token_of(test));
      EXPECT_EQ(verdict == Verdict::kValid, valid)
          << int64_t(test["tcId"]) << ' ' << std::string_view(test["comment"]) << ": "
          << to_string(verdict) << ", " << keys.status();
      ++num_tests;
    }
  }
  EXPECT_GE(num_tests, 26u);
}

}  // namespace
}  // namespace simdjwt::testing
