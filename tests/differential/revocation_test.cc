// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// Revocations against sets of strings, and verifiers that ask the one against the reference
// verifier that asks the other, while both change at random.

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <vector>

#include "differential/token_mutator.h"
#include "support/fixtures.h"

namespace simdjwt::testing {
namespace {

// Few names, so that they meet; some are both, and one is empty.
constexpr std::string_view kNames[] = {"", "a", "b", "ab"};
constexpr std::string_view kJtis[] = {"", "j", "k", "a", "b", "bj"};
constexpr std::string_view kAccounts[] = {"", "a", "b"};  // of the verifiers; of none first

class Twins {
 public:
  Twins() {
    for (const std::string_view account : kAccounts) {
      references_.push_back({.keys = {{"", Algorithm::kHs256, std::string(kSecret)}},
                             .iss = {},
                             .aud = {},
                             .revocations = &reference_,
                             .account = std::string(account)});
      verifiers_.emplace_back(KeySet::of(make_key()), lenient().build().value(), nullptr,
                              RevocationCheck{.revocations = revocations_, .account = account});
    }
  }

  // A change of both.
  void change() {
    const std::string name(any_of(kNames));
    const bool is_issuer = one_in(2);
    const TokenOwner owner = is_issuer ? TokenOwner::issuer(name) : TokenOwner::account(name);
    const std::string other =
        is_issuer ? ReferenceOwner::issuer(name) : ReferenceOwner::account(name);
    const int64_t date = any_date();
    switch (below(8)) {
      case 0: {
        const auto index = static_cast<uint32_t>(below(size_t{1} << (1 + below(20))));
        revocations_->revoke_index(index);
        return reference_.revoke_index(index);
      }
      case 1:
      case 2:
      case 3: {
        const std::string jti(any_of(kJtis));
        const auto exp = one_in(20) ? std::nullopt : std::optional(date);
        revocations_->revoke_jti(owner, jti, exp);
        return reference_.revoke_jti(other, jti, exp);
      }
      case 4:
        if (!one_in(20)) return;
        revocations_->refuse_before(date);
        return reference_.refuse_before(date);
      case 5:
        if (!one_in(5)) return;
        revocations_->refuse_before(owner, date);
        return reference_.refuse_before(other, date);
      case 6: {
        const std::string sub(any_of(kNames));
        revocations_->refuse_before(owner, sub, date);
        return reference_.refuse_before(other, sub, date);
      }
      default:
        ASSERT_EQ(revocations_->prune(date), reference_.prune(date, kLeewaySecondsMax));
    }
  }

  // A token, and an index, to both; what the token is judged.
  Verdict ask() {
    std::string claims;
    const auto add = [&](std::string_view name, const std::string& value) {
      if (!one_in(8)) claims += (claims.empty() ? "\"" : ",\"") + std::string(name) + "\":" + value;
    };
    const auto quoted = [](std::string_view text) { return '"' + std::string(text) + '"'; };
    add("iss", quoted(any_of(kNames)));
    add("sub", quoted(any_of(kNames)));
    add("jti", quoted(any_of(kJtis)));
    add("iat", std::to_string(any_date()));
    const std::string token = forge_claims('{' + claims + '}');
    const size_t of = below(std::size(kAccounts));
    const Verdict expected = references_[of].verify(token, kNow);
    Verdict verdict;
    if (one_in(2)) {
      verdict = verifiers_[of].verify(token, scratch_, kNow).verdict();
    } else {
      const std::array<std::string_view, 2> tokens = {token, token};
      std::array<VerifyResult, 2> results;
      verifiers_[of].verify_batch(tokens, results, scratch_, kNow);
      EXPECT_EQ(results[0].verdict(), results[1].verdict());
      verdict = results[0].verdict();
    }
    EXPECT_EQ(verdict, expected) << claims << " of account " << of;
    const auto index = static_cast<uint32_t>(below(size_t{1} << (1 + below(20))));
    EXPECT_EQ(revocations_->is_index_revoked(index), reference_.is_index_revoked(index)) << index;
    return verdict;
  }

 private:
  size_t below(size_t bound) { return random_() % bound; }
  bool one_in(size_t odds) { return below(odds) == 0; }
  template <size_t kSize>
  std::string_view any_of(const std::string_view (&names)[kSize]) {
    return names[below(kSize)];
  }
  // Dates come later and later, so that those which are set do not end all questions.
  int64_t any_date() { return kNow - 2'000'000 + ++time_ + static_cast<int64_t>(below(2000)); }

  std::mt19937_64 random_{seed_++};
  const std::shared_ptr<Revocations> revocations_ = Revocations::create({7});
  ReferenceRevocations reference_;
  std::vector<ReferenceVerifier> references_;
  std::vector<Verifier> verifiers_;
  Scratch scratch_;
  int64_t time_ = 0;
  static inline uint64_t seed_ = 1;
};

TEST(Revocations, RefuseWhatTheReferenceRefuses) {
  size_t num_valid = 0;
  size_t num_revoked = 0;
  const size_t count = num_tokens(60'000);
  for (size_t world = 0; world < 20; ++world) {
    Twins twins;
    for (size_t i = 0; i < count / 20; ++i) {
      ASSERT_NO_FATAL_FAILURE(twins.change());
      const Verdict verdict = twins.ask();
      ASSERT_FALSE(::testing::Test::HasFailure());
      num_valid += verdict == Verdict::kValid;
      num_revoked += verdict == Verdict::kRevoked;
    }
  }
  EXPECT_EQ(num_valid + num_revoked, count);
  EXPECT_GT(num_valid, count / 20);
  EXPECT_GT(num_revoked, count / 20);
}

}  // namespace
}  // namespace simdjwt::testing
