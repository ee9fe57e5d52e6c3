// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What it costs to ask whether a token is revoked, and to revoke one: how much more than
// verify/hs256 a verification takes with each kind, by the number of entries.

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "corpus.h"
#include "runner.h"
#include "simdjwt/simdjwt.h"

namespace simdjwt::bench {
namespace {

using Fill = std::function<void(Revocations&)>;

const TokenOwner kIssuer = TokenOwner::issuer(kIss);

Verifier make_verifier(std::shared_ptr<const Revocations> revocations) {
  return Verifier(
      KeySet::of(Key::hmac(Algorithm::kHs256, secret(Algorithm::kHs256)).value()),
      PolicyBuilder().expect_iss(kIss).expect_aud(kAud).ignore_typ().expect_exp().build().value(),
      nullptr, {.revocations = std::move(revocations), .account = "account"});
}

void verify(benchmark::State& state, const Fill& fill, uint32_t num_indexes) {
  const std::shared_ptr<Revocations> revocations =
      fill == nullptr ? nullptr : Revocations::create({1});
  if (fill != nullptr) fill(*revocations);
  const Verifier verifier = make_verifier(revocations);
  const Corpus& corpus = valid_tokens(Algorithm::kHs256);
  Scratch scratch;
  std::minstd_rand random;
  size_t i = 0;
  bool all_accepted = true;
  for (auto _ : state) {
    all_accepted &= static_cast<bool>(verifier.verify(corpus.views[i], scratch, kNow));
    if (num_indexes != 0) {
      // Odd ones are not revoked.
      const uint32_t index = static_cast<uint32_t>(random()) % num_indexes | 1;
      all_accepted &= !revocations->is_index_revoked(index);
    }
    i = i + 1 == kNumTokens ? 0 : i + 1;
  }
  if (!all_accepted) refuse(state, "a token is refused");
  state.SetItemsProcessed(state.iterations());
}

void add(const std::string& name, Fill fill, uint32_t num_indexes = 0) {
  benchmark::RegisterBenchmark(name.c_str(),
                               [=](benchmark::State& state) { verify(state, fill, num_indexes); });
}

void add_verifications() {
  add("verify/hs256", nullptr);
  add("verify/hs256/nothing_revoked", [](Revocations&) {});
  add("verify/hs256/not_before", [](Revocations& revocations) {
    revocations.refuse_before(1);
    revocations.refuse_before(TokenOwner::account("account"), 1);
    revocations.refuse_before(kIssuer, "nobody", 1);
  });
  for (const uint32_t count : {1'000U, 100'000U, 1'000'000U, 10'000'000U}) {
    const std::string suffix = ':' + std::to_string(count);
    add(
        "verify/hs256/indexes" + suffix,
        [=](Revocations& revocations) {
          for (uint32_t index = 0; index < count; index += 2) revocations.revoke_index(index);
        },
        count);
    if (count > 1'000'000) continue;
    add("verify/hs256/jtis" + suffix, [=](Revocations& revocations) {
      for (uint32_t i = 0; i < count; ++i) {
        revocations.revoke_jti(kIssuer, std::to_string(i), std::nullopt);
      }
    });
  }
}

// One iteration revokes one; new tables begin every 10 million indexes or million jtis.
void revoke_indexes(benchmark::State& state) {
  std::shared_ptr<Revocations> revocations = Revocations::create({1});
  uint32_t index = 0;
  for (auto _ : state) {
    revocations->revoke_index(index++);
    if (index == 10'000'000) {
      revocations = Revocations::create({1});
      index = 0;
    }
  }
  state.SetItemsProcessed(state.iterations());
}

void revoke_jtis(benchmark::State& state) {
  std::shared_ptr<Revocations> revocations = Revocations::create({1});
  std::string jti = "00000000-0000-0000-0000-000000000000";
  uint32_t count = 0;
  for (auto _ : state) {
    ++count;
    for (size_t digit = 0; digit < 8; ++digit) {
      jti[digit] = static_cast<char>('a' + (count >> 4 * digit) % 16);
    }
    revocations->revoke_jti(kIssuer, jti, kNow);
    if (count % 1'000'000 == 0) revocations = Revocations::create({1});
  }
  state.SetItemsProcessed(state.iterations());
}

}  // namespace
}  // namespace simdjwt::bench

int main(int argc, char** argv) {
  using namespace simdjwt::bench;
  add_verifications();
  benchmark::RegisterBenchmark("revoke/index", revoke_indexes);
  benchmark::RegisterBenchmark("revoke/jti", revoke_jtis);
  return run_benchmarks(argc, argv);
}
