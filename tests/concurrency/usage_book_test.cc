// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// Usage that is counted by some threads while another one collects it. Meant for ThreadSanitizer,
// and of use without it.

#include "registry/usage_book.h"

#include <gtest/gtest.h>

#include <span>
#include <thread>
#include <vector>

#include "registry/usage_ring.h"
#include "support/sanitizers.h"

namespace simdjwt::testing {
namespace {

using registry::TokenUse;
using registry::UsageBook;
using registry::UsageMeter;
using registry::UsageRing;

// More than a ring has room for: it goes round and is full at times.
constexpr size_t kNumUses = UsageRing::kCapacity * (kSanitized ? 3 : 30);

TEST(UsageRing, HandsOverEveryUseOnceAndInOrder) {
  UsageRing ring;
  std::thread producer([&ring] {
    for (uint32_t i = 0; i < kNumUses; ++i) {
      while (!ring.push({i, i % TokenUse::kMetersMax, static_cast<uint8_t>(i % 29)})) {
        std::this_thread::yield();
      }
    }
  });
  uint32_t next = 0;
  while (next < kNumUses) {
    const size_t num = ring.drain([&next](std::span<const TokenUse> uses) {
      for (const TokenUse use : uses) {
        ASSERT_EQ(use.token(), next);
        ASSERT_EQ(use.meter(), next % TokenUse::kMetersMax);
        ASSERT_EQ(use.outcome(), next % 29);
        ++next;
      }
    });
    if (num == 0) std::this_thread::yield();
  }
  producer.join();
}

TEST(UsageBook, MissesNothingThatThreadsCountWhileItCollects) {
  constexpr size_t kNumThreads = 3;
  constexpr size_t kNumServers = 5;
  static constexpr std::string_view kNames[] = {"accepted", "expired"};
  UsageBook book(kNumThreads, kNames);
  std::vector<UsageMeter*> meters;
  for (size_t i = 0; i < kNumServers; ++i) {
    meters.push_back(&book.meter(static_cast<registry::ServerId>(i + 1)));
  }
  std::vector<std::thread> threads;
  for (size_t thread = 0; thread < kNumThreads; ++thread) {
    threads.emplace_back([&meters, thread] {
      for (size_t i = 0; i < kNumUses; ++i) {
        meters[i % kNumServers]->count(thread, static_cast<uint8_t>(i % 2), i % 1000);
      }
    });
  }
  for (int i = 0; i < 200; ++i) {
    book.collect({1'800'000'000 + i, 1'000'000});
    (void)book.lag_ms({1'800'000'000, 1'000'000});
    (void)book.num_lost();
    (void)book.meter(100 + i);  // servers come while others are counted
  }
  for (std::thread& thread : threads) thread.join();
  uint64_t sum = 0;
  for (const UsageMeter* meter : meters) sum += meter->total(0) + meter->total(1);
  EXPECT_EQ(sum, kNumThreads * kNumUses);
}

}  // namespace
}  // namespace simdjwt::testing
