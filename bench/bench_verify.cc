// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Whole verifications: ours one at a time and in batches, OpenSSL's hashing alone as the floor, and
// what people would use instead. One iteration is one token, so that times compare across all
// benchmarks of a run.

#define OPENSSL_SUPPRESS_DEPRECATED  // SHA256_* is OpenSSL's only public way to a cheap midstate

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "corpus.h"
#include "peers/peer.h"
#include "runner.h"
#include "simdjwt/simdjwt.h"

namespace simdjwt::bench {
namespace {

constexpr size_t kBatch = 64;  // tokens a verify_batch call, where the name says nothing else

// Something that judges a corpus.
class Subject {
 public:
  virtual ~Subject() = default;
  // What differs from the reference, or nothing.
  virtual std::string gate() = 0;
  // One pass over the corpus, the work that is timed. Returns how many answers were as deserved.
  virtual size_t pass() = 0;
};

using MakeSubject = std::function<std::unique_ptr<Subject>()>;

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
    while (state.KeepRunningBatch(kNumTokens)) right += lazy->subject->pass();
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

Verifier make_verifier(const Corpus& corpus) {
  KeySetBuilder keys;
  for (size_t i = 0; i < corpus.num_keys; ++i) {
    keys.add(
        value_or_die(Key::hmac(corpus.algorithm, secret(corpus.algorithm), {.kid = kid_of(i)})));
  }
  return Verifier(
      value_or_die(keys.build()),
      value_or_die(
          PolicyBuilder().expect_iss(kIss).expect_aud(kAud).ignore_typ().expect_exp().build()));
}

// Judges all tokens in calls of `batch` tokens; a batch of 0 means verify().
class Ours : public Subject {
 public:
  Ours(const Corpus& corpus, size_t batch)
      : corpus_(corpus),
        verifier_(make_verifier(corpus)),
        batch_(batch),
        results_(std::max<size_t>(batch, 1)) {}

  std::string gate() override {
    struct Expected {
      Verdict verdict;
      int64_t exp;  // of each valid token another one: no result may hold a neighbour's claims
    };
    std::vector<std::string_view> tokens = corpus_.views;
    std::vector<Expected> expected;
    for (size_t i = 0; i < tokens.size(); ++i) {
      expected.push_back({corpus_.verdict, kFirstExp + static_cast<int64_t>(i)});
    }
    // The bad tokens stand scattered among the others, so that a batch must keep them apart.
    std::ptrdiff_t position = 0;
    for (const BadToken& bad : bad_tokens(corpus_.algorithm)) {
      position += 7;
      tokens.insert(tokens.begin() + position, bad.token);
      expected.insert(expected.begin() + position, {bad.verdict, 0});
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

  size_t pass() override {
    size_t right = 0;
    judge(corpus_.views, [&](size_t, const VerifyResult& result) {
      right += result.verdict() == corpus_.verdict;
    });
    return right;
  }

 private:
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

  const Corpus& corpus_;
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

// --- The floor: OpenSSL's HMAC-SHA-256 of the same signing inputs, and nothing else ---

using Tag = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

class Floor : public Subject {
 public:
  std::string gate() override {
    for (const std::string_view token : corpus_.views) {
      const Tag tag = hmac(signing_input(token));
      const std::string_view bytes(reinterpret_cast<const char*>(tag.data()), tag.size());
      if (base64url(bytes) != token.substr(token.rfind('.') + 1)) return "a tag is wrong";
    }
    return {};
  }

  size_t pass() override {
    for (const std::string_view token : inputs_) {
      Tag tag = hmac(token);
      benchmark::DoNotOptimize(tag);
    }
    return inputs_.size();
  }

 protected:
  Floor() {
    for (const std::string_view token : corpus_.views) inputs_.push_back(signing_input(token));
  }
  virtual Tag hmac(std::string_view message) const = 0;

 private:
  static std::string_view signing_input(std::string_view token) {
    return token.substr(0, token.rfind('.'));
  }

  const Corpus& corpus_ = valid_tokens(Algorithm::kHs256);
  std::vector<std::string_view> inputs_;
};

// Two saved hash states, copied for each token: the fastest that OpenSSL's interface allows.
class MidstateFloor final : public Floor {
 public:
  MidstateFloor() {
    const std::string_view key = secret(Algorithm::kHs256);
    start(inner_, key, 0x36);
    start(outer_, key, 0x5c);
  }

 private:
  static void start(SHA256_CTX& context, std::string_view key, unsigned char pad) {
    std::array<unsigned char, SHA256_CBLOCK> block;
    block.fill(pad);
    for (size_t i = 0; i < key.size(); ++i) block[i] ^= static_cast<unsigned char>(key[i]);
    SHA256_Init(&context);
    SHA256_Update(&context, block.data(), block.size());
  }

  Tag hmac(std::string_view message) const override {
    Tag tag;
    SHA256_CTX context = inner_;
    SHA256_Update(&context, message.data(), message.size());
    SHA256_Final(tag.data(), &context);
    context = outer_;
    SHA256_Update(&context, tag.data(), tag.size());
    SHA256_Final(tag.data(), &context);
    return tag;
  }

  SHA256_CTX inner_;
  SHA256_CTX outer_;
};

// HMAC(), which most libraries call.
class OneshotFloor final : public Floor {
  Tag hmac(std::string_view message) const override {
    const std::string_view key = secret(Algorithm::kHs256);
    Tag tag;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(message.data()), message.size(), tag.data(),
         nullptr);
    return tag;
  }
};

// --- Peers ---

class Rival final : public Subject {
 public:
  explicit Rival(const PeerEntry& entry)
      : peer_(entry.make({.secret = std::string(secret(Algorithm::kHs256)),
                          .iss = std::string(kIss),
                          .aud = std::string(kAud),
                          .now = kNow})) {}

  std::string gate() override {
    if (pass() != kNumTokens) return "refuses a good token";
    for (const BadToken& bad : bad_tokens(Algorithm::kHs256)) {
      if (peer_->accepts(bad.token)) return "accepts: " + std::string(bad.what);
    }
    return {};
  }

  size_t pass() override {
    return static_cast<size_t>(std::ranges::count_if(
        corpus_.tokens, [this](const std::string& token) { return peer_->accepts(token); }));
  }

 private:
  const Corpus& corpus_ = valid_tokens(Algorithm::kHs256);
  const std::unique_ptr<Peer> peer_;
};

void add_all() {
  add_ours("hs256", "", []() -> const Corpus& { return valid_tokens(Algorithm::kHs256); });
  add_ours("hs384", "", []() -> const Corpus& { return valid_tokens(Algorithm::kHs384); });
  add_ours("hs512", "", []() -> const Corpus& { return valid_tokens(Algorithm::kHs512); });
  add("floor/hmac_sha256_openssl_midstate", [] { return std::make_unique<MidstateFloor>(); });
  add("floor/hmac_sha256_openssl_oneshot", [] { return std::make_unique<OneshotFloor>(); });
  for (const PeerEntry& entry : peers()) {
    add("peer/" + std::string(entry.name), [entry] { return std::make_unique<Rival>(entry); });
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
