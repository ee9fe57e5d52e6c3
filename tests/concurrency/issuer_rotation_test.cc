// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// Keys of many issuers are rotated, one issuer at a time, while threads verify and remember
// signatures. Meant for ThreadSanitizer, and of use without it.

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <random>
#include <thread>

#include "support/asymmetric_keys.h"
#include "support/judge.h"
#include "support/sanitizers.h"

namespace simdjwt::testing {
namespace {

constexpr size_t kNumVerifiers = 2;
constexpr size_t kNumIssuers = 12;
constexpr size_t kNumKids = 4;  // the same ones with every issuer, each in turn
constexpr size_t kNumRotations = kSanitized ? 500 : 4000;

constexpr Algorithm kAlgorithms[] = {Algorithm::kHs256, Algorithm::kRs256, Algorithm::kEs256};
Algorithm algorithm_of(size_t issuer) { return kAlgorithms[issuer % std::size(kAlgorithms)]; }

std::string issuer_of(size_t issuer) { return "https://" + std::to_string(issuer) + ".example"; }

// The secret or JWK that an issuer has under a kid: of HMAC all differ; of the others, those of
// neighbours with the same algorithm, and of one kid and the next.
std::string material_of(size_t issuer, size_t kid) {
  constexpr std::string_view kRsa[] = {kRsaJwk, kOtherRsaJwk};
  constexpr std::string_view kEc[] = {kP256Jwk, kOtherP256Jwk};
  const size_t which = (issuer / std::size(kAlgorithms) + kid) % 2;
  switch (algorithm_of(issuer)) {
    case Algorithm::kRs256:
      return std::string(kRsa[which]);
    case Algorithm::kEs256:
      return std::string(kEc[which]);
    default:
      return "secret " + std::to_string(issuer) + ' ' + std::to_string(kid) + std::string(40, '.');
  }
}

// What the key of `signer` makes of a token that says it is of `issuer`.
std::string token_of(size_t issuer, size_t signer, size_t kid) {
  const std::string claims = R"({"iss":")" + issuer_of(issuer) + R"("})";
  const Algorithm algorithm = algorithm_of(signer);
  const std::string name = std::to_string(kid);
  if (!is_hmac(algorithm)) return sign_with(material_of(signer, kid), algorithm, claims, name);
  return forge(R"({"alg":"HS256","kid":")" + name + R"("})", claims, material_of(signer, kid));
}

struct Token {
  size_t issuer;
  size_t kid;
  bool is_own;  // else signed by another issuer's key of the same kid and algorithm
  std::string text;
};

std::vector<Token> all_tokens() {
  std::vector<Token> tokens;
  for (size_t issuer = 0; issuer < kNumIssuers; ++issuer) {
    const size_t other = (issuer + std::size(kAlgorithms)) % kNumIssuers;
    for (size_t kid = 0; kid < kNumKids; ++kid) {
      tokens.push_back({issuer, kid, true, token_of(issuer, issuer, kid)});
      tokens.push_back({issuer, kid, false, token_of(issuer, other, kid)});
    }
  }
  return tokens;
}

// The keys of a version: that of its kid, and for the overlap that of the kid before.
KeySet keys_of(size_t issuer, size_t version) {
  std::vector<Key> keys;
  for (const size_t kid : {version % kNumKids, (version - 1) % kNumKids}) {
    const std::string material = material_of(issuer, kid);
    const Algorithm algorithm = algorithm_of(issuer);
    keys.push_back(is_hmac(algorithm)
                       ? make_key(material, std::to_string(kid))
                       : make_jwk_key(public_jwk(material), algorithm, std::to_string(kid)));
  }
  return make_keys(std::move(keys));
}

using Versions = std::array<size_t, kNumIssuers>;

struct Published {
  Versions versions;
  Verifier verifier;

  Verdict expected(const Token& token) const {
    const size_t version = versions[token.issuer];
    const bool is_known = token.kid == version % kNumKids || token.kid == (version - 1) % kNumKids;
    if (!is_known) return Verdict::kNoMatchingKey;
    return token.is_own ? Verdict::kValid : Verdict::kBadSignature;
  }
};

class Reader {
 public:
  Reader(const std::vector<Token>& tokens, unsigned seed) : tokens_(tokens), random_(seed) {}

  // Shows some tokens, one at a time or together. Returns how many verdicts are wrong.
  size_t show(const Published& published) {
    constexpr size_t kShown = 12;
    std::array<const Token*, kShown> shown;
    std::array<std::string_view, kShown> views;
    std::array<VerifyResult, kShown> results;
    for (size_t i = 0; i < kShown; ++i) {
      shown[i] = &tokens_[random_() % tokens_.size()];
      views[i] = shown[i]->text;
    }
    const bool together = random_() % 2 == 0;
    if (together) published.verifier.verify_batch(views, results, scratch_, kNow);
    size_t num_wrong = 0;
    for (size_t i = 0; i < kShown; ++i) {
      if (!together) results[i] = published.verifier.verify(views[i], scratch_, kNow);
      num_wrong += results[i].verdict() != published.expected(*shown[i]);
    }
    return num_wrong;
  }

 private:
  const std::vector<Token>& tokens_;
  std::minstd_rand random_;
  Scratch scratch_;
};

TEST(IssuerRotation, GivesNoWrongVerdictUnderLoad) {
  const std::vector<Token> tokens = all_tokens();
  // Too small for all of them, so that some are forgotten.
  const auto signatures = SignatureCache::create(tokens.size() / 4, {1}).value();
  const Policy policy = lenient().build().value();
  Versions versions;
  IssuerKeys issuers;
  // Made once: to load a key takes longer than to publish one.
  std::array<std::vector<KeySet>, kNumIssuers> sets;
  for (size_t issuer = 0; issuer < kNumIssuers; ++issuer) {
    versions[issuer] = kNumKids;
    for (size_t i = 0; i < kNumKids; ++i) sets[issuer].push_back(keys_of(issuer, kNumKids + i));
    issuers = issuers.with(issuer_of(issuer), sets[issuer][0]);
  }
  Snapshot<Published> snapshot({versions, Verifier(issuers, policy, signatures)}, kNumVerifiers);
  std::atomic<bool> stop = false;
  std::atomic<size_t> num_wrong = 0;
  std::atomic<size_t> num_shown = 0;
  std::vector<std::thread> readers;
  for (unsigned i = 0; i < kNumVerifiers; ++i) {
    readers.emplace_back([&, i] {
      auto view = snapshot.make_reader();
      Reader reader(tokens, i + 1);
      while (!stop.load(std::memory_order_relaxed)) {
        num_wrong += reader.show(view.read());
        ++num_shown;
      }
    });
  }
  std::minstd_rand random(7);
  for (size_t i = 0; i < kNumRotations; ++i) {
    const size_t issuer = random() % kNumIssuers;
    const size_t version = ++versions[issuer];
    issuers = issuers.with(issuer_of(issuer), sets[issuer][version % kNumKids]);
    snapshot.publish({versions, Verifier(issuers, policy, signatures)});
    if (i % 8 == 0) std::this_thread::yield();
  }
  while (num_shown < 100) std::this_thread::yield();
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(num_wrong, 0u);
}

}  // namespace
}  // namespace simdjwt::testing
