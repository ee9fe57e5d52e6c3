// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. RSASSA-PSS has parameters: the hash, that of the mask, the length of the salt. A
// verifier that finds them out from the signature accepts what the algorithm's name does not stand
// for: a mask of SHA-1, or no salt at all, so that a signer with an old library or a signature made
// for another protocol passes for PS256.
//
// The defence. The mask has the same hash, and the salt exactly its length (RFC 7518 section 3.5).

#include <gtest/gtest.h>
#include <openssl/rsa.h>

#include "bytes/digest.h"
#include "jose/evp.h"
#include "support/signature_forge.h"

namespace simdjwt::testing {
namespace {

struct Parameters {
  const EVP_MD* hash;
  const EVP_MD* mask;
  int salt_bytes;
};

std::string sign_pss(const Key& key, std::string_view input, const Parameters& parameters) {
  const jose::EvpDigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* key_context = nullptr;  // the other's
  std::string signature(key.signature_bytes(), '\0');
  size_t num_bytes = signature.size();
  EXPECT_EQ(EVP_DigestSignInit(context.get(), &key_context, parameters.hash, nullptr,
                               private_evp_key(key)),
            1);
  EXPECT_EQ(EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING), 1);
  EXPECT_EQ(EVP_PKEY_CTX_set_rsa_mgf1_md(key_context, parameters.mask), 1);
  EXPECT_EQ(EVP_PKEY_CTX_set_rsa_pss_saltlen(key_context, parameters.salt_bytes), 1);
  EXPECT_EQ(EVP_DigestSign(context.get(), reinterpret_cast<uint8_t*>(signature.data()), &num_bytes,
                           reinterpret_cast<const uint8_t*>(input.data()), input.size()),
            1);
  return signature;
}

TEST(PssParameters, AreThoseOfTheAlgorithm) {
  struct Expected {
    Algorithm algorithm;
    const EVP_MD* hash;
    int digest_bytes;
  };
  for (const Expected& one : {Expected{Algorithm::kPs256, EVP_sha256(), 32},
                              Expected{Algorithm::kPs384, EVP_sha384(), 48},
                              Expected{Algorithm::kPs512, EVP_sha512(), 64}}) {
    SCOPED_TRACE(to_string(one.algorithm));
    const Key key = make_jwk_key(kRsaJwk, one.algorithm);
    SignatureJudge judge(kRsaJwk, one.algorithm);
    const std::string input = base64url(header_of(one.algorithm)) + '.' + base64url(kClaims);
    const auto judge_with = [&](const Parameters& parameters) {
      return judge(input + '.' + base64url(sign_pss(key, input, parameters)));
    };
    EXPECT_EQ(judge_with({one.hash, one.hash, one.digest_bytes}), Verdict::kValid);

    const int most = 256 - 2 - one.digest_bytes;
    for (const int salt_bytes : {0, 1, 8, 20, one.digest_bytes - 1, one.digest_bytes + 1, most}) {
      EXPECT_EQ(judge_with({one.hash, one.hash, salt_bytes}), Verdict::kBadSignature) << salt_bytes;
    }
    for (const EVP_MD* other : {EVP_sha1(), EVP_sha224(), EVP_sha256(), EVP_sha384(), EVP_sha512(),
                                EVP_sha512_256(), EVP_sha3_256()}) {
      if (other == one.hash) continue;
      EXPECT_EQ(judge_with({one.hash, other, one.digest_bytes}), Verdict::kBadSignature);
      EXPECT_EQ(judge_with({other, one.hash, one.digest_bytes}), Verdict::kBadSignature);
      EXPECT_EQ(judge_with({other, other, EVP_MD_get_size(other)}), Verdict::kBadSignature);
    }
  }
}

TEST(PssParameters, OfModuliWhoseFirstByteHasOneBitAreTheSame) {
  // Of 2049 bits the encoded message has a byte less than the modulus (RFC 8017 section 8.1.2).
  for (const Algorithm algorithm : {Algorithm::kPs256, Algorithm::kPs512, Algorithm::kRs256}) {
    SignatureJudge judge(kRsa2049Jwk, algorithm);
    const std::string token = sign_with(kRsa2049Jwk, algorithm, kClaims);
    const std::string signature = signature_of(token);
    EXPECT_EQ(signature.size(), 257u);
    EXPECT_EQ(judge(token), Verdict::kValid);
    EXPECT_EQ(judge(with_signature(token, signature.substr(1))), Verdict::kBadSignatureLength);
  }
}

}  // namespace
}  // namespace simdjwt::testing
