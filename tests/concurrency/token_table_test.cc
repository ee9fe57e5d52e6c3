// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// A table of tokens that is read while it grows. Meant for ThreadSanitizer, and of use without it.

#include "registry/token_table.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "support/sanitizers.h"

namespace simdjwt::testing {
namespace {

using registry::TokenIndex;
using registry::TokenTable;

// Token i is of account 1 + i % 3, with server 1 + i % 7 for good; server 9 comes and goes.
TEST(TokenTable, ShowsWhatIsThereToWhoeverKnowsOfIt) {
  constexpr size_t kNumTokens = kSanitized ? 3'000 : 30'000;
  TokenTable table;
  std::vector<std::string> jtis;
  for (size_t i = 0; i < kNumTokens; ++i) jtis.push_back(registry::make_jti(i).value());
  std::atomic<size_t> num_inserted = 0;
  std::vector<std::thread> readers;
  for (uint64_t thread = 0; thread < 3; ++thread) {
    readers.emplace_back([&, random = thread]() mutable {
      for (size_t inserted = 0; inserted < kNumTokens;) {
        inserted = num_inserted.load(std::memory_order_acquire);
        random = random * 6364136223846793005 + 1442695040888963407;
        const TokenIndex any = (random >> 33) % kNumTokens;
        const auto account = static_cast<int64_t>(1 + any % 3);
        const auto server = static_cast<int64_t>(1 + any % 7);
        if (any < inserted) {
          ASSERT_TRUE(table.holds(any, jtis[any], account)) << any;
          ASSERT_TRUE(table.is_associated(any, server)) << any;
        }
        ASSERT_FALSE(table.holds(any, jtis[(any + 1) % kNumTokens], account));
        ASSERT_FALSE(table.holds(any, jtis[any], account + 1));
        ASSERT_FALSE(table.is_associated(any, server + 1));
        (void)table.is_associated(any, 9);
      }
    });
  }
  for (TokenIndex i = 0; i < kNumTokens; ++i) {
    ASSERT_TRUE(table.insert(i, jtis[i], static_cast<int64_t>(1 + i % 3)).ok());
    ASSERT_TRUE(table.associate(i, 9).ok());
    ASSERT_TRUE(table.associate(i, static_cast<int64_t>(1 + i % 7)).ok());
    table.dissociate(i / 2, 9);
    ASSERT_TRUE(table.associate(i / 3, 9).ok());
    num_inserted.store(i + 1, std::memory_order_release);
    if (i % 512 == 0) std::this_thread::yield();
  }
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace simdjwt::testing
