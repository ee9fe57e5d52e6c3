// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// SHA-2 and HMAC by kernel, against what OpenSSL does in the same process.
//
//   block/<kernel>          compress() over a long run: ns per block
//   block_lanes/<kernel>    compress_lanes() over a long run: ns per block of each lane
//   hmac/<kernel>           one 311-byte message at a time, as verify() does
//   hmac_lanes/<kernel>     64 of them side by side, as verify_batch() does
//   floor/...               the same messages through libcrypto: from two copied contexts, and in
//   one call
//
// 311 bytes are what is signed in a token of about 350; SHA-256 makes 5 + 1 blocks of them, SHA-512
// 3 + 1.

// For the floor: see core/bytes/sha2.cc.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <benchmark/benchmark.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "bytes/hmac.h"
#include "bytes/hmac_lanes.h"
#include "bytes/sha2.h"
#include "runner.h"

namespace simdjwt::bench {
namespace {

using bytes::HmacJob;
using bytes::HmacMidstates;
using bytes::Sha256;
using bytes::Sha2Kernel;
using bytes::Sha2Lane;
using bytes::Sha2State;
using bytes::Sha512;

constexpr size_t kNumMessages = 64;
constexpr size_t kMessageBytes = 311;
constexpr std::string_view kKey =
    "a key of sixty-four bytes, enough for each of the three lengths.";

template <class Hash>
struct Reference;

template <>
struct Reference<Sha256> {
  static constexpr const Sha2State<Sha256>& kInitial = bytes::kSha256InitialState;
  static constexpr size_t kTagBytes = 32;
  using Context = SHA256_CTX;
  static const EVP_MD* evp() { return EVP_sha256(); }
  static void init(Context* context) { SHA256_Init(context); }
  static void update(Context* context, const void* data, size_t num_bytes) {
    SHA256_Update(context, data, num_bytes);
  }
  static void final(uint8_t* out, Context* context) { SHA256_Final(out, context); }
};

template <>
struct Reference<Sha512> {
  static constexpr const Sha2State<Sha512>& kInitial = bytes::kSha512InitialState;
  static constexpr size_t kTagBytes = 64;
  using Context = SHA512_CTX;
  static const EVP_MD* evp() { return EVP_sha512(); }
  static void init(Context* context) { SHA512_Init(context); }
  static void update(Context* context, const void* data, size_t num_bytes) {
    SHA512_Update(context, data, num_bytes);
  }
  static void final(uint8_t* out, Context* context) { SHA512_Final(out, context); }
};

template <class Hash>
struct Tag {
  uint8_t bytes[Reference<Hash>::kTagBytes];
};

// Distinct messages, their jobs, and room for the tags.
template <class Hash>
struct Workload {
  std::vector<std::string> messages;
  HmacMidstates<Hash> midstates;
  std::vector<Tag<Hash>> tags;
  std::vector<HmacJob<Hash>> jobs;

  Workload() : tags(kNumMessages) {
    bytes::derive_hmac_midstates(midstates, Reference<Hash>::kInitial, Reference<Hash>::kTagBytes,
                                 kKey);
    std::mt19937_64 random(1);
    for (size_t i = 0; i < kNumMessages; ++i) {
      std::string message(kMessageBytes, '\0');
      for (char& c : message) c = static_cast<char>(random());
      messages.push_back(std::move(message));
    }
    for (size_t i = 0; i < kNumMessages; ++i) {
      jobs.push_back({&midstates, messages[i], Reference<Hash>::kTagBytes, tags[i].bytes});
    }
  }

  // Whether all tags are what OpenSSL's one-shot call makes.
  bool tags_are_right() const {
    for (size_t i = 0; i < kNumMessages; ++i) {
      uint8_t expected[EVP_MAX_MD_SIZE];
      HMAC(Reference<Hash>::evp(), kKey.data(), static_cast<int>(kKey.size()),
           reinterpret_cast<const uint8_t*>(messages[i].data()), messages[i].size(), expected,
           nullptr);
      if (std::memcmp(expected, tags[i].bytes, sizeof(tags[i].bytes)) != 0) return false;
    }
    return true;
  }
};

// Times `tag_all(workload)`, which makes all 64 tags.
template <class Hash, class TagAll>
void run_hmac(benchmark::State& state, TagAll tag_all) {
  Workload<Hash> workload;
  tag_all(workload);
  if (!workload.tags_are_right()) return refuse(state, "tags differ from OpenSSL's HMAC()");
  for (auto _ : state) {
    tag_all(workload);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kNumMessages));
}

template <class Hash>
void run_floor_midstate(benchmark::State& state) {
  using Libcrypto = Reference<Hash>;
  typename Libcrypto::Context inner;
  typename Libcrypto::Context outer;
  uint8_t block[Hash::kBlockBytes] = {};
  std::memcpy(block, kKey.data(), kKey.size());
  for (uint8_t& byte : block) byte ^= 0x36;
  Libcrypto::init(&inner);
  Libcrypto::update(&inner, block, sizeof(block));
  for (uint8_t& byte : block) byte ^= 0x36 ^ 0x5c;
  Libcrypto::init(&outer);
  Libcrypto::update(&outer, block, sizeof(block));
  run_hmac<Hash>(state, [&](Workload<Hash>& workload) {
    for (size_t i = 0; i < kNumMessages; ++i) {
      typename Libcrypto::Context context = inner;
      Libcrypto::update(&context, workload.messages[i].data(), workload.messages[i].size());
      Libcrypto::final(workload.tags[i].bytes, &context);
      context = outer;
      Libcrypto::update(&context, workload.tags[i].bytes, Libcrypto::kTagBytes);
      Libcrypto::final(workload.tags[i].bytes, &context);
    }
  });
}

template <class Hash>
void run_floor_oneshot(benchmark::State& state) {
  run_hmac<Hash>(state, [](Workload<Hash>& workload) {
    for (size_t i = 0; i < kNumMessages; ++i) {
      HMAC(Reference<Hash>::evp(), kKey.data(), static_cast<int>(kKey.size()),
           reinterpret_cast<const uint8_t*>(workload.messages[i].data()),
           workload.messages[i].size(), workload.tags[i].bytes, nullptr);
    }
  });
}

constexpr size_t kRunBlocks = 64;

// Times one of a kernel's two functions over `num_lanes` long messages.
template <class Hash>
void run_blocks(benchmark::State& state, const Sha2Kernel<Hash>& baseline, size_t num_lanes,
                void (*compress)(const Sha2Lane<Hash>*, size_t) noexcept) {
  const std::vector<uint8_t> data(kRunBlocks * Hash::kBlockBytes, 'd');
  std::vector<Sha2State<Hash>> hash_states(num_lanes + 1, Reference<Hash>::kInitial);
  std::vector<Sha2Lane<Hash>> lanes;
  for (Sha2State<Hash>& hash_state : hash_states) {
    lanes.push_back({&hash_state, data.data(), kRunBlocks, nullptr});
  }
  compress(lanes.data(), kRunBlocks);
  baseline.compress(&lanes.back(), kRunBlocks);
  for (const Sha2State<Hash>& hash_state : hash_states) {
    if (hash_state != hash_states.back()) return refuse(state, "differs from the baseline");
  }
  for (auto _ : state) {
    compress(lanes.data(), kRunBlocks);
    benchmark::ClobberMemory();
  }
  const size_t num_blocks = kRunBlocks * num_lanes;
  state.counters["s_per_block"] = benchmark::Counter(
      static_cast<double>(num_blocks),
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  state.SetBytesProcessed(state.iterations() *
                          static_cast<int64_t>(num_blocks * Hash::kBlockBytes));
}

template <class Hash>
void register_benchmarks(std::span<const Sha2Kernel<Hash>* const> kernels,
                         const std::string& algorithm) {
  const auto add = [](const std::string& name, auto function) {
    benchmark::RegisterBenchmark(name.c_str(), function);
  };
  for (const Sha2Kernel<Hash>* kernel : kernels) {
    const std::string name(kernel->name);
    add("block/" + name, [=](benchmark::State& state) {
      run_blocks<Hash>(state, *kernels.front(), 1, kernel->compress);
    });
    if (kernel->num_lanes > 1) {
      add("block_lanes/" + name, [=](benchmark::State& state) {
        run_blocks<Hash>(state, *kernels.front(), kernel->num_lanes, kernel->compress_lanes);
      });
    }
    add("hmac/" + name, [=](benchmark::State& state) {
      run_hmac<Hash>(state, [=](Workload<Hash>& workload) {
        for (const HmacJob<Hash>& job : workload.jobs) bytes::hmac<Hash>(*kernel, job);
      });
    });
    add("hmac_lanes/" + name, [=](benchmark::State& state) {
      bytes::HmacLanes<Hash> lanes(*kernel);
      run_hmac<Hash>(state, [&](Workload<Hash>& workload) {
        for (const HmacJob<Hash>& job : workload.jobs) {
          lanes.add(job, 0);
          if (lanes.is_full()) lanes.run();
        }
        while (!lanes.is_empty()) lanes.run();
      });
    });
  }
  add("floor/hmac_" + algorithm + "_openssl_midstate", run_floor_midstate<Hash>);
  add("floor/hmac_" + algorithm + "_openssl_oneshot", run_floor_oneshot<Hash>);
}

}  // namespace
}  // namespace simdjwt::bench

int main(int argc, char** argv) {
  using namespace simdjwt;
  bench::register_benchmarks<bytes::Sha256>(bytes::available_sha256_kernels(), "sha256");
  bench::register_benchmarks<bytes::Sha512>(bytes::available_sha512_kernels(), "sha512");
  return bench::run_benchmarks(argc, argv);
}
