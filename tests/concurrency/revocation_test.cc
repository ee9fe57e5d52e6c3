// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// One thread revokes while others verify. Meant for ThreadSanitizer, and of use without it: whoever
// knows that a change has returned sees it, and what nobody revoked passes throughout.

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "support/judge.h"
#include "support/sanitizers.h"

namespace simdjwt::testing {
namespace {

constexpr size_t kNumCheckers = 3;
constexpr size_t kNumChanges = kSanitized ? 6'000 : 60'000;

// Runs `read(number of changes that have returned, random number)` in several threads while
// `change(i)` makes them.
template <class Change, class Read>
void run(Change change, Read read) {
  std::atomic<size_t> num_changed = 0;
  std::atomic<size_t> num_read = 0;
  std::vector<std::thread> readers;
  for (size_t thread = 0; thread < kNumCheckers; ++thread) {
    readers.emplace_back([&, thread] {
      uint64_t random = thread + 1;
      size_t returned = 0;
      do {
        returned = num_changed.load(std::memory_order_acquire);
        random = random * 6364136223846793005 + 1442695040888963407;
        read(returned, static_cast<size_t>(random >> 33));
        num_read.fetch_add(1, std::memory_order_relaxed);
      } while (returned < kNumChanges);
    });
  }
  for (size_t i = 0; i < kNumChanges; ++i) {
    change(i);
    num_changed.store(i + 1, std::memory_order_release);
    if (i % 512 == 0) std::this_thread::yield();
  }
  for (std::thread& reader : readers) reader.join();
  EXPECT_GE(num_read, kNumCheckers);
}

// Changes at even places revoke; what stands at odd ones is never revoked. Sparse, so that segments
// come into being all along.
TEST(Revocation, OfAnIndexIsSeenByWhoeverKnowsOfIt) {
  const auto revocations = Revocations::create({1});
  const auto index = [](size_t i) { return static_cast<uint32_t>(i * 67); };
  run([&](size_t i) { revocations->revoke_index(index(2 * i)); },
      [&](size_t returned, size_t random) {
        if (returned > 0) {
          ASSERT_TRUE(revocations->is_index_revoked(index(2 * (random % returned))));
          ASSERT_TRUE(revocations->is_index_revoked(index(2 * (returned - 1))));
        }
        ASSERT_FALSE(revocations->is_index_revoked(index(2 * (random % kNumChanges) + 1)));
      });
}

// The tables grow while others are erased, and slots change hands.
TEST(Revocation, OfAJtiIsSeenByWhoeverKnowsOfItUntilItHasExpired) {
  const auto revocations = Revocations::create({1});
  const TokenOwner owner = TokenOwner::issuer("i");
  const auto jti = [](size_t i) { return std::to_string(i); };
  constexpr size_t kLife = 500;  // of all but each fourth, which remains
  run(
      [&](size_t i) {
        const auto exp = static_cast<int64_t>(i + kLife);
        revocations->revoke_jti(owner, jti(i), i % 4 == 0 ? std::nullopt : std::optional(exp));
        if (i % 100 == 0) revocations->prune(static_cast<int64_t>(i) + kLeewaySecondsMax);
      },
      [&](size_t returned, size_t random) {
        if (returned > 0) {
          const size_t remaining = random % returned / 4 * 4;
          ASSERT_TRUE(revocations->is_jti_revoked(owner, jti(remaining))) << remaining;
        }
        ASSERT_FALSE(revocations->is_jti_revoked(owner, jti(random % kNumChanges) + "x"));
      });
}

// All that a verifier asks, in one token and another: the one is revoked in a new way each time.
TEST(Revocation, IsSeenByEveryVerifier) {
  const auto revocations = Revocations::create({1});
  const Verifier verifier(KeySet::of(make_key()), lenient().build().value(), nullptr,
                          {.revocations = revocations, .account = "account"});
  std::vector<std::string> tokens;
  for (int i = 0; i < 600; ++i) {
    const std::string number = std::to_string(i);
    tokens.push_back(forge_claims(R"({"iss":"i)" + number + R"(","sub":"s)" + number +
                                  R"(","jti":"j)" + number + R"(","iat":1000})"));
  }
  const auto name = [](char kind, size_t i) { return kind + std::to_string(i); };
  const auto revoke = [&](size_t i) {
    const std::string iss = name('i', i);
    switch (i % 4) {
      case 0:
        return revocations->revoke_jti(TokenOwner::issuer(iss), name('j', i), std::nullopt);
      case 1:
        return revocations->revoke_jti(TokenOwner::account("account"), name('j', i), INT64_MAX);
      case 2:
        return revocations->refuse_before(TokenOwner::issuer(iss), 1001);
      default:
        return revocations->refuse_before(TokenOwner::account("account"), name('s', i), 1001);
    }
  };
  // One change in a hundred revokes the next token that has an even number.
  constexpr size_t kPause = kNumChanges / 300;
  run(
      [&](size_t i) {
        if (i % kPause == 0 && i / kPause < 300) revoke(i / kPause * 2);
      },
      [&](size_t returned, size_t random) {
        thread_local Scratch scratch;
        const size_t num_revoked = std::min<size_t>((returned + kPause - 1) / kPause, 300);
        const size_t one = num_revoked == 0 ? 1 : random % num_revoked * 2;
        const size_t other = random % 300 * 2 + 1;
        const std::string_view views[] = {tokens[one], tokens[other]};
        VerifyResult results[2];
        if (random % 2 == 0) {
          verifier.verify_batch(views, results, scratch, kNow);
          ASSERT_EQ(results[0].verdict(), num_revoked == 0 ? Verdict::kValid : Verdict::kRevoked);
          ASSERT_EQ(results[1].verdict(), Verdict::kValid);
        } else {
          const Verdict verdict = verifier.verify(views[0], scratch, kNow).verdict();
          ASSERT_EQ(verdict, num_revoked == 0 ? Verdict::kValid : Verdict::kRevoked);
        }
      });
}

}  // namespace
}  // namespace simdjwt::testing
