// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Many threads that fill one small table and look things up in it. Under the thread sanitizer, that
// no access races; everywhere, that nothing is known which nobody told.

#include "state/signature_table.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace simdjwt::testing {
namespace {

using internal::SignatureFingerprint;
using internal::SignatureTable;

SignatureFingerprint of(const SignatureTable& table, const std::string& token) {
  const bytes::Kernels kernels = bytes::selected_kernels();
  return table.fingerprint(kernels, table.digest(kernels, token), token.size(), {1});
}

TEST(SignatureTable, KnowsNoTokenThatNoThreadToldIt) {
  constexpr int kNumTokens = 2000;
  SignatureTable table(64, {1, 2, 3});  // so that all threads write to the same few lines
  const auto fill = [&table](int thread) {
    for (int i = 0; i < kNumTokens; ++i) {
      const std::string name = std::to_string(thread % 2) + "." + std::to_string(i);
      table.insert(of(table, name));
      EXPECT_FALSE(table.contains(of(table, name + "x")));
    }
  };
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) threads.emplace_back(fill, thread);
  for (std::thread& thread : threads) thread.join();
  for (int i = 0; i < kNumTokens; ++i) {
    ASSERT_FALSE(table.contains(of(table, "2." + std::to_string(i))));
  }
}

}  // namespace
}  // namespace simdjwt::testing
