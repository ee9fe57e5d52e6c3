// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Whole verifications: ours one at a time and in batches, cryptography alone as the floor, and what
// people would use instead. One iteration is one token, so that times compare across all benchmarks
// of a run.

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "corpus.h"
#include "floors.h"
#include "key_pair.h"
#include "peers/peer.h"
#include "runner.h"
#include "simdjwt/simdjwt.h"
#include "subject.h"

namespace simdjwt::bench {
namespace {

constexpr size_t kBatch = 64;  // tokens a verify_batch call, where the name says nothing else

// Subjects and corpora are made when first asked for, and pass their gate once.
void add(const std::string& name, MakeSubject make) {
  struct Lazy {
    std::unique_ptr<Subject> subject;
    std::string complaint;
  };
  auto lazy = std::make_shared<Lazy>();
  benchmark::RegisterBenchmark(name.c_str(), [lazy, make](benchmark::State& state) {
    if (lazy->subject == nullptr) {
      lazy->subject = make();
      lazy->complaint = lazy->subject->gate();
    }
    if (!lazy->complaint.empty()) return refuse(state, lazy->complaint);
    size_t right = 0;
    const auto num_tokens = static_cast<int64_t>(lazy->subject->corpus().tokens.size());
    while (state.KeepRunningBatch(num_tokens)) right += lazy->subject->pass();
    if (right != static_cast<size_t>(state.iterations())) refuse(state, "an answer changed");
    state.SetItemsProcessed(state.iterations());
  });
}

// --- Ours ---

template <class T>
T value_or_die(absl::StatusOr<T> result) {
  if (result.ok()) return *std::move(result);
  std::fprintf(stderr, "%s\n", result.status().ToString().c_str());
  std::abort();
}

Key make_key(Algorithm algorithm, std::string_view secret, KeyOptions options) {
  if (is_hmac(algorithm)) {
    return value_or_die(Key::hmac(algorithm, secret, std::move(options)));
  }
  return value_or_die(
      Key::from_jwk(key_pair(algorithm).public_jwk(), algorithm, std::move(options)));
}

// Those of the corpus, and kIss for the gate.
IssuerKeys make_issuers(const Corpus& corpus) {
  const auto keys_of = [&](std::string_view secret, size_t kid) {
    return KeySet::of(make_key(corpus.algorithm, secret, {.kid = kid_of(kid)}));
  };
  std::vector<std::pair<std::string, KeySet>> issuers;
  issuers.emplace_back(kIss, keys_of(secret(corpus.algorithm), 0));
  std::vector<KeySet> shared;  // an asymmetric key takes long to load, so issuers share a thousand
  for (size_t i = 0; i < corpus.num_issuers; ++i) {
    const size_t kid = i % kNumKeys;
    if (is_hmac(corpus.algorithm)) {
      issuers.emplace_back(issuer_of(i), keys_of(secret_of_issuer(i), kid));
      continue;
    }
    if (kid == shared.size()) shared.push_back(keys_of({}, kid));
    issuers.emplace_back(issuer_of(i), shared[kid]);
  }
  return IssuerKeys::of(std::move(issuers));
}

Verifier make_verifier(const Corpus& corpus, std::shared_ptr<SignatureCache> signatures) {
  PolicyBuilder policy;
  policy.expect_aud(kAud).ignore_typ().expect_exp();
  if (corpus.num_issuers > 0) {
    return Verifier(make_issuers(corpus), value_or_die(policy.ignore_iss().build()),
                    std::move(signatures));
  }
  KeySetBuilder keys;
  for (size_t i = 0; i < corpus.num_keys; ++i) {
    keys.add(make_key(corpus.algorithm, secret(corpus.algorithm), {.kid = kid_of(i)}));
  }
  return Verifier(value_or_die(keys.build()), value_or_die(policy.expect_iss(kIss).build()),
                  std::move(signatures));
}

// Judges all tokens in calls of `batch` tokens; a batch of 0 means verify(). With `signatures`, the
// gate's tokens are remembered when the time is taken.
class Ours : public Subject {
 public:
  Ours(const Corpus& corpus, size_t batch, std::shared_ptr<SignatureCache> signatures = nullptr)
      : Ours(corpus, batch, make_verifier(corpus, std::move(signatures))) {}
  // The same verifier for another thread.
  explicit Ours(const Ours* other) : Ours(other->corpus(), other->batch_, other->verifier_) {}

  std::string gate() override {
    const std::string complaint = judge_among_bad();
    return complaint.empty() ? judge_among_bad() : complaint;  // perhaps from memory
  }

  size_t pass() override {
    size_t right = 0;
    judge(corpus().views, [&](size_t, const VerifyResult& result) {
      right += result.verdict() == corpus().verdict;
    });
    return right;
  }

 private:
  Ours(const Corpus& corpus, size_t batch, Verifier verifier)
      : Subject(corpus),
        verifier_(std::move(verifier)),
        batch_(batch),
        results_(std::max<size_t>(batch, 1)) {}

  // An issuer without keys is told apart from others before its claims are judged.
  Verdict deserved(const BadToken& bad) const {
    const bool has_no_key = corpus().num_issuers > 0 && bad.verdict == Verdict::kIssMismatch;
    return has_no_key ? Verdict::kNoMatchingKey : bad.verdict;
  }

  std::string judge_among_bad() {
    struct Expected {
      Verdict verdict;
      int64_t exp;  // of each valid token another one: no result may hold a neighbour's claims
    };
    std::vector<std::string_view> tokens = corpus().views;
    std::vector<Expected> expected;
    for (size_t i = 0; i < tokens.size(); ++i) {
      expected.push_back({corpus().verdict, kFirstExp + static_cast<int64_t>(i)});
    }
    // The bad tokens stand scattered among the others, so that a batch must keep them apart.
    std::ptrdiff_t position = 0;
    for (const BadToken& bad : bad_tokens(corpus().algorithm)) {
      position += 7;
      tokens.insert(tokens.begin() + position, bad.token);
      expected.insert(expected.begin() + position, {deserved(bad), 0});
    }

    std::string complaint;
    judge(tokens, [&](size_t i, const VerifyResult& result) {
      if (!complaint.empty()) return;
      if (result.verdict() != expected[i].verdict) {
        complaint = "token " + std::to_string(i) + " is judged " +
                    std::string(to_string(result.verdict())) + " instead of " +
                    std::string(to_string(expected[i].verdict));
      } else if (result && result->exp() != expected[i].exp) {
        complaint = "token " + std::to_string(i) + " got the claims of another";
      }
    });
    return complaint;
  }

  template <class Receive>
  void judge(std::span<const std::string_view> tokens, Receive receive) {
    if (batch_ == 0) {
      for (size_t i = 0; i < tokens.size(); ++i) {
        receive(i, verifier_.verify(tokens[i], scratch_, kNow));
      }
      return;
    }
    for (size_t first = 0; first < tokens.size(); first += batch_) {
      const auto batch = tokens.subspan(first, std::min(batch_, tokens.size() - first));
      verifier_.verify_batch(batch, results_, scratch_, kNow);
      for (size_t i = 0; i < batch.size(); ++i) receive(first + i, results_[i]);
    }
  }

  const Verifier verifier_;
  const size_t batch_;
  std::vector<VerifyResult> results_;
  Scratch scratch_;
};

// `suffix` names what differs from the plain benchmark: "/expired".
void add_ours(const std::string& algorithm, const std::string& suffix,
              std::function<const Corpus&()> corpus) {
  add("verify/" + algorithm + suffix, [=] { return std::make_unique<Ours>(corpus(), 0); });
  add("verify_batch/" + algorithm + suffix,
      [=] { return std::make_unique<Ours>(corpus(), kBatch); });
}

// One verifier for two threads, each with a Scratch: what a token takes either of them.
void add_threads(Algorithm algorithm, const std::string& name, size_t batch) {
  struct Lazy {
    std::once_flag once;
    std::unique_ptr<Ours> subject;
    std::string complaint;
  };
  auto lazy = std::make_shared<Lazy>();
  benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
    std::call_once(lazy->once, [&] {
      lazy->subject = std::make_unique<Ours>(valid_tokens(algorithm), batch);
      lazy->complaint = lazy->subject->gate();
    });
    if (!lazy->complaint.empty()) return refuse(state, lazy->complaint);
    Ours own(lazy->subject.get());
    size_t right = 0;
    size_t shown = 0;
    const size_t num_tokens = own.corpus().tokens.size();
    while (state.KeepRunningBatch(static_cast<int64_t>(num_tokens))) {
      right += own.pass();
      shown += num_tokens;
    }
    if (right != shown) refuse(state, "an answer changed");
    state.SetItemsProcessed(static_cast<int64_t>(shown));
  })->Threads(2);
}

// --- Peers ---

class Rival final : public Subject {
 public:
  Rival(Algorithm algorithm, MakePeer make)
      : Subject(valid_tokens(algorithm)), peer_(make(demand(algorithm))) {}

  std::string gate() override {
    if (pass() != corpus().tokens.size()) return "refuses a good token";
    for (const BadToken& bad : bad_tokens(corpus().algorithm)) {
      if (peer_->accepts(bad.token)) return "accepts: " + std::string(bad.what);
    }
    return {};
  }

  size_t pass() override {
    return static_cast<size_t>(std::ranges::count_if(
        corpus().tokens, [this](const std::string& token) { return peer_->accepts(token); }));
  }

 private:
  static Demand demand(Algorithm algorithm) {
    Demand demand = {.alg = std::string(to_string(algorithm)),
                     .key = {},
                     .jwk = {},
                     .iss = std::string(kIss),
                     .aud = std::string(kAud),
                     .now = kNow};
    if (is_hmac(algorithm)) {
      demand.key = secret(algorithm);
      demand.jwk = R"({"kty":"oct","k":")" + base64url(demand.key) + "\"}";
    } else {
      demand.key = key_pair(algorithm).public_pem();
      demand.jwk = key_pair(algorithm).public_jwk();
    }
    return demand;
  }

  const std::unique_ptr<Peer> peer_;
};

// "rs256"
std::string lower_name(Algorithm algorithm) {
  std::string name(to_string(algorithm));
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  return name;
}

void add_peers(Algorithm algorithm) {
  for (const PeerEntry& entry : peers()) {
    if (std::ranges::find(entry.algorithms, algorithm) == entry.algorithms.end()) continue;
    add("peer/" + std::string(entry.name) + '/' + lower_name(algorithm),
        [=, make = entry.make] { return std::make_unique<Rival>(algorithm, make); });
  }
}

void add_asymmetric(Algorithm algorithm) {
  const std::string name = lower_name(algorithm);
  add_ours(name, "", [=]() -> const Corpus& { return valid_tokens(algorithm); });
  add("verify_cached/" + name, [=] {
    return std::make_unique<Ours>(valid_tokens(algorithm), 0,
                                  value_or_die(SignatureCache::create(kNumTokens, {1})));
  });
  add("floor/" + name + "_openssl", [=] { return openssl_floor(algorithm); });
  if (algorithm == Algorithm::kEdDsa) add("floor/" + name + "_libsodium", libsodium_floor);
  add_peers(algorithm);
}

void add_all() {
  add_ours("hs256", "", []() -> const Corpus& { return valid_tokens(Algorithm::kHs256); });
  add_ours("hs384", "", []() -> const Corpus& { return valid_tokens(Algorithm::kHs384); });
  add_ours("hs512", "", []() -> const Corpus& { return valid_tokens(Algorithm::kHs512); });
  add("floor/hmac_sha256_openssl_midstate", midstate_floor);
  add("floor/hmac_sha256_openssl_oneshot", oneshot_floor);
  add_peers(Algorithm::kHs256);
  for (const Algorithm algorithm : {Algorithm::kRs256, Algorithm::kPs256, Algorithm::kEs256,
                                    Algorithm::kEs384, Algorithm::kEdDsa}) {
    add_asymmetric(algorithm);
  }
  for (const size_t bytes : std::to_array<size_t>({150, 250, 500, 1000, 2000, 4000})) {
    add_ours("hs256", "/bytes:" + std::to_string(bytes),
             [bytes]() -> const Corpus& { return sized_tokens(bytes); });
  }
  const auto add_varied = [](const std::string& name, Variety variety) {
    add_ours("hs256", name, [variety]() -> const Corpus& { return varied_tokens(variety); });
  };
  add_varied("/shuffled", Variety::kShuffled);
  add_varied("/keys:" + std::to_string(kNumKeys), Variety::kManyKeys);
  for (const Algorithm algorithm : {Algorithm::kHs256, Algorithm::kRs256}) {
    for (const size_t num_issuers : std::to_array<size_t>({1, 1'000, 100'000})) {
      add("verify/" + lower_name(algorithm) + "/issuers:" + std::to_string(num_issuers),
          [=] { return std::make_unique<Ours>(issuers_tokens(algorithm, num_issuers), 0); });
    }
    add_threads(algorithm, "verify/" + lower_name(algorithm), 0);
  }
  add_threads(Algorithm::kHs256, "verify_batch/hs256", kBatch);
  const auto add_flawed = [](const std::string& name, Flaw flaw) {
    add_ours("hs256", name, [flaw]() -> const Corpus& { return flawed_tokens(flaw); });
  };
  add_flawed("/bad_signature", Flaw::kBadSignature);
  add_flawed("/expired", Flaw::kExpired);
  add_flawed("/malformed", Flaw::kMalformed);
  for (const size_t batch : std::to_array<size_t>({4, 16, 256, 1024})) {
    add("verify_batch/hs256/batch:" + std::to_string(batch),
        [batch] { return std::make_unique<Ours>(valid_tokens(Algorithm::kHs256), batch); });
  }
}

}  // namespace
}  // namespace simdjwt::bench

int main(int argc, char** argv) {
  simdjwt::bench::add_all();
  return simdjwt::bench::run_benchmarks(argc, argv);
}
