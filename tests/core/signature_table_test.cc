// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The set of fingerprints behind a SignatureCache, as one thread sees it. What verifiers make of it
// is in differential/, what several threads see in concurrency/.

#include "state/signature_table.h"

#include <gtest/gtest.h>
#include <simdjwt/signature_cache.h>

#include <set>
#include <string>

namespace simdjwt::testing {
namespace {

using internal::SignatureFingerprint;
using internal::SignatureTable;

SignatureCache::Seed seed(uint8_t first) { return {first, 2, 3}; }

class SignatureTableTest : public ::testing::Test {
 protected:
  SignatureFingerprint fingerprint(std::string_view token, uint8_t key = 1) const {
    return of(table_, token, key);
  }
  static SignatureFingerprint of(const SignatureTable& table, std::string_view token, uint8_t key) {
    const bytes::Kernels kernels = bytes::selected_kernels();
    return table.fingerprint(kernels, table.digest(kernels, token), token.size(), {key});
  }

  SignatureTable table_{1000, seed(1)};
};

TEST_F(SignatureTableTest, KnowsWhatItWasTold) {
  EXPECT_FALSE(table_.contains(fingerprint("a.b.c")));
  table_.insert(fingerprint("a.b.c"));
  EXPECT_TRUE(table_.contains(fingerprint("a.b.c")));
  table_.insert(fingerprint("a.b.d"));
  EXPECT_TRUE(table_.contains(fingerprint("a.b.c")));
  EXPECT_TRUE(table_.contains(fingerprint("a.b.d")));
}

TEST_F(SignatureTableTest, NeedsOneSlotForWhatItIsToldAgain) {
  using enum SignatureTable::Insertion;
  SignatureTable table(1, seed(1));  // four slots
  for (const std::string_view token : {"a", "b", "c", "d"}) {
    EXPECT_EQ(table.insert(of(table, token, 1)), kFree);
  }
  for (int i = 0; i < 64; ++i) EXPECT_EQ(table.insert(of(table, "d", 1)), kKnown);
  for (const std::string_view token : {"a", "b", "c", "d"}) {
    EXPECT_TRUE(table.contains(of(table, token, 1))) << token;
  }
  EXPECT_EQ(table.insert(of(table, "e", 1)), kEvicted);
}

TEST_F(SignatureTableTest, KnowsATokenByOneKeyAlone) {
  table_.insert(fingerprint("a.b.c", 1));
  EXPECT_FALSE(table_.contains(fingerprint("a.b.c", 2)));
}

TEST_F(SignatureTableTest, TakesNoTokenForAnother) {
  const std::string token(100, 'a');
  table_.insert(fingerprint(token));
  for (size_t i = 0; i < token.size(); ++i) {
    std::string other = token;
    other[i] = 'b';
    EXPECT_FALSE(table_.contains(fingerprint(other))) << i;
    EXPECT_FALSE(table_.contains(fingerprint(token.substr(0, i)))) << i;
    EXPECT_FALSE(table_.contains(fingerprint(token + std::string(i + 1, '\0')))) << i;
  }
}

// The bytes of a key cannot pass as the end of a token, nor the other way around.
TEST_F(SignatureTableTest, KnowsWhereATokenEndsAndAKeyBegins) {
  const std::string key(1, '\1');
  const std::string identity = key + std::string(31, '\0');
  table_.insert(fingerprint("0123456789abcdef", 1));
  EXPECT_FALSE(table_.contains(fingerprint("0123456789abcdef" + identity, 1)));
  EXPECT_FALSE(table_.contains(fingerprint("0123456789abcdef" + identity, 0)));
}

TEST_F(SignatureTableTest, GivesOtherFingerprintsUnderAnotherSeed) {
  const SignatureTable other(1000, seed(9));
  EXPECT_NE(of(table_, "a.b.c", 1).tag, of(other, "a.b.c", 1).tag);
  const SignatureTable same(1000, seed(1));
  EXPECT_EQ(of(table_, "a.b.c", 1).tag, of(same, "a.b.c", 1).tag);
}

TEST_F(SignatureTableTest, SpreadsFingerprintsEvenly) {
  std::set<uint32_t> buckets;
  for (int i = 0; i < 1000; ++i) {
    for (const uint32_t bucket : fingerprint(std::to_string(i)).buckets) {
      buckets.insert(bucket >> 24);
    }
  }
  EXPECT_EQ(buckets.size(), 256);
}

// As many tokens as it was made for all have room, but for the odd one; and more never take more.
TEST_F(SignatureTableTest, HoldsWhatItWasMadeForAndForgetsWhatIsTooMuch) {
  const size_t size = table_.size_bytes();
  EXPECT_EQ(size, 375 * 64);
  for (int i = 0; i < 1000; ++i) table_.insert(fingerprint(std::to_string(i)));
  int num_known = 0;
  for (int i = 0; i < 1000; ++i) num_known += table_.contains(fingerprint(std::to_string(i)));
  EXPECT_GE(num_known, 995);
  for (int i = 1000; i < 10'000; ++i) {
    table_.insert(fingerprint(std::to_string(i)));
    ASSERT_TRUE(table_.contains(fingerprint(std::to_string(i))));
  }
  num_known = 0;
  for (int i = 0; i < 10'000; ++i) num_known += table_.contains(fingerprint(std::to_string(i)));
  EXPECT_GT(num_known, 1450);
  EXPECT_LE(num_known, 375 * 4);
  EXPECT_EQ(table_.size_bytes(), size);
}

TEST(SignatureCache, IsForOneTokenAtLeast) {
  EXPECT_FALSE(SignatureCache::create(0, seed(1)).ok());
  const auto cache = SignatureCache::create(1, seed(1));
  ASSERT_TRUE(cache.ok());
  EXPECT_EQ((*cache)->size_bytes(), 64);
}

TEST(SignatureCache, ThatFindsNoMemoryIsAnError) {
  EXPECT_FALSE(SignatureCache::create((size_t{1} << 32) + 1, seed(1)).ok());
}

}  // namespace
}  // namespace simdjwt::testing
