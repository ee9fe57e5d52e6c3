// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. The verifier has a public key for RS256 or ES256, which everyone may read. The
// attacker says HS256 in the header and makes an HMAC with the bytes of that key as the secret: in
// PEM, in DER, as the text of the JWK, or the modulus alone (CVE-2015-9235, CVE-2016-10555; libjwt,
// with an empty secret, CVE-2026-44699).
//
// The defence. The key knows its algorithm, and the header's is only compared with it. Nor do these
// texts become an HMAC key where somebody configures them as one.

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <vector>

#include "jose/evp.h"
#include "support/signature_forge.h"

namespace simdjwt::testing {
namespace {

std::string in_memory(const jose::OpensslPtr<BIO, BIO_free>& memory) {
  char* text = nullptr;
  const long num_bytes = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<size_t>(num_bytes)};
}

using Write = int (*)(BIO*, const EVP_PKEY*);

// Every text and every bytes of the public key that an attacker may come by.
std::vector<std::string> spellings(std::string_view private_jwk, Algorithm algorithm) {
  const Key key = make_jwk_key(private_jwk, algorithm);
  std::vector<std::string> texts;
  for (const Write write : {Write(PEM_write_bio_PUBKEY), Write(i2d_PUBKEY_bio)}) {
    const jose::OpensslPtr<BIO, BIO_free> memory(BIO_new(BIO_s_mem()));
    EXPECT_EQ(write(memory.get(), private_evp_key(key)), 1);
    texts.push_back(in_memory(memory));
  }
  std::string pem = texts[0];
  texts.push_back(pem.substr(0, pem.size() - 1));  // without the last line's end
  for (size_t at = 0; (at = pem.find('\n', at)) != std::string::npos; at += 2) {
    pem.replace(at, 1, "\r\n");
  }
  texts.push_back(pem);
  const std::string jwk = public_jwk(private_jwk);
  texts.push_back(jwk);
  texts.push_back(with_members(jwk, R"(,"use":"sig","kid":"a")"));
  texts.push_back(R"({"keys":[)" + jwk + "]}");
  return texts;
}

struct Target {
  Algorithm algorithm;
  std::string_view jwk;
};
constexpr Target kTargets[] = {{Algorithm::kRs256, kRsaJwk},
                               {Algorithm::kPs256, kRsaJwk},
                               {Algorithm::kEs256, kP256Jwk},
                               {Algorithm::kEdDsa, kEd25519Jwk}};

TEST(PublicKeyAsSecret, MakesNoTagThatAPublicKeyAccepts) {
  for (const auto& [algorithm, jwk] : kTargets) {
    SCOPED_TRACE(to_string(algorithm));
    SignatureJudge judge(jwk, algorithm);
    EXPECT_EQ(judge(sign_with(jwk, algorithm, kClaims)), Verdict::kValid);
    std::vector<std::string> secrets = spellings(jwk, algorithm);
    secrets.push_back("");
    for (const std::string& secret : secrets) {
      for (const Algorithm hmac : {Algorithm::kHs256, Algorithm::kHs384, Algorithm::kHs512}) {
        EXPECT_EQ(judge(forge(header_of(hmac), kClaims, secret, hmac)), Verdict::kAlgMismatch);
      }
      // The header names the key's own algorithm, and the tag is an HMAC after all.
      const Verdict verdict = judge(forge(header_of(algorithm), kClaims, secret));
      EXPECT_EQ(verdict, Verdict::kBadSignatureLength);
      const Verdict wide = judge(forge(header_of(algorithm), kClaims, secret, Algorithm::kHs512));
      EXPECT_EQ(wide, make_jwk_key(jwk, algorithm).signature_bytes() == 64
                          ? Verdict::kBadSignature
                          : Verdict::kBadSignatureLength);
    }
  }
}

TEST(PublicKeyAsSecret, BecomesNoHmacKey) {
  for (const auto& [algorithm, jwk] : kTargets) {
    for (const std::string& secret : spellings(jwk, algorithm)) {
      EXPECT_FALSE(
          Key::hmac(Algorithm::kHs256, secret, {.short_secrets = ShortSecrets::kAllowShort}).ok())
          << to_string(algorithm) << ": " << secret.substr(0, 30);
    }
  }
  // Random bytes that begin as DER does are a secret like any other.
  EXPECT_TRUE(Key::hmac(Algorithm::kHs256, "\x30\x82\x01\x22\x30\x0d" + std::string(58, 'x')).ok());
}

TEST(PublicKeyAsSecret, DoesNotMeetASecretInOneSet) {
  const std::string rsa = with_members(public_jwk(kRsaJwk), R"(,"kid":"a","alg":"RS256")");
  const std::string oct =
      R"({"kty":"oct","kid":"b","alg":"HS256","k":")" + base64url(kSecret) + R"("})";
  EXPECT_TRUE(KeySet::from_jwks(R"({"keys":[)" + rsa + "]}").ok());
  EXPECT_TRUE(KeySet::from_jwks(R"({"keys":[)" + oct + "]}").ok());
  EXPECT_FALSE(KeySet::from_jwks(R"({"keys":[)" + rsa + ',' + oct + "]}").ok());
}

}  // namespace
}  // namespace simdjwt::testing
