// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// The HMAC vectors of Wycheproof's JSON Web Signature and JSON Web Key files. Set
// SIMDJWT_WYCHEPROOF_DIR to a folder with testvectors_v1 of C2SP/wycheproof.

#include <gtest/gtest.h>
#include <simdjson.h>

#include <cstdlib>
#include <filesystem>
#include <set>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

// Labels that do not fit their vectors: 372 and 373 are marked valid, and hold a '?'; 367 and 370
// are marked invalid, and are the bytes of valid ones.
const std::set<int64_t> kMarkedValidByMistake = {372, 373};
const std::set<int64_t> kMarkedInvalidByMistake = {367, 370};

// The file's root, or nullopt without the folder.
std::optional<element> load(simdjson::dom::parser& parser, const char* file) {
  const char* folder = std::getenv("SIMDJWT_WYCHEPROOF_DIR");
  if (folder == nullptr) return std::nullopt;
  return parser.load((std::filesystem::path(folder) / file).string()).value();
}

bool is_oct(const object& jwk) {
  std::string_view kty;
  return jwk["kty"].get(kty) == simdjson::SUCCESS && kty == "oct";
}

std::string token_of(const object& test) {
  std::string_view text;
  if (test["jws"].get(text) == simdjson::SUCCESS) return std::string(text);
  return simdjson::minify(test["jws"].value());  // one of the JSON serializations
}

TEST(Wycheproof, JsonWebSignatures) {
  simdjson::dom::parser parser;
  const auto root = load(parser, "json_web_signature_test.json");
  if (!root) GTEST_SKIP() << "SIMDJWT_WYCHEPROOF_DIR is not set";
  size_t num_valid = 0;
  size_t num_invalid = 0;
  for (const object group : (*root)["testGroups"]) {
    object jwk;
    if (group["private"].get(jwk) != simdjson::SUCCESS || !is_oct(jwk)) continue;
    // Their payloads are no claims.
    Judge judge(KeySet::of(Key::from_jwk(simdjson::minify(jwk)).value()), Policy::signature_only());
    for (const object test : group["tests"]) {
      const int64_t id = test["tcId"];
      const bool marked_valid = std::string_view(test["result"]) == "valid";
      const bool valid = (marked_valid && !kMarkedValidByMistake.contains(id)) ||
                         kMarkedInvalidByMistake.contains(id);
      const Verdict verdict = judge(token_of(test));
      EXPECT_EQ(verdict == Verdict::kValid, valid)
          << id << ' ' << std::string_view(test["comment"]) << ": " << to_string(verdict);
      ++(valid ? num_valid : num_invalid);
    }
  }
  EXPECT_GE(num_valid, 10u);
  EXPECT_GE(num_invalid, 25u);
}

TEST(Wycheproof, JsonWebSignaturesOfAnotherKeyType) {
  // Public keys, whatever is signed with them, make no key here.
  simdjson::dom::parser parser;
  const auto root = load(parser, "json_web_signature_test.json");
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
  const auto root = load(parser, "json_web_key_test.json");
  if (!root) GTEST_SKIP() << "SIMDJWT_WYCHEPROOF_DIR is not set";
  size_t num_tests = 0;
  for (const object group : (*root)["testGroups"]) {
    object set;
    if (group["private"].get(set) != simdjson::SUCCESS) continue;
    bool symmetric = false;
    for (const object jwk : set["keys"]) symmetric |= is_oct(jwk);
    if (!symmetric) continue;
    const auto keys = KeySet::from_jwks(simdjson::minify(set));
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
  EXPECT_GE(num_tests, 14u);
}

}  // namespace
}  // namespace simdjwt::testing
