// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The three SHA-2 algorithms of JWA as test parameters, with libcrypto's EVP as the reference, and
// the kernels that this program can run.

#ifndef SIMDJWT_TESTS_SUPPORT_SHA2_UNDER_TEST_H_
#define SIMDJWT_TESTS_SUPPORT_SHA2_UNDER_TEST_H_

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <cstddef>
#include <random>
#include <span>
#include <string>
#include <string_view>

#include "bytes/sha2.h"
#include "bytes/sha2_kernels.h"

namespace simdjwt::testing {

struct Sha256Algorithm {
  using Hash = bytes::Sha256;
  static constexpr const bytes::Sha2State<Hash>& kInitial = bytes::kSha256InitialState;
  static constexpr size_t kDigestBytes = 32;
  static constexpr std::string_view kNumber = "256";
  static const EVP_MD* evp() { return EVP_sha256(); }
};

struct Sha384Algorithm {
  using Hash = bytes::Sha512;
  static constexpr const bytes::Sha2State<Hash>& kInitial = bytes::kSha384InitialState;
  static constexpr size_t kDigestBytes = 48;
  static constexpr std::string_view kNumber = "384";
  static const EVP_MD* evp() { return EVP_sha384(); }
};

struct Sha512Algorithm {
  using Hash = bytes::Sha512;
  static constexpr const bytes::Sha2State<Hash>& kInitial = bytes::kSha512InitialState;
  static constexpr size_t kDigestBytes = 64;
  static constexpr std::string_view kNumber = "512";
  static const EVP_MD* evp() { return EVP_sha512(); }
};

using Sha2Algorithms = ::testing::Types<Sha256Algorithm, Sha384Algorithm, Sha512Algorithm>;

// Under emulation, the kernels that are compiled into the program against it; else those of this
// CPU.
template <class Hash>
std::span<const bytes::Sha2Kernel<Hash>* const> kernels_under_test() {
#if defined(SIMDJWT_EMULATED_ISA)
  static const bytes::Sha2Kernel<bytes::Sha256>* const kSha256[] = {&bytes::kSha256Avx512};
  static const bytes::Sha2Kernel<bytes::Sha512>* const kSha512[] = {&bytes::kSha512Avx512};
#else
  static const auto kSha256 = bytes::available_sha256_kernels();
  static const auto kSha512 = bytes::available_sha512_kernels();
#endif
  if constexpr (std::is_same_v<Hash, bytes::Sha256>) {
    return kSha256;
  } else {
    return kSha512;
  }
}

inline std::string random_string(std::mt19937_64& random, size_t num_bytes) {
  std::string result(num_bytes, '\0');
  for (char& c : result) c = static_cast<char>(random());
  return result;
}

inline const uint8_t* as_bytes(std::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

inline std::string_view as_text(const uint8_t* data, size_t num_bytes) {
  return {reinterpret_cast<const char*>(data), num_bytes};
}

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_SUPPORT_SHA2_UNDER_TEST_H_
