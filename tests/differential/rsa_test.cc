// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// RSA signatures judged by the powers that the kernels compute, against EVP_PKEY_verify: right,
// altered and random ones, under different keys in each lane.

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "differential/token_mutator.h"
#include "jose/key_material.h"
#include "support/asymmetric_keys.h"
#include "support/rsa_under_test.h"

namespace simdjwt::testing {
namespace {

constexpr std::string_view kJwks[] = {kRsaJwk, kOtherRsaJwk, kRsa3072Jwk, kRsa4096Jwk};
constexpr Algorithm kAlgorithms[] = {Algorithm::kRs256, Algorithm::kRs384, Algorithm::kRs512,
                                     Algorithm::kPs256, Algorithm::kPs384, Algorithm::kPs512};

struct Signed {
  const jose::AsymmetricKey* key;
  std::string message;
  std::string signature;
};

class Signatures {
 public:
  Signatures() {
    for (const Algorithm algorithm : kAlgorithms) {
      for (const std::string_view jwk : kJwks) {
        keys_.push_back(std::make_unique<Key>(make_jwk_key(jwk, algorithm)));
        for (int i = 0; i < 4; ++i) sign("message " + std::to_string(i));
      }
    }
  }

  // One under a modulus of that length, by index, perhaps altered.
  Signed next(size_t length_index) {
    const std::vector<Signed>& choice = by_length_[length_index];
    Signed one = choice[below(choice.size())];
    switch (below(8)) {
      case 0:  // a bit, often near an end
        flip(one.signature, one_in(2) ? below(8 * one.signature.size()) : below(16));
        break;
      case 1:
        flip(one.message, below(8 * one.message.size()));
        break;
      case 2:  // of another message, key or algorithm
        one.signature = choice[below(choice.size())].signature;
        break;
      case 3:
        for (char& c : one.signature) c = static_cast<char>(random_());
        break;
      case 4: {  // small, zero among them
        const size_t num_zeros = one.signature.size() - below(5);
        one.signature.replace(0, num_zeros, num_zeros, '\0');
        break;
      }
      case 5:  // at most n, and what is beyond it
        one.signature = modulus_of(one);
        flip(one.signature, below(8 * one.signature.size()));
        if (one_in(4)) one.signature = modulus_of(one);
        break;
      default:
        break;
    }
    return one;
  }

  size_t below(size_t bound) { return random_() % bound; }

 private:
  bool one_in(size_t odds) { return below(odds) == 0; }

  void sign(const std::string& message) {
    const jose::AsymmetricKey& key = *internal::KeyAccess::material(*keys_.back()).asymmetric();
    by_length_[key.rsa_modulus()->length_index()].push_back(
        {&key, message, key.sign(bytes::selected_kernels(), message).value()});
  }

  static void flip(std::string& text, size_t bit) {
    text[bit / 8] = static_cast<char>(text[bit / 8] ^ 1 << bit % 8);
  }

  static std::string modulus_of(const Signed& one) {
    const std::vector<uint8_t>& number = one.key->rsa_modulus()->big_endian;
    return {number.begin(), number.end()};
  }

  std::mt19937_64 random_{5};
  std::vector<std::unique_ptr<Key>> keys_;
  std::array<std::vector<Signed>, bytes::RsaModulus::kLengths> by_length_;
};

const uint8_t* as_bytes(const std::string& text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

class RsaSignatures : public ::testing::TestWithParam<const bytes::RsaKernel*> {};

INSTANTIATE_TEST_SUITE_P(Kernels, RsaSignatures, ::testing::ValuesIn(rsa_kernels_under_test()),
                         ::testing::PrintToStringParamName());

TEST_P(RsaSignatures, AreJudgedAsLibcryptoDoes) {
#if defined(SIMDJWT_EMULATED_ISA)
  const size_t count = num_tokens(500);
#else
  const size_t count = num_tokens(GetParam() == &bytes::kRsaScalar ? 2'500 : 10'000);
#endif
  const bytes::Kernels kernels = bytes::selected_kernels();
  Signatures signatures;
  size_t num_right = 0;
  for (size_t done = 0; done < count;) {
    const size_t length_index = signatures.below(bytes::RsaModulus::kLengths);
    std::vector<Signed> batch(1 + signatures.below(GetParam()->num_lanes));
    std::vector<std::array<uint8_t, bytes::RsaModulus::kBytesMax>> powers(batch.size());
    std::vector<bytes::RsaJob> jobs;
    for (size_t i = 0; i < batch.size(); ++i) {
      batch[i] = signatures.next(length_index);
      jobs.push_back({batch[i].key->rsa_modulus(), as_bytes(batch[i].signature), powers[i].data()});
    }
    GetParam()->power(jobs);
    for (size_t i = 0; i < batch.size(); ++i) {
      const Signed& one = batch[i];
      const bool is_right =
          one.key->verify(kernels, one.message, as_bytes(one.signature)) == Verdict::kValid;
      ASSERT_EQ(one.key->rsa_modulus()->exceeds(as_bytes(one.signature)) &&
                    one.key->verify_power(kernels, one.message, powers[i].data()),
                is_right)
          << "signature " << done + i;
      num_right += is_right ? 1 : 0;
    }
    done += batch.size();
  }
  EXPECT_GT(num_right, count / 8);
  EXPECT_LT(num_right, count / 2);
}

}  // namespace
}  // namespace simdjwt::testing
