// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// NIST's response files for ECDSA and RSA, and the vectors of RFC 8032 in the same form, through
// core's own checks. They are in Debian's python3-cryptography-vectors.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <vector>

#include "conformance/raw_verification.h"
#include "support/hex.h"
#include "support/judge.h"

namespace simdjwt::testing {
namespace {

class NistSignatures : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::string_view(SIMDJWT_NIST_VECTORS_DIR).empty()) {
      GTEST_SKIP() << "SIMDJWT_NIST_VECTORS_DIR: no NIST vectors (python3-cryptography-vectors)";
    }
  }
};

std::filesystem::path vector_file(const char* name) {
  return std::filesystem::path(SIMDJWT_NIST_VECTORS_DIR) / "asymmetric" / name;
}

using Values = std::map<std::string, std::string, std::less<>>;

// Calls `judge` with the section, as "P-256,SHA-256", and all values so far, at each `last`.
template <class Judge>
void for_each_vector(const char* name, std::string_view last, Judge judge) {
  std::ifstream file(vector_file(name));
  ASSERT_TRUE(file) << name;
  std::string section;
  Values values;
  for (std::string line; std::getline(file, line);) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    if (line.starts_with('[')) section = line.substr(1, line.size() - 2);
    const size_t equals = line.find(" =");
    if (line.starts_with('[') || equals == std::string::npos) continue;
    const std::string key = line.substr(0, equals);
    values[key] = line.substr(std::min(equals + 3, line.size()));
    if (key == last) judge(section, values);
  }
}

// A number in as few bytes as it takes, but at least so many.
std::string number(const std::string& digits, size_t bytes_min) {
  const std::string bytes = from_hex(digits.size() % 2 == 0 ? digits : '0' + digits);
  const std::string minimal = bytes.substr(std::min(bytes.find_first_not_of('\0'), bytes.size()));
  return std::string(bytes_min - std::min(bytes_min, minimal.size()), '\0') + minimal;
}

struct CurveOfNist {
  std::string_view name;
  const char* section;  // with the hash that the algorithm has
  Algorithm algorithm;
  size_t bytes;
};
constexpr CurveOfNist kCurves[] = {{"P-256", "P-256,SHA-256", Algorithm::kEs256, 32},
                                   {"P-384", "P-384,SHA-384", Algorithm::kEs384, 48},
                                   {"P-521", "P-521,SHA-512", Algorithm::kEs512, 66}};

absl::StatusOr<Key> point_key(const CurveOfNist& curve, Values& values) {
  return Key::from_jwk(R"({"kty":"EC","crv":")" + std::string(curve.name) + R"(","x":")" +
                           base64url(number(values["Qx"], curve.bytes)) + R"(","y":")" +
                           base64url(number(values["Qy"], curve.bytes)) + R"("})",
                       curve.algorithm);
}

TEST_F(NistSignatures, OfEcdsaAreJudgedAsMarked) {
  size_t num_valid = 0;
  size_t num_invalid = 0;
  for_each_vector(
      "ECDSA/FIPS_186-3/SigVer.rsp", "Result", [&](const auto& section, Values& values) {
        for (const CurveOfNist& curve : kCurves) {
          if (section != curve.section) continue;
          const bool valid = values["Result"].starts_with('P');
          const auto key = point_key(curve, values);
          const std::string signature =
              number(values["R"], curve.bytes) + number(values["S"], curve.bytes);
          EXPECT_EQ(key.ok() && verifies(*key, from_hex(values["Msg"]), signature), valid)
              << section << ' ' << values["Result"];
          ++(valid ? num_valid : num_invalid);
        }
      });
  EXPECT_GE(num_valid, 9u);
  EXPECT_GE(num_invalid, 30u);
}

TEST_F(NistSignatures, PointsOfCurvesAreJudgedAsMarked) {
  size_t num_valid = 0;
  size_t num_invalid = 0;
  for_each_vector("ECDSA/FIPS_186-3/PKV.rsp", "Result", [&](const auto& section, Values& values) {
    for (const CurveOfNist& curve : kCurves) {
      if (section != curve.name) continue;
      const bool valid = values["Result"].starts_with('P');
      EXPECT_EQ(point_key(curve, values).ok(), valid) << section << ' ' << values["Result"];
      ++(valid ? num_valid : num_invalid);
    }
  });
  EXPECT_GE(num_valid, 9u);
  EXPECT_GE(num_invalid, 20u);
}

absl::StatusOr<Key> rsa_key(Values& values, Algorithm algorithm) {
  return Key::from_jwk(R"({"kty":"RSA","n":")" + base64url(number(values["n"], 0)) + R"(","e":")" +
                           base64url(number(values["e"], 0)) + R"("})",
                       algorithm);
}

// RS256 or PS256 and their siblings; nullopt for hashes that JWS has not.
std::optional<Algorithm> rsa_algorithm(char scheme, std::string_view hash) {
  return parse_algorithm(scheme + ("S" + std::string(hash.substr(3))));
}

TEST_F(NistSignatures, OfRsaAreJudgedAsMarked) {
  size_t num_valid = 0;
  size_t num_invalid = 0;
  size_t num_short_keys = 0;
  for_each_vector("RSA/FIPS_186-2/SigVer15_186-3.rsp", "Result", [&](const auto&, Values& values) {
    const std::optional<Algorithm> algorithm = rsa_algorithm('R', values["SHAAlg"]);
    if (!algorithm) return;
    const auto key = rsa_key(values, *algorithm);
    if (number(values["n"], 0).size() < 256) {
      EXPECT_FALSE(key.ok());
      ++num_short_keys;
      return;
    }
    ASSERT_TRUE(key.ok()) << key.status();
    const bool valid = values["Result"].starts_with('P');
    const std::string signature = number(values["S"], key->signature_bytes());
    EXPECT_EQ(verifies(*key, from_hex(values["Msg"]), signature), valid) << values["Result"];
    ++(valid ? num_valid : num_invalid);
  });
  EXPECT_GE(num_valid, 27u);
  EXPECT_GE(num_invalid, 135u);
  EXPECT_GE(num_short_keys, 100u);
}

TEST_F(NistSignatures, OfPssWithSaltsOfOtherLengthsAreRefused) {
  // Right or not: their salts have 10 bytes, those of JWS as many as the hash.
  size_t num_right_elsewhere = 0;
  for_each_vector("RSA/FIPS_186-2/SigVerPSS_186-3.rsp", "Result", [&](const auto&, Values& values) {
    const std::optional<Algorithm> algorithm = rsa_algorithm('P', values["SHAAlg"]);
    if (!algorithm || number(values["n"], 0).size() < 256) return;
    const auto key = rsa_key(values, *algorithm);
    ASSERT_TRUE(key.ok()) << key.status();
    const std::string signature = number(values["S"], key->signature_bytes());
    EXPECT_FALSE(verifies(*key, from_hex(values["Msg"]), signature));
    num_right_elsewhere += values["Result"].starts_with('P') ? 1 : 0;
  });
  EXPECT_GE(num_right_elsewhere, 27u);
}

Key edwards_key(const char* curve, std::string_view point, Algorithm algorithm) {
  return Key::from_jwk(R"({"kty":"OKP","crv":")" + std::string(curve) + R"(","x":")" +
                           base64url(point) + R"("})",
                       algorithm)
      .value();
}

TEST_F(NistSignatures, OfEd448AreThoseOfTheRfc) {
  size_t num_valid = 0;
  size_t num_with_context = 0;
  for_each_vector("Ed448/rfc8032.txt", "SIGNATURE", [&](const auto&, Values& values) {
    const Key key = edwards_key("Ed448", from_hex(values["PUBLIC"]), Algorithm::kEd448);
    // JWS gives no context (RFC 8037 section 3.1): what was signed with one is not for it.
    const bool has_context = values.erase("CONTEXT") > 0;
    EXPECT_EQ(verifies(key, from_hex(values["MESSAGE"]), from_hex(values["SIGNATURE"])),
              !has_context);
    ++(has_context ? num_with_context : num_valid);
  });
  EXPECT_GE(num_valid, 8u);
  EXPECT_GE(num_with_context, 1u);
}

TEST_F(NistSignatures, OfEd25519AreThoseOfItsAuthors) {
  // Seed and public key, public key, message, signature and message; colons between them.
  std::ifstream file(vector_file("Ed25519/sign.input"));
  ASSERT_TRUE(file);
  size_t num_valid = 0;
  for (std::string line; std::getline(file, line); ++num_valid) {
    if (num_valid % 8 != 0) continue;  // each is a byte longer than the last
    const size_t point = line.find(':') + 1;
    const size_t message = line.find(':', point) + 1;
    const size_t signature = line.find(':', message) + 1;
    const Key key = edwards_key("Ed25519", from_hex(line.substr(point, 64)), Algorithm::kEd25519);
    std::string text = from_hex(line.substr(message, signature - 1 - message));
    const std::string bytes = from_hex(line.substr(signature, 128));
    EXPECT_TRUE(verifies(key, text, bytes)) << num_valid;
    text += 'x';
    EXPECT_FALSE(verifies(key, text, bytes)) << num_valid;
  }
  EXPECT_GE(num_valid, 1024u);
}

}  // namespace
}  // namespace simdjwt::testing
