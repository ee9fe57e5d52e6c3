// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. A comparison that stops at the first byte that differs takes longer the more of a tag
// is right. So an attacker sends a token with all 256 first bytes, keeps the one that took longest
// to be refused, goes on to the second, and has forged the tag of a token of his own in a few
// thousand tries instead of 2^256. HAProxy compared tags with memcmp until its release 2.5 (issue
// 1414 there); a network does not hide it from who can ask often enough.
//
// The defence. Tags are compared to the end, in whole words, and only their difference is looked
// at. To see that no clock is needed: which instructions a verification executes is recorded, one
// by one. They are the same wherever a tag is wrong, and so is the time.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "bytes/constant_time.h"
#include "support/instruction_trace.h"
#include "support/judge.h"
#include "support/sanitizers.h"

namespace simdjwt::testing {
namespace {

using Trace = std::vector<uintptr_t>;

class TagTiming : public ::testing::Test {
 protected:
  void SetUp() override {
    if (kSanitized) GTEST_SKIP() << "sanitizers add instructions of their own";
    if (trace_instructions([] {}).empty()) GTEST_SKIP() << "this CPU cannot be traced";
  }
};

// What `compares` executes for a tag and one that differs from it in byte `at`.
Trace trace_comparison(bool (*compares)(const uint8_t*, const uint8_t*, size_t), size_t num_bytes,
                       size_t at) {
  const std::string right(num_bytes, 'x');
  std::string wrong = right;
  wrong[at] = 'y';
  const auto* const a = reinterpret_cast<const uint8_t*>(right.data());
  const auto* const b = reinterpret_cast<const uint8_t*>(wrong.data());
  volatile bool is_equal;
  return trace_instructions([&] { is_equal = compares(a, b, num_bytes); });
}

[[gnu::noinline]] bool as_libraries_did(const uint8_t* a, const uint8_t* b, size_t num_bytes) {
  for (size_t i = 0; i < num_bytes; ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

TEST_F(TagTiming, TellsTheFirstWrongByteIfAComparisonStopsThere) {
  std::set<size_t> num_instructions;
  for (size_t i = 0; i < 32; ++i) {
    num_instructions.insert(trace_comparison(as_libraries_did, 32, i).size());
  }
  EXPECT_EQ(num_instructions.size(), 32u);
}

TEST_F(TagTiming, TellsNothingIfItGoesOn) {
  for (const size_t num_bytes : {32u, 48u, 64u}) {
    const Trace expected = trace_comparison(bytes::constant_time_equal, num_bytes, 0);
    for (size_t i = 1; i < num_bytes; ++i) {
      EXPECT_TRUE(trace_comparison(bytes::constant_time_equal, num_bytes, i) == expected) << i;
    }
  }
}

// --- Whole verifications ---

// A token with a right tag, but for the bytes from `begin` to `end`, which are inverted.
std::string with_wrong_bytes(Algorithm algorithm, size_t begin, size_t end) {
  const std::string header = R"({"alg":")" + std::string(to_string(algorithm)) + R"("})";
  const std::string token = forge(header, kClaims, kSecret, algorithm);
  const size_t claims_end = token.rfind('.');
  std::string tag = hmac_tag(algorithm, kSecret, token.substr(0, claims_end));
  for (size_t i = begin; i < end; ++i) tag[i] = static_cast<char>(~tag[i]);
  return token.substr(0, claims_end + 1) + base64url(tag);
}

// What it takes to judge the token, singly or twice in a batch, by a scratch that has just done the
// same.
Trace trace(const Verifier& verifier, Scratch& scratch, bool in_batch, const std::string& token) {
  static std::string place;  // always the same: how memory is copied depends on where it lies
  static std::vector<VerifyResult> results(2);
  place.assign(token);
  const std::vector<std::string_view> tokens = {place, place};
  const auto judge = [&] {
    if (in_batch) return verifier.verify_batch(tokens, results, scratch, kNow);
    results[0] = verifier.verify(place, scratch, kNow);
  };
  for (int i = 0; i < 3; ++i) judge();
  return trace_instructions(judge);
}

// Expects a tag that is wrong in its first byte, one that is wrong in its last and one that is
// wrong in all of them to be refused by the same instructions.
void expect_same_instructions(const KeySet& keys, Algorithm algorithm, bool in_batch) {
  const Verifier verifier(keys, lenient().build().value());
  Scratch scratch;
  const auto tokens_trace = [&](size_t begin, size_t end, Verdict verdict) {
    const std::string token = with_wrong_bytes(algorithm, begin, end);
    EXPECT_EQ(verifier.verify(token, scratch, kNow).verdict(), verdict);
    return trace(verifier, scratch, in_batch, token);
  };
  const Trace right = tokens_trace(0, 0, Verdict::kValid);
  const size_t size = signature_bytes(algorithm);
  const Trace first = tokens_trace(0, 1, Verdict::kBadSignature);
  const Trace last = tokens_trace(size - 1, size, Verdict::kBadSignature);
  const Trace all = tokens_trace(0, size, Verdict::kBadSignature);
  EXPECT_GT(right.size(), first.size()) << "the claims of a right one are judged";
  EXPECT_TRUE(first == last) << first.size() << " instructions, and " << last.size();
  EXPECT_TRUE(first == all) << first.size() << " instructions, and " << all.size();
}

TEST_F(TagTiming, TellsNothingOfATag) {
  for (const Algorithm algorithm : {Algorithm::kHs256, Algorithm::kHs384, Algorithm::kHs512}) {
    expect_same_instructions(KeySet::of(make_key(kSecret, "", algorithm)), algorithm, false);
  }
}

TEST_F(TagTiming, TellsNothingOfATagInABatch) {
  for (const Algorithm algorithm : {Algorithm::kHs256, Algorithm::kHs512}) {
    expect_same_instructions(KeySet::of(make_key(kSecret, "", algorithm)), algorithm, true);
  }
}

TEST_F(TagTiming, TellsNothingOfATagWhereSeveralKeysAreTried) {
  std::vector<Key> keys;
  keys.push_back(make_key(kOtherSecret));
  keys.push_back(make_key());
  expect_same_instructions(make_keys(std::move(keys)), Algorithm::kHs256, false);
}

}  // namespace
}  // namespace simdjwt::testing
