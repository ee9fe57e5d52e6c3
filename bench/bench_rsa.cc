// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// RSA's public operation by kernel, against what OpenSSL does in the same process.
//
//   power/<kernel>/bits:<b>/jobs:<n>   s^65537 mod n of n signatures at a time, each under a
//   modulus
//                                      of its own
//   floor/bn_mod_exp_mont/bits:<b>     the same of one, by libcrypto's BN_mod_exp_mont
//   floor/evp_pkey_verify/bits:<b>     a whole RS256 signature, by EVP_PKEY_verify with one context
//                                      for all: beside the power, it compares the block
//
// `s_per_signature` is what to compare. Where a kernel's does not fall below that of
// evp_pkey_verify, libcrypto is the better choice: it decides RsaKernel::busy_lanes_min.

#include <benchmark/benchmark.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <array>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "bytes/rsa.h"
#include "runner.h"

namespace simdjwt::bench {
namespace {

using bytes::RsaJob;
using bytes::RsaKernel;
using bytes::RsaModulus;

constexpr int kSizes[] = {2048, 3072, 4096};  // bits
constexpr uint8_t kExponent[] = {1, 0, 1};

template <class T, void (*kFree)(T*)>
struct Free {
  void operator()(T* object) const { kFree(object); }
};
template <class T, void (*kFree)(T*)>
using Ptr = std::unique_ptr<T, Free<T, kFree>>;
using Number = Ptr<BIGNUM, BN_free>;

void report_per_signature(benchmark::State& state, size_t num_signatures) {
  state.counters["s_per_signature"] = benchmark::Counter(
      static_cast<double>(num_signatures),
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

// A signature under an odd modulus, as libcrypto's BN_mod_exp_mont takes them. That the modulus is
// a product of two primes makes no difference to the time.
class Task {
 public:
  Task(int bits, uint64_t seed) {
    std::mt19937_64 random(seed);
    const size_t num_bytes = static_cast<size_t>(bits) / 8;
    for (std::vector<uint8_t>* number : {&modulus_, &signature_}) {
      number->resize(num_bytes);
      for (uint8_t& byte : *number) byte = static_cast<uint8_t>(random());
    }
    modulus_.front() |= 0x80;
    modulus_.back() |= 1;
    signature_.front() &= 0x7f;
    prepared_ = RsaModulus::create(modulus_, kExponent);
    number_.reset(BN_bin2bn(modulus_.data(), static_cast<int>(num_bytes), nullptr));
    BN_MONT_CTX_set(montgomery_.get(), number_.get(), context_.get());
    BN_set_word(exponent_.get(), 65537);
  }

  // libcrypto's answer, as many bytes as the modulus.
  void libcrypto_power(uint8_t* out) const {
    BN_bin2bn(signature_.data(), static_cast<int>(signature_.size()), base_.get());
    BN_mod_exp_mont(result_.get(), base_.get(), exponent_.get(), number_.get(), context_.get(),
                    montgomery_.get());
    BN_bn2binpad(result_.get(), out, static_cast<int>(modulus_.size()));
  }

  RsaJob job(uint8_t* power) const { return {prepared_.get(), signature_.data(), power}; }
  size_t num_bytes() const { return modulus_.size(); }

 private:
  std::vector<uint8_t> modulus_;
  std::vector<uint8_t> signature_;
  std::unique_ptr<const RsaModulus> prepared_;
  Ptr<BN_CTX, BN_CTX_free> context_{BN_CTX_new()};
  Ptr<BN_MONT_CTX, BN_MONT_CTX_free> montgomery_{BN_MONT_CTX_new()};
  Number number_;
  Number exponent_{BN_new()};
  Number base_{BN_new()};
  Number result_{BN_new()};
};

using Power = std::array<uint8_t, RsaModulus::kBytesMax>;

void run_kernel(benchmark::State& state, const RsaKernel& kernel, int bits, size_t num_jobs) {
  std::vector<std::unique_ptr<Task>> tasks;
  std::vector<RsaJob> jobs;
  std::vector<Power> powers(num_jobs);
  for (size_t i = 0; i < num_jobs; ++i) {
    tasks.push_back(std::make_unique<Task>(bits, i + 1));
    jobs.push_back(tasks.back()->job(powers[i].data()));
  }
  kernel.power(jobs);
  for (size_t i = 0; i < num_jobs; ++i) {
    Power expected;
    tasks[i]->libcrypto_power(expected.data());
    if (std::memcmp(expected.data(), powers[i].data(), tasks[i]->num_bytes()) != 0) {
      return refuse(state, "a power differs from BN_mod_exp_mont's");
    }
  }
  for (auto _ : state) {
    kernel.power(jobs);
    benchmark::ClobberMemory();
  }
  report_per_signature(state, num_jobs);
}

void run_bn_mod_exp_mont(benchmark::State& state, int bits) {
  const Task task(bits, 1);
  Power power;
  for (auto _ : state) {
    task.libcrypto_power(power.data());
    benchmark::ClobberMemory();
  }
  report_per_signature(state, 1);
}

void run_evp_pkey_verify(benchmark::State& state, int bits) {
  const Ptr<EVP_PKEY, EVP_PKEY_free> key(EVP_RSA_gen(static_cast<unsigned>(bits)));
  const Ptr<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(EVP_PKEY_CTX_new(key.get(), nullptr));
  std::array<uint8_t, 32> digest = {1, 2, 3};
  Power signature;
  size_t num_bytes = signature.size();
  EVP_PKEY_sign_init(context.get());
  EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256());
  EVP_PKEY_sign(context.get(), signature.data(), &num_bytes, digest.data(), digest.size());
  EVP_PKEY_verify_init(context.get());
  EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256());
  const auto verify = [&] {
    return EVP_PKEY_verify(context.get(), signature.data(), num_bytes, digest.data(),
                           digest.size()) == 1;
  };
  if (!verify()) return refuse(state, "a signature is refused");
  digest[0] ^= 1;
  if (verify()) return refuse(state, "another digest's signature is accepted");
  digest[0] ^= 1;
  for (auto _ : state) benchmark::DoNotOptimize(verify());
  report_per_signature(state, 1);
}

void register_benchmarks() {
  const auto add = [](const std::string& name, auto function) {
    benchmark::RegisterBenchmark(name.c_str(), function);
  };
  for (const int bits : kSizes) {
    const std::string size = "/bits:" + std::to_string(bits);
    for (const RsaKernel* kernel : bytes::available_rsa_kernels()) {
      for (size_t num_jobs = 1; num_jobs <= kernel->num_lanes; ++num_jobs) {
        add("power/" + std::string(kernel->name) + size + "/jobs:" + std::to_string(num_jobs),
            [=](benchmark::State& state) { run_kernel(state, *kernel, bits, num_jobs); });
      }
    }
    add("floor/bn_mod_exp_mont" + size,
        [=](benchmark::State& state) { run_bn_mod_exp_mont(state, bits); });
    add("floor/evp_pkey_verify" + size,
        [=](benchmark::State& state) { run_evp_pkey_verify(state, bits); });
  }
}

}  // namespace
}  // namespace simdjwt::bench

int main(int argc, char** argv) {
  simdjwt::bench::register_benchmarks();
  return simdjwt::bench::run_benchmarks(argc, argv);
}
