// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// Verifiers with a SignatureCache against verifiers without: the same verdicts, whatever happens to
// keys, issuers, policies, revocations and the clock, and however small the cache is.

#include <gtest/gtest.h>
#include <simdjwt/signature_cache.h>
#include <simdjwt/signer.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "differential/expect_same.h"
#include "jose/key_material.h"
#include "state/signature_table.h"
#include "support/asymmetric_keys.h"

namespace simdjwt::testing {
namespace {

constexpr SignatureCache::Seed kSeed = {1, 2, 3};

struct Signing {
  std::string_view jwk;
  Algorithm algorithm;
};

constexpr Signing kSignings[] = {
    {kP256Jwk, Algorithm::kEs256},    {kOtherP256Jwk, Algorithm::kEs256},
    {kEd25519Jwk, Algorithm::kEdDsa}, {kOtherEd25519Jwk, Algorithm::kEdDsa},
    {kRsaJwk, Algorithm::kRs256},     {kOtherRsaJwk, Algorithm::kRs256},
    {kRsaJwk, Algorithm::kPs256}};  // the same key, differently used
constexpr std::string_view kKids[] = {"", "a", "b"};
constexpr std::string_view kIssuers[] = {"p", "q"};

// Whose keys the verifiers have: a set for all tokens, or one for each issuer.
enum class KeysOf : uint8_t { kEverybody, kEachIssuer };

// Changes at random; then shows tokens, some of them again and again.
class World {
 public:
  explicit World(size_t num_tokens, KeysOf keys_of = KeysOf::kEverybody)
      : keys_of_(keys_of), cache_(SignatureCache::create(num_tokens, kSeed).value()) {
    for (const Signing& signing : kSignings) {
      for (const std::string_view kid : kKids) sign_tokens(signing, kid);
    }
    for (size_t i = 0; i < std::size(kIssuers); ++i) exchange_keys();
    exchange_policy();
    forget_revocations();
  }

  void run(size_t num_rounds) {
    for (size_t i = 0; i < num_rounds; ++i) {
      if (one_in(20)) exchange_keys();
      if (one_in(50)) exchange_policy();
      if (one_in(300)) forget_revocations();
      if (one_in(60)) revoke();
      if (one_in(10)) now_ = kNow + static_cast<int64_t>(below(120)) - 60;
      if (!with_) make_verifiers();
      ASSERT_NO_FATAL_FAILURE(one_in(3) ? show_many() : show_one(next_token()));
    }
    EXPECT_GT(num_accepted_, num_rounds / 40);
    EXPECT_GT(num_revoked_, num_rounds / 200);
  }

 private:
  size_t below(size_t bound) { return random_() % bound; }
  bool one_in(size_t odds) { return below(odds) == 0; }

  void sign_tokens(const Signing& signing, std::string_view kid) {
    for (int i = 0; i < 3; ++i) {
      const std::string claims =
          R"({"iss":")" + std::string(kIssuers[tokens_.size() % std::size(kIssuers)]) +
          R"(","sub":"s)" + std::to_string(i) + R"(","aud":")" + (i > 0 ? "x" : "y") +
          R"(","jti":")" + std::to_string(tokens_.size()) + R"(","iat":)" +
          std::to_string(kNow - 200 + 5 * i) + R"(,"exp":)" + std::to_string(kNow + 50 * i) + '}';
      tokens_.push_back(sign_with(signing.jwk, signing.algorithm, claims, std::string(kid)));
    }
  }

  void exchange_keys() {
    absl::StatusOr<KeySet> keys;
    do {
      keys = random_keys();
    } while (!keys.ok());  // a kid for two keys of an algorithm
    keys_ = *keys;
    const std::string_view issuer = kIssuers[num_exchanges_++ % std::size(kIssuers)];
    issuers_ = one_in(20) ? issuers_.without(issuer) : issuers_.with(issuer, *keys);
    with_.reset();
  }

  absl::StatusOr<KeySet> random_keys() {
    KeySetBuilder builder;
    std::vector<std::string_view> kids = {"", "", "", "a", "a", "b"};
    std::shuffle(kids.begin(), kids.end(), random_);
    for (size_t i = 0; i < 3 + below(kids.size() - 2); ++i) {
      const Signing& signing = kSignings[below(std::size(kSignings))];
      KeyPeriod period;
      if (one_in(8)) period.not_after = kNow + 20;
      if (one_in(8)) period.not_before = kNow - 20;
      builder.add(Key::from_jwk(public_jwk(signing.jwk), signing.algorithm,
                                {.kid = std::string(kids[i]), .period = period})
                      .value());
    }
    return builder.build();
  }

  void exchange_policy() {
    PolicyBuilder builder;
    builder.ignore_iss().ignore_typ().leeway_seconds(static_cast<int64_t>(below(3)) * 10);
    one_in(2) ? builder.expect_aud("x") : builder.ignore_aud();
    one_in(4) ? builder.allow_missing_exp() : builder.expect_exp();
    if (one_in(3)) builder.collect_all_failures();
    policy_ = builder.build().value();
    with_.reset();
  }

  void forget_revocations() {
    revocations_ = Revocations::create({5});
    with_.reset();
  }

  void revoke() {
    const TokenOwner owner = one_in(2) ? TokenOwner::issuer(kIssuers[below(std::size(kIssuers))])
                                       : TokenOwner::account("a");
    const auto date = kNow - 200 + static_cast<int64_t>(below(12));
    if (one_in(40)) return revocations_->refuse_before(date);
    if (one_in(8)) return revocations_->refuse_before(owner, "s" + std::to_string(below(3)), date);
    revocations_->revoke_jti(owner, std::to_string(below(tokens_.size())), now_);
    if (one_in(8)) revocations_->prune(now_);
  }

  void make_verifiers() {
    const RevocationCheck check = {.revocations = revocations_, .account = "a"};
    const auto make = [&](const std::shared_ptr<SignatureCache>& cache) {
      return keys_of_ == KeysOf::kEachIssuer ? Verifier(issuers_, *policy_, cache, check)
                                             : Verifier(*keys_, *policy_, cache, check);
    };
    with_.emplace(make(cache_));
    without_.emplace(make(nullptr));
  }

  std::string next_token() {
    std::string token = tokens_[below(tokens_.size())];
    if (one_in(3)) token[below(token.size())] = "Ab.-9="[below(6)];
    if (one_in(10)) {  // with the signature of another
      const std::string& other = tokens_[below(tokens_.size())];
      token = token.substr(0, token.rfind('.')) + other.substr(other.rfind('.'));
    }
    return token;
  }

  void show_one(const std::string& token) {
    const VerifyResult expected = without_->verify(token, scratch_without_, now_);
    const VerifyResult result = with_->verify(token, scratch_with_, now_);
    ASSERT_NO_FATAL_FAILURE(expect_same(expected, result, token));
    num_accepted_ += result ? 1 : 0;
    num_revoked_ += result.verdict() == Verdict::kRevoked ? 1 : 0;
  }

  void show_many() {
    std::vector<std::string> tokens(1 + below(one_in(4) ? 64 : 8));  // for all lanes of RSA
    for (std::string& token : tokens) token = next_token();
    const std::vector<std::string_view> views(tokens.begin(), tokens.end());
    std::vector<VerifyResult> results(tokens.size());
    with_->verify_batch(views, results, scratch_with_, now_);
    for (size_t i = 0; i < tokens.size(); ++i) {
      ASSERT_NO_FATAL_FAILURE(
          expect_same(without_->verify(tokens[i], scratch_without_, now_), results[i], tokens[i]));
    }
  }

  const KeysOf keys_of_;
  std::mt19937_64 random_{11};
  std::shared_ptr<SignatureCache> cache_;
  std::vector<std::string> tokens_;
  std::optional<KeySet> keys_;
  IssuerKeys issuers_;
  size_t num_exchanges_ = 0;
  std::optional<Policy> policy_;
  std::shared_ptr<Revocations> revocations_;
  std::optional<Verifier> with_;
  std::optional<Verifier> without_;
  Scratch scratch_with_;
  Scratch scratch_without_;
  int64_t now_ = kNow;
  size_t num_accepted_ = 0;
  size_t num_revoked_ = 0;
};

// Enough also under sanitizers for what is rare to be seen.
size_t num_rounds(size_t in_release) { return std::max<size_t>(num_tokens(in_release), 2'000); }

TEST(SignatureCache, ChangesNoVerdictWhereItHoldsAll) { World(1000).run(num_rounds(10'000)); }

TEST(SignatureCache, ChangesNoVerdictWhereItForgetsMost) { World(1).run(num_rounds(5'000)); }

TEST(SignatureCache, ChangesNoVerdictByTheKeysOfManyIssuers) {
  World(1000, KeysOf::kEachIssuer).run(num_rounds(10'000));
  World(1, KeysOf::kEachIssuer).run(num_rounds(3'000));
}

// --- What it remembers ---

// Of four tokens at most, under RSA keys, whose signatures a batch verifies side by side.
class SmallestCache : public ::testing::Test {
 protected:
  static std::string token(int number, int64_t exp = kNow + 60) {
    return sign_with(
        kRsaJwk, Algorithm::kRs256,
        R"({"n":)" + std::to_string(number) + R"(,"exp":)" + std::to_string(exp) + '}');
  }
  Verdict verify(const std::string& token) {
    return verifier_.verify(token, scratch_, kNow).verdict();
  }
  // How many of these it knows. Those that it does not know, it may learn.
  size_t num_known(const std::vector<std::string>& tokens) {
    (void)scratch_.take_signature_lookups();
    for (const std::string& token : tokens) (void)verify(token);
    return scratch_.take_signature_lookups().hits;
  }

  Verifier verifier_{KeySet::of(make_jwk_key(public_jwk(kRsaJwk), Algorithm::kRs256)),
                     lenient().build().value(), SignatureCache::create(1, kSeed).value()};
  Scratch scratch_;
};

TEST_F(SmallestCache, TakesATokenThatABatchHoldsManyTimesForOne) {
  const std::vector<std::string> tokens = {token(1), token(2), token(3), token(4)};
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(verify(tokens[i]), Verdict::kValid);
  const std::vector<std::string_view> batch(64, tokens[3]);
  std::vector<VerifyResult> results(batch.size());
  verifier_.verify_batch(batch, results, scratch_, kNow);
  for (const VerifyResult& result : results) EXPECT_EQ(result.verdict(), Verdict::kValid);
  EXPECT_EQ(num_known(tokens), 4);
}

TEST_F(SmallestCache, RemembersNothingOfATokenThatWasRefused) {
  const std::vector<std::string> tokens = {token(1), token(2), token(3), token(4)};
  for (const std::string& token : tokens) EXPECT_EQ(verify(token), Verdict::kValid);
  std::vector<std::string> refused;
  for (int i = 0; i < 20; ++i) refused.push_back(token(i, kNow));
  const std::vector<std::string_view> batch(refused.begin(), refused.end());
  std::vector<VerifyResult> results(batch.size());
  verifier_.verify_batch(batch, results, scratch_, kNow);
  for (const VerifyResult& result : results) EXPECT_EQ(result.verdict(), Verdict::kExpired);
  EXPECT_EQ(num_known(refused), 0);
  EXPECT_EQ(num_known(tokens), 4);
}

// --- What it replaces ---

// A verifier whose cache was made to believe that the key has verified this token.
class MisledVerifier {
 public:
  explicit MisledVerifier(std::string_view token) {
    const bytes::Kernels kernels = bytes::selected_kernels();
    const Key key = Key::from_jwk(public_jwk(kP256Jwk), Algorithm::kEs256).value();
    internal::SignatureTable& table = internal::SignatureCacheAccess::table(*cache_);
    table.insert(table.fingerprint(kernels, table.digest(kernels, token), token.size(),
                                   internal::KeyAccess::material(key).asymmetric()->identity()));
  }
  Verdict operator()(std::string_view token, std::string_view jwk = kP256Jwk,
                     Policy policy = lenient().build().value(), int64_t now = kNow) {
    const Verifier verifier(KeySet::of(make_jwk_key(public_jwk(jwk), Algorithm::kEs256)),
                            std::move(policy), cache_);
    return verifier.verify(token, scratch_, now).verdict();
  }

 private:
  std::shared_ptr<SignatureCache> cache_ = SignatureCache::create(100, kSeed).value();
  Scratch scratch_;
};

// ECDSA signs at random: whatever stood there, another character of the alphabet takes its place.
std::string with_other_signature(std::string token, size_t at) {
  char& character = token[token.rfind('.') + 1 + at];
  character = character == 'A' ? 'B' : 'A';
  return token;
}

std::string with_wrong_signature() {
  return with_other_signature(sign_with(kP256Jwk, Algorithm::kEs256, kClaims), 0);
}

TEST(SignatureCache, StandsForTheSignatureOfExactlyThatToken) {
  const std::string token = with_wrong_signature();
  MisledVerifier misled(token);
  EXPECT_EQ(misled(token), Verdict::kValid);
  EXPECT_EQ(misled(with_other_signature(token, 1)), Verdict::kBadSignature);
}

TEST(SignatureCache, StandsForTheKeyThatVerifiedIt) {
  const std::string token = with_wrong_signature();
  EXPECT_EQ(MisledVerifier(token)(token, kOtherP256Jwk), Verdict::kBadSignature);
}

TEST(SignatureCache, DoesNotStandForATokenThatWasRevokedAfterwards) {
  const auto cache = SignatureCache::create(100, kSeed).value();
  const auto revocations = Revocations::create({1});
  const Verifier verifier(KeySet::of(make_jwk_key(public_jwk(kP256Jwk), Algorithm::kEs256)),
                          lenient().build().value(), cache, {.revocations = revocations});
  const std::string token = sign_with(kP256Jwk, Algorithm::kEs256, R"({"iss":"i","jti":"j"})");
  Scratch scratch;
  EXPECT_EQ(verifier.verify(token, scratch, kNow).verdict(), Verdict::kValid);
  EXPECT_EQ(verifier.verify(token, scratch, kNow).verdict(), Verdict::kValid);
  const SignatureLookups lookups = scratch.take_signature_lookups();
  EXPECT_EQ(lookups.hits, 1u);
  EXPECT_EQ(lookups.misses, 1u);
  EXPECT_EQ(lookups.inserts, 1u);
  EXPECT_EQ(lookups.evictions, 0u);
  revocations->revoke_jti(TokenOwner::issuer("i"), "j", std::nullopt);
  EXPECT_EQ(verifier.verify(token, scratch, kNow).verdict(), Verdict::kRevoked);
}

TEST(SignatureCache, StandsForNothingButTheSignature) {
  const std::string token = with_wrong_signature();
  MisledVerifier misled(token);
  EXPECT_EQ(misled(token, kP256Jwk, lenient().build().value(), kNow + 86400), Verdict::kExpired);
  EXPECT_EQ(misled(token, kP256Jwk, lenient().require_claim("scope").build().value()),
            Verdict::kClaimMissing);
}

}  // namespace
}  // namespace simdjwt::testing
