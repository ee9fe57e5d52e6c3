// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What a registry adds to a verification, by the number of its tokens; and what it takes to count
// their use, to revoke them and to load them.
//
//   verify/hs256                   as in bench_verify: no registry
//   verify/hs256/tokens:N          the tokens of a registry of N, without asking the registry
//   check/tokens:N                 the same, at a server that they are for
//   check_batch/tokens:N           64 a call
//   check/tokens:N/usage           and counts their use, which another thread collects
//   check/tokens:N/revoking:1000   while another thread revokes a thousand a second on the disk
//   revoke/...                     one iteration a token; at_once: as one change of several tokens;
//                                  together: as changes by themselves that share a write
//   memory/tokens:N                one iteration fills tables; bytes/token is what matters
//   load/tokens:1000000            one iteration reads the whole file
//
// Of a large registry a million tokens are signed, which lie all over its tables and are shown in
// random order: each check finds the token's places behind the caches, but its text within.

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "corpus.h"
#include "registries.h"
#include "registry/follower.h"
#include "registry/jti.h"
#include "registry/node.h"
#include "registry/usage_book.h"
#include "resident_memory.h"
#include "runner.h"
#include "simdjwt/simdjwt.h"

namespace simdjwt::bench {
namespace {

constexpr size_t kBatch = 64;

// Something that another thread does all the while.
class Beside {
 public:
  Beside(std::chrono::microseconds interval, std::function<void()> work)
      : thread_([this, interval, work = std::move(work)] {
          auto next = std::chrono::steady_clock::now();
          while (!is_over_) {
            work();
            std::this_thread::sleep_until(next += interval);
          }
        }) {}
  ~Beside() {
    is_over_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> is_over_ = false;
  std::thread thread_;
};

// As whoever receives a token has it in the cache already.
class Tokens {
 public:
  explicit Tokens(const std::vector<std::string_view>& all) : all_(all) {}

  std::string_view next() {
    const std::string_view token = all_[i_];
    i_ = i_ + 1 == all_.size() ? 0 : i_ + 1;
    const std::string_view later = all_[std::min(i_ + kAhead, all_.size() - 1)];
    for (size_t at = 0; at < later.size(); at += 64) __builtin_prefetch(later.data() + at);
    return token;
  }

 private:
  static constexpr size_t kAhead = 4;
  const std::vector<std::string_view>& all_;
  size_t i_ = 0;
};

void verify(benchmark::State& state, const Verifier& verifier,
            const std::vector<std::string_view>& tokens) {
  Scratch scratch;
  Tokens shown(tokens);
  bool all_accepted = true;
  for (auto _ : state) {
    all_accepted &= static_cast<bool>(verifier.verify(shown.next(), scratch, kNow));
  }
  if (!all_accepted) refuse(state, "a token is refused");
  state.SetItemsProcessed(state.iterations());
}

// --- Checks ---

void check(benchmark::State& state, size_t num_tokens) {
  const Registry& registry = registry_of(num_tokens);
  verify(state, registry.verifier(), registry.tokens());
}

void check_batch(benchmark::State& state, size_t num_tokens) {
  const Registry& registry = registry_of(num_tokens);
  const Verifier verifier = registry.verifier();
  const std::span<const std::string_view> tokens = registry.tokens();
  Scratch scratch;
  std::array<VerifyResult, kBatch> results;
  size_t i = 0;
  bool all_accepted = true;
  while (state.KeepRunningBatch(kBatch)) {
    verifier.verify_batch(tokens.subspan(i, kBatch), results, scratch, kNow);
    for (const VerifyResult& result : results) all_accepted &= static_cast<bool>(result);
    i = i + 2 * kBatch > tokens.size() ? 0 : i + kBatch;
  }
  if (!all_accepted) refuse(state, "a token is refused");
  state.SetItemsProcessed(state.iterations());
}

void check_and_count(benchmark::State& state, size_t num_tokens) {
  static constexpr std::string_view kOutcomes[] = {"accepted"};
  const Registry& registry = registry_of(num_tokens);
  const Verifier verifier = registry.verifier();
  Tokens shown(registry.tokens());
  registry::UsageBook book(1, kOutcomes);
  registry::UsageMeter& meter = book.meter(kServer);
  Scratch scratch;
  {
    const Beside collector(std::chrono::milliseconds(50),
                           [&book] { book.collect(net::read_clocks()); });
    for (auto _ : state) {
      const VerifyResult result = verifier.verify(shown.next(), scratch, kNow);
      if (result) meter.count(0, registry::kOutcomeAccepted, result.token_number());
    }
  }
  if (meter.total(registry::kOutcomeAccepted) != static_cast<uint64_t>(state.iterations())) {
    refuse(state, "a use was not counted");
  }
  state.SetItemsProcessed(state.iterations());
}

// What a token takes in the tables, beside the bits: resident memory, measured as it grows.
void measure_memory(benchmark::State& state, size_t num_tokens) {
  double num_bytes = 0;
  for (auto _ : state) {
    const size_t before = resident_bytes();
    registry::TokenTable table;
    for (TokenIndex index = 0; index < num_tokens; ++index) {
      succeed(table.insert(index, value_or_die(registry::make_jti(index)), kAccount));
      succeed(table.associate(index, kServer));
    }
    num_bytes = static_cast<double>(resident_bytes()) - static_cast<double>(before);
  }
  state.counters["bytes/token"] = num_bytes / static_cast<double>(num_tokens);
}

// --- Registries on the disk ---

void load(benchmark::State& state) {
  const std::string path = disk().path();
  for (auto _ : state) {
    const auto follower = value_or_die(registry::Follower::open(path, kNow));
    if (follower->servers().size() != 1) refuse(state, "the server is not there");
  }
  state.SetItemsProcessed(state.iterations() * 1'000'000);
}

void revoke_on_disk(benchmark::State& state, size_t num_at_once) {
  std::vector<std::string> jtis(num_at_once);
  Disk& registry = disk();  // made now
  while (state.KeepRunningBatch(static_cast<int64_t>(num_at_once))) {
    for (std::string& jti : jtis) jti = registry.take_jti();
    succeed(registry.store().revoke_tokens(registry.account(), jtis, "", kAct).status());
  }
  const auto last = value_or_die(registry.store().find_token(registry.account(), jtis.back()));
  if (!last.revoked) refuse(state, "a token is not revoked");
  state.SetItemsProcessed(state.iterations());
}

// As the daemon does for requests that came together: each is a change, all are one write.
void revoke_by_node(benchmark::State& state, size_t num_together) {
  Disk& registry = disk();
  static const auto node =
      value_or_die(registry::Node::open(registry.path(), kNow, [](const auto&) {}));
  while (state.KeepRunningBatch(static_cast<int64_t>(num_together))) {
    const auto [made, in_use] = node->change(kNow, [&](Store& store) {
      for (size_t i = 0; i < num_together; ++i) {
        succeed(store.revoke_token(registry.account(), registry.take_jti(), "", kAct));
      }
    });
    succeed(made);
    succeed(in_use);
  }
  state.SetItemsProcessed(state.iterations());
}

void revoke_in_memory(benchmark::State& state) {
  const std::shared_ptr<Revocations> revocations = Revocations::create({1});
  uint32_t index = 0;
  for (auto _ : state) revocations->revoke_index(index++ % 10'000'000);
  state.SetItemsProcessed(state.iterations());
}

// As the daemon does: a change is on the disk, then followed.
void check_while_revoking(benchmark::State& state, bool is_revoking) {
  static const std::vector<std::string> texts = disk().sign();
  const std::vector<std::string_view> tokens(texts.begin(), texts.end());
  const auto follower = value_or_die(registry::Follower::open(disk().path(), kNow));
  const Verifier verifier = follower->servers().front().verifier;
  std::atomic<int64_t> num_revoked = 0;
  const auto began = std::chrono::steady_clock::now();
  {
    const Beside revoker(std::chrono::milliseconds(1), [&] {
      if (!is_revoking) return;
      succeed(disk().store().revoke_token(disk().account(), disk().take_jti(), "", kAct));
      succeed(follower->follow(kNow).status());
      ++num_revoked;
    });
    verify(state, verifier, tokens);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  state.counters["revoked/s"] = static_cast<double>(num_revoked) / took.count();
}

void add(const std::string& name, std::function<void(benchmark::State&)> run) {
  benchmark::RegisterBenchmark(name.c_str(), std::move(run));
}

void add_all() {
  add("verify/hs256", [](benchmark::State& state) {
    const Verifier verifier(
        KeySet::of(key()),
        value_or_die(
            PolicyBuilder().expect_iss(kIss).expect_aud(kAud).ignore_typ().expect_exp().build()));
    verify(state, verifier, valid_tokens(Algorithm::kHs256).views);
  });
  for (const size_t num_tokens : {1'000U, 100'000U, 1'000'000U, 10'000'000U}) {
    const std::string suffix = "/tokens:" + std::to_string(num_tokens);
    add("verify/hs256" + suffix, [=](benchmark::State& state) {
      verify(state, Verifier(KeySet::of(key()), policy()), registry_of(num_tokens).tokens());
    });
    add("check" + suffix, [=](benchmark::State& state) { check(state, num_tokens); });
    add("check_batch" + suffix, [=](benchmark::State& state) { check_batch(state, num_tokens); });
    add("check" + suffix + "/usage",
        [=](benchmark::State& state) { check_and_count(state, num_tokens); });
  }
  add("check/on_disk:1000000", [](benchmark::State& state) { check_while_revoking(state, false); });
  add("check/on_disk:1000000/revoking:1000",
      [](benchmark::State& state) { check_while_revoking(state, true); });
  add("revoke/in_memory", revoke_in_memory);
  for (const size_t num_at_once : {1U, 10U, 100U}) {
    benchmark::RegisterBenchmark(
        ("revoke/on_disk/at_once:" + std::to_string(num_at_once)).c_str(),
        [=](benchmark::State& state) { revoke_on_disk(state, num_at_once); })
        ->UseRealTime();
  }
  for (const size_t num_together : {1U, 8U, 64U}) {
    benchmark::RegisterBenchmark(
        ("revoke/by_node/together:" + std::to_string(num_together)).c_str(),
        [=](benchmark::State& state) { revoke_by_node(state, num_together); })
        ->UseRealTime();
  }
  for (const size_t num_tokens : {1'000'000U, 10'000'000U}) {
    benchmark::RegisterBenchmark(
        ("memory/tokens:" + std::to_string(num_tokens)).c_str(),
        [=](benchmark::State& state) { measure_memory(state, num_tokens); })
        ->Iterations(1)
        ->Unit(benchmark::kMillisecond);
  }
  benchmark::RegisterBenchmark("load/tokens:1000000", load)
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond)
      ->MinTime(0.01);  // one is enough
}

}  // namespace
}  // namespace simdjwt::bench

int main(int argc, char** argv) {
  simdjwt::bench::add_all();
  return simdjwt::bench::run_benchmarks(argc, argv);
}
