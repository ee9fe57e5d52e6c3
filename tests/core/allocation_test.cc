// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// A verification allocates nothing once its Scratch has seen the largest batch, whatever the
// verdict.

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "bytes/kernels.h"
#include "support/asymmetric_keys.h"
#include "support/heap_watch.h"
#include "support/judge.h"

namespace simdjwt::testing {
namespace {

Verifier make_verifier(bool collect_all) {
  std::vector<Key> keys;
  keys.push_back(make_key(kSecret, "a"));
  keys.push_back(make_key(kSecret, "b", Algorithm::kHs384));
  keys.push_back(make_key(kOtherSecret));
  keys.push_back(make_key(kSecret, "c", Algorithm::kHs512));
  PolicyBuilder builder = lenient();
  builder.require_claim("sub").expect_scope("scope", "read").leeway_seconds(5);
  if (collect_all) builder.collect_all_failures();
  return Verifier(make_keys(std::move(keys)), builder.build().value());
}

// Tokens that end at every stage of the pipeline.
std::vector<std::string> tokens_of_all_fates() {
  constexpr std::string_view kGood = R"({"sub":"alice","scope":"read","exp":1750003600})";
  constexpr std::string_view kHeaderA = R"({"alg":"HS256","kid":"a"})";
  const std::string valid = forge(kHeaderA, kGood);
  std::string escaped = R"({"sub":"al\u0069ce","scope":"read","x":[)";
  for (int i = 0; i < 100; ++i) escaped += R"({"y":"\n"},)";
  return {
      valid,
      forge(R"({"alg":"HS384","kid":"b","typ":"JWT"})", kGood, kSecret, Algorithm::kHs384),
      forge(R"({"alg":"HS512","kid":"c"})", kGood, kSecret, Algorithm::kHs512),
      forge(R"({"alg":"HS256"})", kGood, kOtherSecret),
      forge(kHeaderA, escaped + "1]}"),
      forge(kHeaderA, R"({"sub":"a","scope":"read","x":")" + std::string(5000, 'x') + "\"}"),
      forge(R"({"alg":"HS256","kid":"a","x":")" + std::string(1400, 'x') + "\"}", kGood),
      "",
      std::string(1 << 20, '.'),
      std::string(1 << 20, 'A'),
      std::string(kTokenBytesMax, '.'),
      "a.b.c.d.e",
      valid + '=',
      valid.substr(0, valid.size() - 1),
      forge("no json", kGood),
      forge(R"({"alg":"none"})", kGood),
      forge(R"({"alg":"HS256","crit":["x","y","z"],"x":1,"y":1,"z":1})", kGood),
      forge(R"({"alg":"HS256","kid":"unknown"})", kGood),
      forge(R"({"alg":"HS512","kid":"a"})", kGood),
      forge(kHeaderA, kGood, kOtherSecret),
      forge(kHeaderA, "no json"),
      forge(kHeaderA, R"({"a":1,"a":2})"),
      forge(kHeaderA, R"({"sub":1})"),
      forge(kHeaderA, R"({"exp":1})"),
      forge(kHeaderA, "{}"),
      forge(kHeaderA, R"({"sub":"a","scope":"write"})"),
  };
}

// What a caller does with an accepted token.
size_t read_claims(const VerifiedToken& token) noexcept {
  size_t sum = token.sub()->size() + token.iss().value_or("").size() + token.payload().size();
  sum += static_cast<size_t>(token.exp().value_or(0)) + token.kid().size();
  sum += token.has_aud("x") + token.claim("scope")->has_word("read");
  token.for_each_aud([&](std::string_view audience) { sum += audience.size(); });
  for (size_t i = 0; i < token.num_claims(); ++i) {
    const Claim claim = token.claim_at(i);
    sum += token.claim_name(i).size() + claim.raw_json().size() + claim.has_element("x");
    sum += claim.string().value_or("").size() + (claim.number() > 1.0) + (claim.integer() == 1);
    claim.for_each_element([&](std::string_view element) { sum += element.size(); });
  }
  return sum;
}

TEST(Allocation, IsSeenByTheCounter) {
  const size_t before = num_allocations();
  std::string text(1000, 'x');
  EXPECT_GT(num_allocations(), before);
  EXPECT_EQ(text.size(), 1000u);
}

TEST(Allocation, DoesNotHappenForOneToken) {
  for (const bool collect_all : {false, true}) {
    const Verifier verifier = make_verifier(collect_all);
    const std::vector<std::string> tokens = tokens_of_all_fates();
    Scratch scratch;
    (void)verifier.verify(tokens.front(), scratch, kNow);
    size_t num_valid = 0;
    const size_t before = num_allocations();
    for (int round = 0; round < 100; ++round) {
      for (const std::string& token : tokens) {
        const VerifyResult result = verifier.verify(token, scratch, kNow);
        if (result) num_valid += read_claims(*result) > 0;
      }
    }
    EXPECT_EQ(num_allocations(), before);
    EXPECT_EQ(num_valid, 700u);
  }
}

TEST(Allocation, DoesNotHappenForABatchThatIsNoLargerThanThoseBefore) {
  for (const bool collect_all : {false, true}) {
    const Verifier verifier = make_verifier(collect_all);
    std::vector<std::string> tokens;
    for (int i = 0; i < 40; ++i) {
      for (std::string& token : tokens_of_all_fates()) tokens.push_back(std::move(token));
    }
    const std::vector<std::string_view> views(tokens.begin(), tokens.end());
    std::vector<VerifyResult> results(views.size());
    Scratch scratch;
    verifier.verify_batch(views, results, scratch, kNow);
    size_t num_valid = 0;
    const size_t before = num_allocations();
    for (size_t count = 0; count <= views.size(); count += 13) {
      const std::span part = std::span(views).first(count);
      verifier.verify_batch(part, results, scratch, kNow);
      for (size_t i = 0; i < count; ++i) {
        if (results[i]) num_valid += read_claims(*results[i]) > 0;
      }
    }
    EXPECT_EQ(num_allocations(), before);
    EXPECT_GT(num_valid, 5000u);
  }
}

TEST(Allocation, DoesNotHappenWhereTokensMayBeRevoked) {
  const std::shared_ptr<Revocations> revocations = Revocations::create({1});
  const Verifier verifier(KeySet::of(make_key()), lenient().build().value(), nullptr,
                          {.revocations = revocations, .account = "a"});
  const std::vector<std::string> tokens = {
      forge_claims(R"({"iss":"i","sub":"s","jti":"j","iat":1})"),
      forge_claims(R"({"iss":"i","sub":"t","jti":"k","iat":1})"),
      forge_claims(R"({"iss":"i","sub":"t","jti":"l","iat":9})"),
  };
  Scratch scratch;
  (void)verifier.verify(tokens.front(), scratch, kNow);
  const auto num_revoked = [&] {
    size_t count = 0;
    const size_t before = num_allocations();
    for (const std::string& token : tokens) {
      count += verifier.verify(token, scratch, kNow).verdict() == Verdict::kRevoked;
      count += revocations->is_index_revoked(7);
    }
    EXPECT_EQ(num_allocations(), before);
    return count;
  };
  EXPECT_EQ(num_revoked(), 0u);
  revocations->revoke_jti(TokenOwner::issuer("i"), "j", kNow);
  EXPECT_EQ(num_revoked(), 1u);
  revocations->refuse_before(TokenOwner::account("a"), "t", 5);
  EXPECT_EQ(num_revoked(), 2u);
  revocations->refuse_before(10);
  revocations->revoke_index(7);
  EXPECT_EQ(num_revoked(), 6u);
}

TEST(Allocation, DoesNotHappenForAVerifierThatTheScratchHasNotMet) {
  const std::string token = forge(R"({"alg":"HS256","kid":"a"})", R"({"sub":"a","scope":"read"})");
  const Verifier first = make_verifier(false);
  const Verifier second = make_verifier(true);
  Scratch scratch;
  (void)first.verify(token, scratch, kNow);
  const size_t before = num_allocations();
  const Verdict verdict = second.verify(token, scratch, kNow).verdict();
  EXPECT_EQ(num_allocations(), before);
  EXPECT_EQ(verdict, Verdict::kValid);
}

TEST(Allocation, DoesNotHappenWhereTheIssuerChoosesTheKey) {
  IssuerKeys issuers;
  for (const char* issuer : {"a", "b", "https://a-name-that-needs-memory-of-its-own.example"}) {
    issuers = issuers.with(issuer, KeySet::of(make_key(kSecret, "k")));
  }
  const Verifier verifier(issuers, lenient().require_claim("sub").build().value());
  constexpr std::string_view kHeaderK = R"({"alg":"HS256","kid":"k"})";
  const std::string tokens[] = {
      forge(kHeaderK, R"({"iss":"a","sub":"x"})"),
      forge(kHeaderK, R"({"iss":"b","sub":"x"})"),
      forge(kHeaderK,
            R"({"\u0069ss":"https:\/\/a-name-that-needs-memory-of-its-own.example","sub":"x"})"),
      forge(kHeaderK, R"({"iss":"a","sub":"x"})", kOtherSecret),
      forge(kHeaderK, R"({"iss":"a"})"),
      forge(kHeaderK, R"({"iss":"c","sub":"x"})"),
      forge(kHeaderK, R"({"iss":1})"),
      forge(kHeaderK, "no json"),
      forge(R"({"alg":"HS256","kid":"unknown"})", R"({"iss":"a"})"),
  };
  const std::vector<std::string_view> views(std::begin(tokens), std::end(tokens));
  std::vector<VerifyResult> results(views.size());
  Scratch scratch;
  verifier.verify_batch(views, results, scratch, kNow);
  size_t num_valid = 0;
  const size_t before = num_allocations();
  for (int round = 0; round < 100; ++round) {
    for (const std::string_view token : views) num_valid += !!verifier.verify(token, scratch, kNow);
    verifier.verify_batch(views, results, scratch, kNow);
    for (const VerifyResult& result : results) num_valid += !!result;
  }
  EXPECT_EQ(num_allocations(), before);
  EXPECT_EQ(num_valid, 600u);
}

// What core computes itself of asymmetric signatures. (libcrypto allocates where it verifies.)
TEST(Allocation, DoesNotHappenForRsaTokensThatAKernelTakesSideBySide) {
  if (bytes::selected_kernels().rsa->num_lanes == 0) GTEST_SKIP() << "no kernel for RSA";
  KeySetBuilder keys;
  std::vector<std::string> tokens;
  for (const auto& [jwk, algorithm] :
       {std::pair(kRsaJwk, Algorithm::kRs256), std::pair(kOtherRsaJwk, Algorithm::kPs256),
        std::pair(kRsa3072Jwk, Algorithm::kPs384)}) {
    const std::string kid(to_string(algorithm));
    keys.add(make_jwk_key(public_jwk(jwk), algorithm, kid));
    tokens.insert(tokens.end(), bytes::kRsaLanesMax, sign_with(jwk, algorithm, "{}", kid));
    std::string bad = tokens.back();
    bad[bad.size() - 9] = bad[bad.size() - 9] == 'A' ? 'B' : 'A';
    tokens[tokens.size() - 2] = bad;
  }
  const Verifier verifier(keys.build().value(), lenient().build().value());
  const std::vector<std::string_view> views(tokens.begin(), tokens.end());
  std::vector<VerifyResult> results(views.size());
  Scratch scratch;
  verifier.verify_batch(views, results, scratch, kNow);
  const size_t before = num_allocations();
  verifier.verify_batch(views, results, scratch, kNow);
  EXPECT_EQ(num_allocations(), before);
  EXPECT_EQ(std::ranges::count(results, Verdict::kValid, &VerifyResult::verdict),
            static_cast<std::ptrdiff_t>(tokens.size() - 3));
}

TEST(Allocation, DoesNotHappenForASignatureThatIsRememberedNorForEd25519) {
  const auto num_in_verify = [](std::string_view jwk, Algorithm algorithm,
                                std::shared_ptr<SignatureCache> signatures) {
    const std::string token = sign_with(jwk, algorithm, R"({"sub":"a"})");
    const Verifier verifier(KeySet::of(make_jwk_key(public_jwk(jwk), algorithm)),
                            lenient().build().value(), std::move(signatures));
    Scratch scratch;
    EXPECT_EQ(verifier.verify(token, scratch, kNow).verdict(), Verdict::kValid);
    const size_t before = num_allocations();
    const Verdict verdict = verifier.verify(token, scratch, kNow).verdict();
    const size_t count = num_allocations() - before;
    EXPECT_EQ(verdict, Verdict::kValid);
    return count;
  };
  const auto signatures = SignatureCache::create(100, {1, 2, 3}).value();
  for (const auto& [algorithm, jwk] : kAlgorithmKeys) {
    EXPECT_EQ(num_in_verify(jwk, algorithm, signatures), 0) << to_string(algorithm);
  }
  EXPECT_EQ(num_in_verify(kEd25519Jwk, Algorithm::kEd25519, nullptr), 0);
}

TEST(Allocation, ThatFailsIsAVerdictAndNoCrash) {
  const Verifier verifier = make_verifier(false);
  const std::string token = forge(R"({"alg":"HS256","kid":"a"})", R"({"sub":"a","scope":"read"})");
  const std::vector<std::string_view> tokens(1000, token);
  std::vector<VerifyResult> results(tokens.size());
  Scratch scratch;
  if (!fail_allocations(true)) GTEST_SKIP() << "a sanitizer's allocator cannot be made to fail";
  const Verdict single = verifier.verify(token, scratch, kNow).verdict();
  verifier.verify_batch(tokens, results, scratch, kNow);
  fail_allocations(false);
  EXPECT_TRUE(single == Verdict::kOutOfMemory || single == Verdict::kValid) << to_string(single);
  EXPECT_EQ(results.back().verdict(), Verdict::kOutOfMemory);
  for (const VerifyResult& result : results) {
    EXPECT_TRUE(result || result.verdict() == Verdict::kOutOfMemory);
  }
  // And the next call is none the worse for it.
  verifier.verify_batch(tokens, results, scratch, kNow);
  for (const VerifyResult& result : results) EXPECT_EQ(result.verdict(), Verdict::kValid);
}

// The signature is good, and never called bad for want of memory, wherever libcrypto runs out.
TEST(Allocation, ThatFailsInsideOfLibcryptoIsNoBadSignature) {
  for (const auto& [algorithm, jwk] : kAlgorithmKeys) {
    const Verifier verifier(KeySet::of(make_jwk_key(public_jwk(jwk), algorithm)),
                            Policy::signature_only());
    const std::string token = sign_with(jwk, algorithm, "{}");
    Scratch scratch;
    Verdict verdict = verifier.verify(token, scratch, kNow).verdict();
    EXPECT_EQ(verdict, Verdict::kValid);
    size_t num_failed = 0;
    do {
      if (!fail_allocations(true, num_failed)) GTEST_SKIP() << "a sanitizer's allocator";
      verdict = verifier.verify(token, scratch, kNow).verdict();
      fail_allocations(false);
      if (verdict != Verdict::kValid) {
        EXPECT_EQ(verdict, Verdict::kOutOfMemory) << to_string(algorithm) << ' ' << num_failed;
      }
      ++num_failed;
    } while (verdict != Verdict::kValid && num_failed < 1000);
    EXPECT_EQ(verdict, Verdict::kValid);
  }
}

}  // namespace
}  // namespace simdjwt::testing
