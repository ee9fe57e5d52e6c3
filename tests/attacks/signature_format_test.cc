// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. The rest of the world writes ECDSA signatures in DER, of varying length; a verifier
// that takes both forms gives each signature many spellings, and the code that turns one form into
// the other has overflowed buffers by lengths that the attacker chose (HAProxy).
//
// The defence. A JWS has R and S in full width (RFC 7518 section 3.4). The length is compared
// before anything is copied, and what is written as DER for libcrypto is made of exactly these
// bytes.

#include <gtest/gtest.h>

#include <array>

#include "jose/ecdsa_signature.h"
#include "support/signature_forge.h"

namespace simdjwt::testing {
namespace {

std::string der_of(std::string_view signature) {
  jose::EcdsaDer der;
  const size_t num_bytes = jose::ecdsa_to_der(
      {reinterpret_cast<const uint8_t*>(signature.data()), signature.size()}, der);
  return {reinterpret_cast<const char*>(der.data()), num_bytes};
}

TEST(SignatureFormat, DerIsRefused) {
  for (const AlgorithmKey& key : kEcdsaKeys) {
    SCOPED_TRACE(to_string(key.algorithm));
    SignatureJudge judge(key.jwk, key.algorithm);
    const std::string token = sign_with(key.jwk, key.algorithm, kClaims);
    ASSERT_EQ(judge(token), Verdict::kValid);
    const std::string signature = signature_of(token);
    const std::string der = der_of(signature);
    EXPECT_EQ(judge(with_signature(token, der)), Verdict::kBadSignatureLength);
    // Nor if it is cut to the right length, in front or behind.
    EXPECT_EQ(judge(with_signature(token, der.substr(0, signature.size()))),
              Verdict::kBadSignature);
    EXPECT_EQ(judge(with_signature(token, der.substr(der.size() - signature.size()))),
              Verdict::kBadSignature);
  }
}

TEST(SignatureFormat, OtherWidthsAreRefused) {
  for (const AlgorithmKey& key : kEcdsaKeys) {
    SCOPED_TRACE(to_string(key.algorithm));
    SignatureJudge judge(key.jwk, key.algorithm);
    const std::string token = sign_with(key.jwk, key.algorithm, kClaims);
    const std::string signature = signature_of(token);
    const std::string r = signature.substr(0, signature.size() / 2);
    const std::string s = signature.substr(signature.size() / 2);
    const std::string zero(1, '\0');
    for (const std::string& other :
         {zero + r + zero + s, r.substr(1) + s.substr(1), zero + r + s, r + zero + s, r, s,
          r + s + r + s, std::string("\0", 1), std::string(6000, 'x')}) {
      EXPECT_EQ(judge(with_signature(token, other)), Verdict::kBadSignatureLength) << other.size();
    }
    // The right width in the wrong order of bytes.
    EXPECT_EQ(judge(with_signature(token, std::string(signature.rbegin(), signature.rend()))),
              Verdict::kBadSignature);
  }
}

TEST(SignatureFormat, ThatNumbersBeginWithZerosOrHighBitsChangesNothing) {
  // In DER such numbers are shorter or longer than others.
  SignatureJudge judge(kP256Jwk, Algorithm::kEs256);
  const Key key = make_jwk_key(kP256Jwk, Algorithm::kEs256);
  bool leading_zero = false;
  bool high_bit = false;
  for (int i = 0; i < 20'000 && !(leading_zero && high_bit); ++i) {
    const std::string token = forge_signed(header_of(Algorithm::kEs256), kClaims, key);
    const std::string signature = signature_of(token);
    const bool begins_with_zero = signature[0] == 0 || signature[32] == 0;
    const bool is_high = static_cast<int8_t>(signature[0]) < 0;
    if ((leading_zero || !begins_with_zero) && (high_bit || !is_high)) continue;
    leading_zero |= begins_with_zero;
    high_bit |= is_high;
    EXPECT_EQ(judge(token), Verdict::kValid);
  }
  EXPECT_TRUE(leading_zero && high_bit);
}

TEST(SignatureFormat, EveryWidthFitsTheBufferForDer) {
  for (const size_t width : {32u, 48u, 66u}) {
    for (const char byte : {'\0', '\x01', '\x7f', '\x80', '\xff'}) {
      const std::string signature(2 * width, byte);
      const std::string der = der_of(signature);
      std::string again(signature.size(), 'x');
      ASSERT_TRUE(jose::ecdsa_from_der({reinterpret_cast<const uint8_t*>(der.data()), der.size()},
                                       {reinterpret_cast<uint8_t*>(again.data()), again.size()}));
      EXPECT_EQ(again, signature);
    }
  }
}

}  // namespace
}  // namespace simdjwt::testing
