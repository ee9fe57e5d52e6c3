// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// RS256 tokens whose signature a SignatureCache remembers, as many as a busy issuer has alive,
// shown in uniform or Zipf order by one thread or two; and HS256 tokens beside them.
//
//   verify_cached/rs256/<tokens>/<order>
//
// To sign a million tokens would take ten minutes, so the cache is told that it has seen them:
// their signatures are that of the first with another number in it, and what is timed never looks
// at them. The number is written into one of a few buffers, as a server has the token in its cache
// that it has just received; the cache of signatures is what is cold.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "corpus.h"
#include "jose/key_material.h"
#include "key_pair.h"
#include "runner.h"
#include "simdjwt/simdjwt.h"
#include "state/signature_table.h"

namespace simdjwt::bench {
namespace {

constexpr size_t kNumShown = 1 << 18;  // before the order repeats itself

template <class T>
T value_or_die(absl::StatusOr<T> result) {
  if (result.ok()) return *std::move(result);
  std::fprintf(stderr, "%s\n", result.status().ToString().c_str());
  std::abort();
}

Policy policy() {
  return value_or_die(
      PolicyBuilder().expect_iss(kIss).expect_aud(kAud).ignore_typ().expect_exp().build());
}

enum class Order : uint8_t { kUniform, kZipf };

// A few signed tokens, and any number of others made of them.
class Tokens {
 public:
  Tokens() {
    const std::string header = base64url(R"({"alg":"RS256","typ":"JWT","kid":"aa"})");
    const std::vector<std::string> claims = claims_texts(ClaimsForm::kPlain);
    for (size_t i = 0; i < kNumSigned; ++i) {
      const std::string signing_input = header + '.' + base64url(claims[i]);
      signed_.push_back(signing_input + '.' +
                        base64url(key_pair(Algorithm::kRs256).sign(signing_input)));
    }
  }

  const std::vector<std::string>& all_signed() const { return signed_; }

  // Valid until another token with the same last digits is asked for.
  static constexpr size_t kNumSigned = 64;
  const std::string& token(uint32_t number, std::vector<std::string>& buffers) const {
    std::string& token = buffers[number % kNumSigned];
    char* const digits = &token[token.size() - 40];
    for (size_t i = 0; i < 4; ++i) digits[i] = static_cast<char>('A' + (number >> 5 * i) % 32);
    return token;
  }

 private:
  std::vector<std::string> signed_;
};

// Verifies tokens that are remembered.
class Remembered {
 public:
  Remembered(uint32_t num_tokens, Order order)
      : num_tokens_(num_tokens),
        shown_(order == Order::kUniform ? uniform(num_tokens) : zipf(num_tokens)),
        cache_(value_or_die(SignatureCache::create(num_tokens, {1}))),
        verifier_(KeySet::of(value_or_die(
                      Key::from_jwk(key_pair(Algorithm::kRs256).public_jwk(), Algorithm::kRs256))),
                  policy(), cache_) {}

  const Tokens& tokens() const { return tokens_; }

  // What is not as it should be, or nothing.
  std::string gate() {
    const Verifier without(verifier_.keys(), verifier_.policy());
    Scratch scratch;
    for (const std::string& token : tokens_.all_signed()) {
      if (!without.verify(token, scratch, kNow)) return "a signed token is refused";
      if (!verifier_.verify(token, scratch, kNow)) return "a signed token is refused";
    }
    std::vector<std::string> buffers = tokens_.all_signed();
    const std::string first = tokens_.token(0, buffers);
    if (without.verify(first, scratch, kNow)) return "a token with another signature is accepted";
    remember_all();
    if (!verifier_.verify(first, scratch, kNow)) return "a token is not remembered";
    if (verifier_.verify(first, scratch, 2 * kFirstExp)) return "an old token is accepted";
    // One in some hundreds has found no room, and is refused for its signature.
    size_t num_refused = 0;
    for (size_t i = 0; i < kNumShown; ++i) num_refused += show(i, buffers, scratch) ? 0 : 1;
    if (num_refused > kNumShown / 100) return "tokens are not remembered";
    return {};
  }

  // One verification; whether the token was accepted.
  bool show(size_t i, std::vector<std::string>& buffers, Scratch& scratch) const {
    const std::string& token = tokens_.token(shown_[i % kNumShown], buffers);
    return static_cast<bool>(verifier_.verify(token, scratch, kNow));
  }

 private:
  void remember_all() {
    const bytes::Kernels kernels = bytes::selected_kernels();
    internal::SignatureTable& table = internal::SignatureCacheAccess::table(*cache_);
    const auto& key = internal::KeyAccess::material(verifier_.keys().key(0));
    std::vector<std::string> buffers = tokens_.all_signed();
    for (uint32_t number = num_tokens_; number-- > 0;) {  // the most popular are not displaced
      const std::string& token = tokens_.token(number, buffers);
      table.insert(table.fingerprint(kernels, table.digest(kernels, token), token.size(),
                                     key.asymmetric()->identity()));
    }
  }

  static std::vector<uint32_t> uniform(uint32_t num_tokens) {
    std::mt19937 random(6);
    std::vector<uint32_t> order(kNumShown);
    for (uint32_t& number : order) number = static_cast<uint32_t>(random() % num_tokens);
    return order;
  }

  // Token i as often as 1 / (i + 1).
  static std::vector<uint32_t> zipf(uint32_t num_tokens) {
    std::vector<double> sums(num_tokens);
    double sum = 0;
    for (size_t i = 0; i < num_tokens; ++i) sums[i] = sum += 1.0 / static_cast<double>(i + 1);
    std::mt19937 random(7);
    std::uniform_real_distribution<double> point(0, sum);
    std::vector<uint32_t> order(kNumShown);
    for (uint32_t& number : order) {
      const auto found = std::lower_bound(sums.begin(), sums.end() - 1, point(random));
      number = static_cast<uint32_t>(found - sums.begin());
    }
    return order;
  }

  const Tokens tokens_;
  const uint32_t num_tokens_;
  const std::vector<uint32_t> shown_;
  const std::shared_ptr<SignatureCache> cache_;
  const Verifier verifier_;
};

// Made by the first benchmark that asks, and kept for the next if that is of the same.
const Remembered* remembered(uint32_t num_tokens, Order order, std::string& complaint) {
  static std::unique_ptr<Remembered> kept;
  static std::pair<uint32_t, Order> of;
  if (kept == nullptr || of != std::pair(num_tokens, order)) {
    kept.reset();
    kept = std::make_unique<Remembered>(num_tokens, order);
    of = {num_tokens, order};
    complaint = kept->gate();
  }
  return kept.get();
}

void run(benchmark::State& state, uint32_t num_tokens, Order order) {
  static const Remembered* subject;
  static std::string complaint;
  if (state.thread_index() == 0) subject = remembered(num_tokens, order, complaint);
  Scratch scratch;
  std::vector<std::string> buffers;
  size_t i = static_cast<size_t>(state.thread_index()) * kNumShown / 2;
  for (auto _ : state) {  // begins with a barrier
    if (buffers.empty()) buffers = subject->tokens().all_signed();
    benchmark::DoNotOptimize(subject->show(i++, buffers, scratch));
  }
  if (!complaint.empty()) refuse(state, complaint);
  state.SetItemsProcessed(state.iterations());
}

void run_hs256(benchmark::State& state) {
  const Corpus& corpus = valid_tokens(Algorithm::kHs256);
  const Verifier verifier(
      KeySet::of(value_or_die(Key::hmac(Algorithm::kHs256, secret(Algorithm::kHs256)))), policy());
  Scratch scratch;
  size_t i = 0;
  bool all_accepted = true;
  for (auto _ : state) {
    all_accepted &= static_cast<bool>(verifier.verify(corpus.views[i], scratch, kNow));
    i = i + 1 == kNumTokens ? 0 : i + 1;
  }
  if (!all_accepted) refuse(state, "a token is refused");
  state.SetItemsProcessed(state.iterations());
}

}  // namespace
}  // namespace simdjwt::bench

int main(int argc, char** argv) {
  using namespace simdjwt::bench;
  benchmark::RegisterBenchmark("verify/hs256", run_hs256);
  for (const uint32_t num_tokens : {1'000U, 100'000U, 1'000'000U}) {
    for (const auto& [order, name] :
         {std::pair(Order::kUniform, "uniform"), std::pair(Order::kZipf, "zipf")}) {
      benchmark::RegisterBenchmark(
          ("verify_cached/rs256/" + std::to_string(num_tokens) + '/' + name).c_str(), run,
          num_tokens, order)
          ->ThreadRange(1, 2);
    }
  }
  return run_benchmarks(argc, argv);
}
