// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// A scratch hashes once what the tokens with one header begin with. It must never tell.

#include <gtest/gtest.h>

#include <random>

#include "support/fixtures.h"
#include "support/instruction_trace.h"
#include "support/sanitizers.h"
#include "verify/header_memo.h"

namespace simdjwt::testing {
namespace {

std::string header_of(Algorithm algorithm, size_t padding, std::string_view kid = "") {
  return R"({"alg":")" + std::string(to_string(algorithm)) + R"(","x":")" +
         std::string(padding, 'x') + R"(","kid":")" + std::string(kid) + R"("})";
}

// Singly and in a batch of its like, by a scratch that saw others and by one that saw none.
void expect_same(const Verifier& verifier, const std::string& token, Scratch& used) {
  Scratch fresh;
  const Verdict expected = verifier.verify(token, fresh, kNow).verdict();
  ASSERT_EQ(verifier.verify(token, used, kNow).verdict(), expected) << token;
  const std::vector<std::string_view> tokens(4, token);
  std::vector<VerifyResult> results(tokens.size());
  verifier.verify_batch(tokens, results, used, kNow);
  for (const VerifyResult& result : results) ASSERT_EQ(result.verdict(), expected) << token;
}

TEST(HashedBegin, ChangesNoVerdictWhateverTokensHaveInCommon) {
  std::mt19937 random(3);
  for (const Algorithm algorithm : {Algorithm::kHs256, Algorithm::kHs384, Algorithm::kHs512}) {
    for (const size_t padding : {0u, 20u, 70u, 140u}) {
      const std::string header = header_of(algorithm, padding);
      const Verifier verifier(KeySet::of(make_key(kSecret, "", algorithm)),
                              lenient().build().value());
      for (KernelScratch& used : make_kernel_scratches()) {
        SCOPED_TRACE(used.kernel);
        // They share less and less, and then anything.
        for (size_t i = 0; i < 24; ++i) {
          const size_t shared = i < 16 ? 300 - 20 * i : random() % 300;
          const std::string claims = R"({"iss":")" + std::string(shared, 'i') +
                                     std::to_string(random()) + std::string(random() % 90, 'e') +
                                     R"("})";
          const std::string token = forge(header, claims, kSecret, algorithm);
          ASSERT_NO_FATAL_FAILURE(expect_same(verifier, token, used.scratch));
        }
      }
    }
  }
}

TEST(HashedBegin, LetsNoAlteredTokenThrough) {
  for (const Algorithm algorithm : {Algorithm::kHs256, Algorithm::kHs512}) {
    const Verifier verifier(KeySet::of(make_key(kSecret, "", algorithm)),
                            lenient().build().value());
    const std::string claims = R"({"iss":")" + std::string(150, 'i') + R"(","sub":"a"})";
    const std::string token = forge(header_of(algorithm, 30), claims, kSecret, algorithm);
    Scratch scratch;
    for (size_t i = 0; i < token.size(); ++i) {
      for (int again = 0; again < 2; ++again) ASSERT_TRUE(verifier.verify(token, scratch, kNow));
      std::string altered = token;
      altered[i] = altered[i] == 'A' ? 'E' : 'A';
      ASSERT_FALSE(verifier.verify(altered, scratch, kNow)) << i;
      // Cut off there, or gone on otherwise.
      ASSERT_FALSE(verifier.verify(token.substr(0, i), scratch, kNow)) << i;
      ASSERT_FALSE(verifier.verify(token.substr(0, i) + "." + token.substr(i), scratch, kNow)) << i;
    }
  }
}

TEST(HashedBegin, BelongsToOneKey) {
  // Without a kid either key may be meant; one is for yesterday, one for today.
  std::vector<Key> keys;
  keys.push_back(make_key(kSecret, "", Algorithm::kHs256, {.not_after = kNow}));
  keys.push_back(make_key(kOtherSecret));
  const Verifier verifier(make_keys(std::move(keys)), lenient().build().value());
  const std::string header = header_of(Algorithm::kHs256, 100);
  const std::string of_first = forge(header, kClaims, kSecret);
  const std::string of_second = forge(header, kClaims, kOtherSecret);
  Scratch scratch;
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(verifier.verify(of_first, scratch, kNow - 1));
    EXPECT_TRUE(verifier.verify(of_second, scratch, kNow - 1));
    EXPECT_EQ(verifier.verify(of_first, scratch, kNow).verdict(), Verdict::kBadSignature);
    EXPECT_TRUE(verifier.verify(of_second, scratch, kNow));
  }
  const Verifier other(KeySet::of(make_key(kOtherSecret)), lenient().build().value());
  EXPECT_FALSE(other.verify(of_first, scratch, kNow));
  EXPECT_TRUE(other.verify(of_second, scratch, kNow));
  EXPECT_TRUE(verifier.verify(of_first, scratch, kNow - 1));
}

TEST(HeaderMemo, RemembersWhatComesWithALaterKey) {
  if (kSanitized || trace_instructions([] {}).empty()) GTEST_SKIP() << "nothing is counted here";
  std::vector<Key> keys;
  keys.push_back(make_key(kOtherSecret));
  keys.push_back(make_key());
  const Verifier verifier(make_keys(std::move(keys)), Policy::signature_only());
  const std::string of_first = forge(header_of(Algorithm::kHs256, 10), kClaims, kOtherSecret);
  const std::string of_second = forge(header_of(Algorithm::kHs256, 90), kClaims);
  Scratch scratch;
  EXPECT_TRUE(verifier.verify(of_first, scratch, kNow));
  std::vector<size_t> num_instructions;
  for (int i = 0; i < 3; ++i) {
    num_instructions.push_back(
        trace_instructions([&] { (void)verifier.verify(of_second, scratch, kNow); }).size());
  }
  // The header is read and learnt once, which takes longer than all the rest.
  EXPECT_LT(num_instructions[1] + 500, num_instructions[0]);
  EXPECT_EQ(num_instructions[2], num_instructions[1]);
}

TEST(HeaderMemo, LearnsTheWholeBlocksThatSigningInputsShare) {
  using internal::HeaderMemo;
  const Key key = make_key();
  const internal::KeyMaterial& material = internal::KeyAccess::material(key);
  const bytes::Kernels kernels = bytes::selected_kernels();
  const std::string header(70, 'h');
  const std::string first = header + "." + std::string(300, 'c');
  const auto memo = std::make_unique<HeaderMemo>();
  memo->remember(1, header.size(), first, {});
  struct Lesson {
    size_t shared;
    size_t num_chars;  // of the begin learnt
  };
  for (const Lesson lesson : {Lesson{300, 256}, Lesson{250, 192}, Lesson{192, 192},
                              Lesson{128, 128}, Lesson{127, 64}, Lesson{300, 64}, Lesson{71, 64}}) {
    const std::string signing_input = first.substr(0, lesson.shared) + "other";
    memo->learn_begin(1, header.size(), signing_input, kernels, material);
    const HeaderMemo::Entry* const entry = memo->find(1, header);
    ASSERT_NE(entry, nullptr);
    EXPECT_EQ(entry->begin.num_chars, lesson.num_chars) << lesson.shared;
    EXPECT_EQ(entry->begin_of(signing_input), &entry->begin);
    EXPECT_EQ(entry->begin_of("hhh"), nullptr);
  }
  memo->learn_begin(2, header.size(), "nothing of that verifier", kernels, material);
  EXPECT_EQ(memo->find(1, header)->begin.num_chars, 64u);
}

}  // namespace
}  // namespace simdjwt::testing
