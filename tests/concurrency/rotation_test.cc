// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// Keys are rotated while threads verify. Meant for ThreadSanitizer, and of use without it.

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "support/judge.h"
#include "support/sanitizers.h"

namespace simdjwt::testing {
namespace {

constexpr size_t kNumReaders = 3;
constexpr size_t kNumVersions = kSanitized ? 1000 : 20000;

std::string secret_of(size_t version) {
  std::string secret = "secret of version " + std::to_string(version);
  secret.resize(64, '.');
  return secret;
}

// The token that the key of this version signs.
std::string token_of(size_t version) {
  const std::string number = std::to_string(version);
  return forge(R"({"alg":"HS256","kid":")" + number + R"("})", R"({"n":)" + number + "}",
               secret_of(version));
}

// What is published: the keys of this version and, for the overlap, of the one before it.
class Version {
 public:
  Version(size_t version, std::atomic<int>& num_alive)
      : version_(version),
        num_alive_(&num_alive),
        verifier_(make_keys(keys(version)), lenient().build().value()) {
    ++*num_alive_;
  }
  Version(Version&& other) noexcept
      : version_(other.version_), num_alive_(other.num_alive_), verifier_(other.verifier_) {
    ++*num_alive_;
  }
  ~Version() { --*num_alive_; }

  size_t version() const { return version_; }
  const Verifier& verifier() const { return verifier_; }

 private:
  static std::vector<Key> keys(size_t version) {
    std::vector<Key> keys;
    keys.push_back(make_key(secret_of(version), std::to_string(version)));
    keys.push_back(make_key(secret_of(version - 1), std::to_string(version - 1)));
    return keys;
  }

  size_t version_;
  std::atomic<int>* num_alive_;
  Verifier verifier_;
};

TEST(Rotation, LosesNoTokenAndAcceptsNoneTooMany) {
  std::vector<std::string> tokens;
  for (size_t version = 0; version <= kNumVersions; ++version) tokens.push_back(token_of(version));

  std::atomic<int> num_alive = 0;
  {
    Snapshot<Version> snapshot(Version(2, num_alive), kNumReaders);
    std::atomic<size_t> published = 2;  // raised after publish() has returned
    std::atomic<size_t> num_wrong = 0;
    std::atomic<size_t> num_read = 0;

    const auto read = [&] {
      auto reader = snapshot.make_reader();
      Scratch scratch;
      size_t last = 0;
      for (size_t turn = 0; last < kNumVersions; ++turn) {
        const size_t at_least = published.load(std::memory_order_acquire);
        const Version& current = reader.read();
        const size_t version = current.version();
        // What was published before the read began is seen by it, and nothing older later on.
        bool right = version >= at_least && version >= last;
        last = version;
        const Verifier& verifier = current.verifier();
        const std::string_view views[] = {tokens[version], tokens[version - 1],
                                          tokens[version - 2]};
        VerifyResult results[3];
        if (turn % 2 == 0) {
          verifier.verify_batch(views, results, scratch, kNow);
          right &= results[0] && results[0]->claim("n")->integer() == static_cast<int64_t>(version);
        } else {
          for (size_t i = 0; i < 3; ++i) results[i] = verifier.verify(views[i], scratch, kNow);
        }
        right &= results[0].verdict() == Verdict::kValid &&
                 results[1].verdict() == Verdict::kValid &&
                 results[2].verdict() == Verdict::kNoMatchingKey;
        if (!right) num_wrong.fetch_add(1, std::memory_order_relaxed);
        num_read.fetch_add(1, std::memory_order_relaxed);
        if (turn % 64 == 0) {
          reader.park();
          std::this_thread::yield();
        }
      }
    };
    std::vector<std::thread> readers;
    for (size_t i = 0; i < kNumReaders; ++i) readers.emplace_back(read);
    for (size_t version = 3; version <= kNumVersions; ++version) {
      snapshot.publish(Version(version, num_alive));
      published.store(version, std::memory_order_release);
      if (version % 16 == 0) std::this_thread::yield();
    }
    for (std::thread& reader : readers) reader.join();

    EXPECT_EQ(num_wrong, 0u);
    EXPECT_GT(num_read, kNumReaders);
    EXPECT_EQ(snapshot.reclaim(), 0u) << "nobody reads any more";
    EXPECT_EQ(num_alive, 1);
  }
  EXPECT_EQ(num_alive, 0);
}

TEST(Rotation, ReclaimsWhileReadersKeepReading) {
  // Memory does not grow with the number of rotations, as long as every reader reads on.
  std::atomic<int> num_alive = 0;
  Snapshot<Version> snapshot(Version(2, num_alive), kNumReaders);
  std::atomic<bool> stop = false;
  std::vector<std::thread> readers;
  for (size_t i = 0; i < kNumReaders; ++i) {
    readers.emplace_back([&] {
      auto reader = snapshot.make_reader();
      while (!stop.load(std::memory_order_relaxed)) {
        EXPECT_GE(reader.read().version(), 2u);
        std::this_thread::yield();
      }
    });
  }
  for (size_t version = 3; version <= kNumVersions / 5; ++version) {
    snapshot.publish(Version(version, num_alive));
    // A writer that is in no hurry need not let more than a few values wait.
    while (snapshot.reclaim() > 4) std::this_thread::yield();
    EXPECT_LE(num_alive, 6);
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
}

TEST(SharedVerifier, GivesEveryThreadTheSameVerdicts) {
  const Verifier verifier(KeySet::of(make_key(kSecret, "a")), lenient().build().value());
  std::vector<std::string> tokens;
  std::vector<Verdict> expected;
  for (int i = 0; i < 64; ++i) {
    const std::string claims = R"({"n":)" + std::to_string(i) + "}";
    tokens.push_back(forge(R"({"alg":"HS256","kid":"a"})", claims, i % 3 ? kSecret : kOtherSecret));
    expected.push_back(i % 3 ? Verdict::kValid : Verdict::kBadSignature);
  }
  std::atomic<size_t> num_wrong = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      // A copy shares keys and policy with the others.
      const Verifier copy = verifier;
      const std::vector<std::string_view> views(tokens.begin(), tokens.end());
      std::vector<VerifyResult> results(views.size());
      Scratch scratch;
      for (int round = 0; round < 2000; ++round) {
        (round % 2 ? copy : verifier).verify_batch(views, results, scratch, kNow);
        for (size_t i = 0; i < results.size(); ++i) {
          num_wrong += results[i].verdict() != expected[i];
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(num_wrong, 0u);
}

TEST(ForceKernel, MayBeCalledWhileScratchesAreMade) {
  const std::string defaults = active_kernels();
  const Verifier verifier(KeySet::of(make_key()), lenient().build().value());
  const std::string token = forge_claims(kClaims);
  std::atomic<bool> stop = false;
  std::atomic<size_t> num_made = 0;
  std::atomic<size_t> num_wrong = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 2; ++thread) {
    threads.emplace_back([&] {
      while (!stop) {
        Scratch scratch;
        num_wrong += !verifier.verify(token, scratch, kNow);
        ++num_made;
      }
    });
  }
  while (num_made < 1000) (void)make_kernel_scratches();
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(num_wrong, 0u);
  EXPECT_EQ(active_kernels(), defaults);
}

}  // namespace
}  // namespace simdjwt::testing
