// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Published vectors sign messages, not tokens: this verifies them through the code that verifies a
// token's signing input, those of RSA also by each kernel.

#ifndef SIMDJWT_TESTS_CONFORMANCE_RAW_VERIFICATION_H_
#define SIMDJWT_TESTS_CONFORMANCE_RAW_VERIFICATION_H_

#include <gtest/gtest.h>
#include <simdjwt/key.h>

#include <string_view>
#include <vector>

#include "jose/key_material.h"
#include "support/rsa_under_test.h"

namespace simdjwt::testing {

// Whether it is right by the powers that each kernel computes; must be `expected` in all lanes.
inline void expect_by_kernels(const jose::AsymmetricKey& key, std::string_view message,
                              const uint8_t* signature, bool expected) {
  const bytes::RsaModulus* const modulus = key.rsa_modulus();
  if (modulus == nullptr) return;
  for (const bytes::RsaKernel* kernel : rsa_kernels_under_test()) {
    std::vector<std::vector<uint8_t>> powers(kernel->num_lanes);
    std::vector<bytes::RsaJob> jobs;
    for (std::vector<uint8_t>& power : powers) {
      power.resize(modulus->num_bytes);
      jobs.push_back({modulus, signature, power.data()});
    }
    kernel->power(jobs);
    for (const std::vector<uint8_t>& power : powers) {
      EXPECT_EQ(modulus->exceeds(signature) &&
                    key.verify_power(bytes::selected_kernels(), message, power.data()),
                expected)
          << kernel->name;
    }
  }
}

inline bool verifies(const Key& key, std::string_view message, std::string_view signature) {
  if (signature.size() != key.signature_bytes()) return false;
  const jose::AsymmetricKey& asymmetric = *internal::KeyAccess::material(key).asymmetric();
  const auto* const bytes = reinterpret_cast<const uint8_t*>(signature.data());
  const bool is_right =
      asymmetric.verify(bytes::selected_kernels(), message, bytes) == Verdict::kValid;
  expect_by_kernels(asymmetric, message, bytes, is_right);
  return is_right;
}

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_CONFORMANCE_RAW_VERIFICATION_H_
