// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// verify_batch() against verify() where RSA tokens of several keys and lengths wait for each other,
// with others between them.

#include <gtest/gtest.h>
#include <simdjwt/signature_cache.h>

#include <algorithm>
#include <random>

#include "differential/expect_same.h"
#include "differential/token_mutator.h"
#include "support/signature_forge.h"

namespace simdjwt::testing {
namespace {

struct Signer {
  const char* kid;
  std::string_view jwk;
  Algorithm algorithm;
};

// Those of 2049 bits, and with another exponent, are for no kernel.
constexpr Signer kSigners[] = {
    {"a", kRsaJwk, Algorithm::kRs256},     {"b", kOtherRsaJwk, Algorithm::kRs256},
    {"c", kRsaJwk, Algorithm::kPs512},     {"d", kRsa3072Jwk, Algorithm::kRs384},
    {"e", kRsa3072Jwk, Algorithm::kPs256}, {"f", kRsa4096Jwk, Algorithm::kPs384},
    {"g", kRsa4096Jwk, Algorithm::kRs512}, {"h", kRsa2049Jwk, Algorithm::kRs256},
    {"i", kRsa2049Jwk, Algorithm::kPs256}, {"j", kRsaExponent3Jwk, Algorithm::kRs256},
    {"k", kP256Jwk, Algorithm::kEs256},    {"l", kEd25519Jwk, Algorithm::kEdDsa}};

class RsaBatch : public ::testing::Test {
 protected:
  RsaBatch() {
    KeySetBuilder keys;
    keys.add(make_key());  // HS256
    for (const Signer& signer : kSigners) {
      keys.add(make_jwk_key(public_jwk(signer.jwk), signer.algorithm, signer.kid));
      for (int i = 0; i < 2; ++i) add_tokens(signer, R"({"n":)" + std::to_string(i) + '}');
      good_.push_back(sign_with(signer.jwk, signer.algorithm, R"({"exp":1})", signer.kid));
    }
    // A kid that no key has: the second key that is tried verifies it.
    good_.push_back(sign_with(kOtherRsaJwk, Algorithm::kRs256, "{}"));
    good_.push_back(forge(kHeader, kClaims));
    keys_ = keys.build().value();
    for (const auto* tokens : {&good_, &bad_}) {
      for (const std::string& token : *tokens) {
        expected_.emplace_back(token, uncached().verify(token, scratch_, kNow).verdict());
      }
    }
  }

  Verifier uncached() const { return Verifier(*keys_, lenient().build().value()); }

  // Judges the tokens of these indices.
  void expect_verdicts(const Verifier& verifier, Scratch& scratch,
                       const std::vector<size_t>& indices) {
    std::vector<std::string_view> tokens;
    for (const size_t index : indices) tokens.push_back(expected_[index].first);
    std::vector<VerifyResult> results(tokens.size());
    verifier.verify_batch(tokens, results, scratch, kNow);
    for (size_t i = 0; i < tokens.size(); ++i) {
      ASSERT_EQ(results[i].verdict(), expected_[indices[i]].second)
          << "place " << i << " of " << tokens.size() << ": " << readable(tokens[i]);
    }
  }

  std::vector<size_t> random_indices(size_t count) {
    std::vector<size_t> indices(count);
    for (size_t& index : indices) index = random_() % expected_.size();
    return indices;
  }

  std::mt19937_64 random_{3};
  std::vector<std::string> good_;
  std::vector<std::string> bad_;
  std::vector<std::pair<std::string, Verdict>> expected_;
  std::optional<KeySet> keys_;
  Scratch scratch_;

 private:
  void add_tokens(const Signer& signer, const std::string& claims) {
    const std::string token = sign_with(signer.jwk, signer.algorithm, claims, signer.kid);
    good_.push_back(token);
    std::string signature = signature_of(token);
    for (const char filling : {'\0', '\xff'}) {  // s = 0, s >= n
      bad_.push_back(with_signature(token, std::string(signature.size(), filling)));
    }
    signature.back() = static_cast<char>(signature.back() ^ 1);
    bad_.push_back(with_signature(token, signature));
    bad_.push_back(with_signature(token, signature.substr(1)));
  }
};

TEST_F(RsaBatch, JudgesAsOneTokenAtATimeDoes) {
  EXPECT_GE(
      std::ranges::count(expected_, Verdict::kValid, &std::pair<std::string, Verdict>::second),
      static_cast<std::ptrdiff_t>(2 * std::size(kSigners)));
  for (auto& [kernel, scratch] : make_kernel_scratches()) {
    if (!kernel.starts_with("rsa/")) continue;
    SCOPED_TRACE(kernel);
    const size_t count = num_tokens(2'000);
    for (size_t done = 0; done < count;) {
      const std::vector<size_t> indices = random_indices(1 + random_() % 60);
      ASSERT_NO_FATAL_FAILURE(expect_verdicts(uncached(), scratch, indices));
      done += indices.size();
    }
  }
}

TEST_F(RsaBatch, LeavesOneBadTokenAmongGoodOnesAlone) {
  const size_t first_bad = good_.size();
  for (auto& [kernel, scratch] : make_kernel_scratches()) {
    if (!kernel.starts_with("rsa/")) continue;
    SCOPED_TRACE(kernel);
    for (size_t num_lanes = 1; num_lanes <= 9; ++num_lanes) {  // short remainders, too
      for (size_t place = 0; place < num_lanes; ++place) {
        std::vector<size_t> indices(num_lanes, 0);  // all of the first signer's good token
        indices[place] = first_bad + place % 3;
        ASSERT_NO_FATAL_FAILURE(expect_verdicts(uncached(), scratch, indices));
      }
    }
  }
}

TEST_F(RsaBatch, JudgesTheSameWhereItRemembersSome) {
  const Verifier remembering(*keys_, lenient().build().value(),
                             SignatureCache::create(8, {1, 2, 3}).value());
  for (size_t done = 0; done < num_tokens(2'000);) {
    std::vector<size_t> indices = random_indices(1 + random_() % 10);
    const std::vector<size_t> once = indices;
    for (size_t i = random_() % 4; i > 0; --i)
      indices.insert(indices.end(), once.begin(), once.end());
    ASSERT_NO_FATAL_FAILURE(expect_verdicts(remembering, scratch_, indices));
    done += indices.size();
  }
}

}  // namespace
}  // namespace simdjwt::testing
