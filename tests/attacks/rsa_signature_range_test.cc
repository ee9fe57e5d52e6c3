// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. An RSA signature is a number s below the modulus n, in exactly as many bytes. Where a
// verifier takes longer, shorter or larger ones, s + n and s with other leading zeros are further
// spellings of one signature; and where it computes with 0 or 1 without a look at the block that
// comes of it, the signature is everybody's.
//
// The defence. The length is that of the modulus, s < n (RFC 8017 sections 8.1.2 and 8.2.2).

#include <gtest/gtest.h>

#include "support/signature_forge.h"

namespace simdjwt::testing {
namespace {

constexpr Algorithm kRsaAlgorithms[] = {Algorithm::kRs256, Algorithm::kRs512, Algorithm::kPs256};

std::string modulus_of(const Key& key) {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(private_evp_key(key), "n", &number);
  std::string bytes(static_cast<size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<uint8_t*>(bytes.data()));
  BN_free(number);
  return bytes;
}

TEST(RsaSignatureRange, EndsBelowTheModulus) {
  for (const Algorithm algorithm : kRsaAlgorithms) {
    SCOPED_TRACE(to_string(algorithm));
    const Key key = make_jwk_key(kRsaJwk, algorithm);
    const std::string modulus = modulus_of(key);
    SignatureJudge judge(kRsaJwk, algorithm);
    // One that is small enough for s + n to have the same length.
    std::string token;
    std::string beyond;
    int number = 0;
    do {
      token = forge_signed(header_of(algorithm), R"({"n":)" + std::to_string(number++) + '}', key);
      beyond = sum(signature_of(token), modulus);
    } while (beyond < modulus);
    EXPECT_EQ(judge(token), Verdict::kValid);
    EXPECT_EQ(judge(with_signature(token, beyond)), Verdict::kBadSignature);
    // n - s, which an even exponent would take for s.
    EXPECT_EQ(judge(with_signature(token, difference(modulus, signature_of(token)))),
              Verdict::kBadSignature);
  }
}

TEST(RsaSignatureRange, HoldsNothingAtItsEnds) {
  for (const Algorithm algorithm : kRsaAlgorithms) {
    SCOPED_TRACE(to_string(algorithm));
    const Key key = make_jwk_key(kRsaJwk, algorithm);
    const std::string modulus = modulus_of(key);
    const std::string zero(modulus.size(), '\0');
    const std::string one = zero.substr(1) + '\x01';
    SignatureJudge judge(kRsaJwk, algorithm);
    const std::string token = sign_with(kRsaJwk, algorithm, kClaims);
    EXPECT_EQ(judge(token), Verdict::kValid);
    for (const std::string& number : {zero, one, difference(modulus, one), modulus,
                                      sum(modulus, one), std::string(modulus.size(), '\xff')}) {
      EXPECT_EQ(judge(with_signature(token, number)), Verdict::kBadSignature);
    }
  }
}

TEST(RsaSignatureRange, LeadingZerosAreNeitherDroppedNorAdded) {
  const Key key = make_jwk_key(kRsaJwk, Algorithm::kRs256);
  SignatureJudge judge(kRsaJwk, Algorithm::kRs256);
  std::string token;
  int number = 0;
  do {  // one in 256 begins with a zero
    token = forge_signed(header_of(Algorithm::kRs256), R"({"n":)" + std::to_string(number++) + '}',
                         key);
  } while (signature_of(token)[0] != 0);
  EXPECT_EQ(judge(token), Verdict::kValid);
  const std::string signature = signature_of(token);
  EXPECT_EQ(judge(with_signature(token, signature.substr(1))), Verdict::kBadSignatureLength);
  EXPECT_EQ(judge(with_signature(token, '\0' + signature)), Verdict::kBadSignatureLength);
  EXPECT_EQ(judge(with_signature(token, signature.substr(1) + '\0')), Verdict::kBadSignature);
}

}  // namespace
}  // namespace simdjwt::testing
