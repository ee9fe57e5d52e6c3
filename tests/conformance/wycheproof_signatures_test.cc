// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// Wycheproof's signatures of single algorithms, through core's own checks and not through the
// libraries alone.

#include <gtest/gtest.h>

#include "conformance/raw_verification.h"
#include "conformance/wycheproof.h"
#include "support/hex.h"
#include "support/judge.h"

namespace simdjwt::testing {
namespace {

using simdjson::dom::object;

struct VectorFile {
  const char* name;
  Algorithm algorithm;
  size_t num_valid;
  size_t num_invalid;
};

void PrintTo(const VectorFile& file, std::ostream* out) { *out << file.name; }

class WycheproofSignatures : public ::testing::TestWithParam<VectorFile> {};

// The public key; some groups of elliptic curves give the point alone.
std::string jwk_of(const object& group) {
  object jwk;
  if (group["publicKeyJwk"].get(jwk) == simdjson::SUCCESS ||
      group["keyJwk"].get(jwk) == simdjson::SUCCESS) {
    return simdjson::minify(jwk);
  }
  const std::string point = from_hex(group["publicKey"]["uncompressed"]).substr(1);
  const std::string_view curve = group["publicKey"]["curve"];
  const std::string name =
      curve == "secp256k1" ? "secp256k1" : "P-" + std::string(curve.substr(4, 3));
  return R"({"kty":"EC","crv":")" + name + R"(","x":")" +
         base64url(point.substr(0, point.size() / 2)) + R"(","y":")" +
         base64url(point.substr(point.size() / 2)) + R"("})";
}

TEST_P(WycheproofSignatures, AreJudgedAsMarked) {
  simdjson::dom::parser parser;
  const auto root = load_wycheproof(parser, GetParam().name);
  if (!root) GTEST_SKIP() << "SIMDJWT_WYCHEPROOF_DIR is not set";
  size_t num_valid = 0;
  size_t num_invalid = 0;
  for (const object group : (*root)["testGroups"]) {
    const auto key = Key::from_jwk(jwk_of(group), GetParam().algorithm);
    ASSERT_TRUE(key.ok()) << key.status();
    for (const object test : group["tests"]) {
      // The one that is "acceptable" spells a hash's identifier in a way that PKCS #1 does not.
      const bool valid = std::string_view(test["result"]) == "valid";
      EXPECT_EQ(verifies(*key, from_hex(test["msg"]), from_hex(test["sig"])), valid)
          << int64_t(test["tcId"]) << ' ' << std::string_view(test["comment"]);
      ++(valid ? num_valid : num_invalid);
    }
  }
  EXPECT_GE(num_valid, GetParam().num_valid);
  EXPECT_GE(num_invalid, GetParam().num_invalid);
}

INSTANTIATE_TEST_SUITE_P(
    , WycheproofSignatures,
    ::testing::Values(
        VectorFile{"rsa_signature_2048_sha256_test.json", Algorithm::kRs256, 9, 250},
        VectorFile{"rsa_signature_2048_sha512_test.json", Algorithm::kRs512, 8, 250},
        VectorFile{"rsa_pss_2048_sha256_mgf1_32_test.json", Algorithm::kPs256, 60, 45},
        VectorFile{"ecdsa_secp256r1_sha256_p1363_test.json", Algorithm::kEs256, 170, 85},
        VectorFile{"ecdsa_secp384r1_sha384_p1363_test.json", Algorithm::kEs384, 190, 85},
        VectorFile{"ecdsa_secp521r1_sha512_p1363_test.json", Algorithm::kEs512, 230, 85},
        VectorFile{"ecdsa_secp256k1_sha256_p1363_test.json", Algorithm::kEs256k, 165, 85},
        VectorFile{"ed25519_test.json", Algorithm::kEd25519, 85, 60},
        VectorFile{"ed448_test.json", Algorithm::kEd448, 15, 70}),
    [](const auto& test) { return std::string(to_string(test.param.algorithm)); });

}  // namespace
}  // namespace simdjwt::testing
