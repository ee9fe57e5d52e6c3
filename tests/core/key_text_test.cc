// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Keys in PEM and DER, certificates, thumbprints, and keys written out again.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <simdjwt/key.h>
#include <simdjwt/limits.h>

#include <memory>
#include <utility>

#include "support/asymmetric_keys.h"
#include "support/judge.h"

namespace simdjwt::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

template <auto kFree>
struct Free {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Bio = std::unique_ptr<BIO, Free<BIO_free>>;
using EvpKey = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;

std::string message(const absl::StatusOr<Key>& key) {
  return key.ok() ? "it is a key" : std::string(key.status().message());
}

// What `write` writes.
template <class Write>
std::string written(Write write) {
  const Bio bio(BIO_new(BIO_s_mem()));
  EXPECT_EQ(write(bio.get()), 1);
  char* data = nullptr;
  const long num_bytes = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<size_t>(num_bytes)};
}

// libcrypto's key of a JWK.
EvpKey evp_key(std::string_view jwk, Algorithm algorithm) {
  const std::string pem = make_jwk_key(jwk, algorithm).to_pem(KeyHalf::kPrivate).value();
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  EvpKey key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  EXPECT_NE(key, nullptr);
  return key;
}

std::string private_der(EVP_PKEY* key) {
  return written([=](BIO* bio) {
    return i2d_PKCS8PrivateKey_bio(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}
std::string public_der(EVP_PKEY* key) {
  return written([=](BIO* bio) { return i2d_PUBKEY_bio(bio, key); });
}
std::string private_pem(EVP_PKEY* key) {
  return written([=](BIO* bio) {
    return PEM_write_bio_PKCS8PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}
std::string public_pem(EVP_PKEY* key) {
  return written([=](BIO* bio) { return PEM_write_bio_PUBKEY(bio, key); });
}
// "RSA PRIVATE KEY", "EC PRIVATE KEY".
std::string traditional_pem(EVP_PKEY* key) {
  return written([=](BIO* bio) {
    return PEM_write_bio_PrivateKey_traditional(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

// Whether the key verifies what the JWK's owner signs.
void expect_verifies(absl::StatusOr<Key> key, std::string_view jwk, Algorithm algorithm) {
  ASSERT_TRUE(key.ok()) << key.status();
  const Verifier verifier(KeySet::of(*std::move(key)), lenient().build().value());
  Scratch scratch;
  const std::string token = sign_with(jwk, algorithm, kClaims);
  EXPECT_EQ(verifier.verify(token, scratch, kNow).verdict(), Verdict::kValid);
}

TEST(Pem, KeysOfEveryAlgorithmAreReadInBothHalvesAndForms) {
  for (const AlgorithmKey& key : kAlgorithmKeys) {
    SCOPED_TRACE(describe(key));
    const EvpKey evp = evp_key(key.jwk, key.algorithm);
    const auto from_pem = [&](const std::string& pem) { return Key::from_pem(key.algorithm, pem); };
    const auto from_der = [&](const std::string& der) { return Key::from_der(key.algorithm, der); };
    EXPECT_TRUE(from_pem(private_pem(evp.get())).value().can_sign());
    EXPECT_TRUE(from_der(private_der(evp.get())).value().can_sign());
    EXPECT_FALSE(from_pem(public_pem(evp.get())).value().can_sign());
    EXPECT_FALSE(from_der(public_der(evp.get())).value().can_sign());
    expect_verifies(from_pem(private_pem(evp.get())), key.jwk, key.algorithm);
    expect_verifies(from_pem(public_pem(evp.get())), key.jwk, key.algorithm);
    expect_verifies(from_der(public_der(evp.get())), key.jwk, key.algorithm);
  }
}

TEST(Pem, TheOlderFormsOfRsaAndEcAreRead) {
  const EvpKey rsa = evp_key(kRsaJwk, Algorithm::kRs256);
  const EvpKey ec = evp_key(kP256Jwk, Algorithm::kEs256);
  EXPECT_THAT(traditional_pem(rsa.get()), StartsWith("-----BEGIN RSA PRIVATE KEY-----"));
  EXPECT_THAT(traditional_pem(ec.get()), StartsWith("-----BEGIN EC PRIVATE KEY-----"));
  expect_verifies(Key::from_pem(Algorithm::kRs256, traditional_pem(rsa.get())), kRsaJwk,
                  Algorithm::kRs256);
  expect_verifies(Key::from_pem(Algorithm::kEs256, traditional_pem(ec.get())), kP256Jwk,
                  Algorithm::kEs256);
  const std::string der = written([&](BIO* bio) {
    unsigned char* bytes = nullptr;
    const int num_bytes = i2d_PublicKey(rsa.get(), &bytes);
    const int num_written = BIO_write(bio, bytes, num_bytes);
    OPENSSL_free(bytes);
    return num_written > 0 ? 1 : 0;
  });
  expect_verifies(Key::from_der(Algorithm::kRs256, der), kRsaJwk, Algorithm::kRs256);
  const std::string pem = written([&](BIO* bio) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
    return PEM_write_bio(bio, "RSA PUBLIC KEY", "", bytes, static_cast<long>(der.size())) > 0;
  });
  expect_verifies(Key::from_pem(Algorithm::kRs256, pem), kRsaJwk, Algorithm::kRs256);
}

TEST(Pem, TextAroundTheKeyAndParametersBeforeItAreSkipped) {
  const EvpKey ec = evp_key(kP256Jwk, Algorithm::kEs256);
  const std::string parameters =
      "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
  expect_verifies(Key::from_pem(Algorithm::kEs256, parameters + traditional_pem(ec.get())),
                  kP256Jwk, Algorithm::kEs256);
  expect_verifies(
      Key::from_pem(Algorithm::kEs256, "the key of\nsomebody\n" + public_pem(ec.get()) + "\nend\n"),
      kP256Jwk, Algorithm::kEs256);
}

TEST(Pem, OptionsAreKeptAndChecked) {
  const EvpKey ec = evp_key(kP256Jwk, Algorithm::kEs256);
  const Key key = Key::from_pem(Algorithm::kEs256, public_pem(ec.get()),
                                {.kid = "a", .period = {.not_before = 5, .not_after = 9}})
                      .value();
  EXPECT_EQ(key.kid(), "a");
  EXPECT_EQ(key.algorithm(), Algorithm::kEs256);
  EXPECT_EQ(key.period().not_before, 5);
  EXPECT_EQ(key.period().not_after, 9);
  EXPECT_FALSE(Key::from_pem(Algorithm::kEs256, public_pem(ec.get()),
                             {.kid = std::string(kKidBytesMax + 1, 'k')})
                   .ok());
}

TEST(Pem, AKeyIsForAnAlgorithmOfItsTypeAndCurve) {
  for (const AlgorithmKey& key : kAlgorithmKeys) {
    const std::string pem = make_jwk_key(key.jwk, key.algorithm).to_pem(KeyHalf::kPublic).value();
    for (int i = 0; i <= static_cast<int>(Algorithm::kEd448); ++i) {
      const auto algorithm = static_cast<Algorithm>(i);
      const bool fits = Key::from_jwk(public_jwk(key.jwk), algorithm).ok();
      EXPECT_EQ(Key::from_pem(algorithm, pem).ok(), fits)
          << describe(key) << " as " << to_string(algorithm);
    }
  }
  const std::string pem = make_jwk_key(kRsaJwk, Algorithm::kRs256).to_pem(KeyHalf::kPublic).value();
  EXPECT_EQ(message(Key::from_pem(Algorithm::kHs256, pem)),
            "a key of type \"RSA\" is not for HS256");
  EXPECT_EQ(message(Key::from_pem(Algorithm::kEs256, pem)),
            "a key of type \"RSA\" is not for ES256");
}

TEST(Pem, WeakAndForeignKeysFail) {
  const EvpKey small(EVP_RSA_gen(1024));
  EXPECT_EQ(message(Key::from_pem(Algorithm::kRs256, public_pem(small.get()))),
            "the modulus has 1024 bits, not 2048 to 8192");
  const EvpKey short_curve(EVP_EC_gen("P-224"));
  const EvpKey agreement(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519"));
  for (const EvpKey* key : {&short_curve, &agreement}) {
    for (const Algorithm algorithm : {Algorithm::kEs256, Algorithm::kEdDsa}) {
      EXPECT_EQ(message(Key::from_pem(algorithm, public_pem(key->get()))),
                "the key's type or curve is not supported");
      EXPECT_EQ(message(Key::from_der(algorithm, private_der(key->get()))),
                "the key's type or curve is not supported");
    }
  }
}

// A key that is for PSS only, with these digests or any, and a shortest salt if it is given.
EvpKey pss_key(const EVP_MD* digest, const EVP_MD* mask_digest, int salt_bytes_min = 0) {
  const std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>> context(
      EVP_PKEY_CTX_new_id(EVP_PKEY_RSA_PSS, nullptr));
  EVP_PKEY_keygen_init(context.get());
  EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), 2048);
  if (digest != nullptr) EVP_PKEY_CTX_set_rsa_pss_keygen_md(context.get(), digest);
  if (mask_digest != nullptr) EVP_PKEY_CTX_set_rsa_pss_keygen_mgf1_md(context.get(), mask_digest);
  if (salt_bytes_min > 0) {
    EVP_PKEY_CTX_set_rsa_pss_keygen_saltlen(context.get(), salt_bytes_min);
  }
  EVP_PKEY* key = nullptr;
  EXPECT_EQ(EVP_PKEY_generate(context.get(), &key), 1);
  return EvpKey(key);
}

TEST(Pem, AKeyThatSaysItIsForPssIsForNothingElse) {
  const std::string any = public_pem(pss_key(nullptr, nullptr).get());
  EXPECT_TRUE(Key::from_pem(Algorithm::kPs256, any).ok());
  EXPECT_TRUE(Key::from_pem(Algorithm::kPs512, any).ok());
  EXPECT_EQ(message(Key::from_pem(Algorithm::kRs256, any)),
            "the key says that it is not for RS256");
  const std::string sha384 = private_pem(pss_key(EVP_sha384(), EVP_sha384()).get());
  EXPECT_TRUE(Key::from_pem(Algorithm::kPs384, sha384).value().can_sign());
  EXPECT_EQ(
      message(Key::from_pem(Algorithm::kPs256, sha384)),
      "the key says that it is not for PS256, but for SHA2-384, a mask of SHA2-384 and a salt "
      "of 20 bytes");
  EXPECT_FALSE(Key::from_pem(Algorithm::kRs384, sha384).ok());
}

TEST(Pem, AKeyThatRestrictsMaskOrSaltIsForWhatMeetsThat) {
  const auto is_for_ps256 = [](const EvpKey& key) {
    return Key::from_pem(Algorithm::kPs256, public_pem(key.get())).ok();
  };
  EXPECT_TRUE(is_for_ps256(pss_key(EVP_sha256(), EVP_sha256(), 20)));
  EXPECT_TRUE(is_for_ps256(pss_key(EVP_sha256(), EVP_sha256(), 32)));
  EXPECT_FALSE(is_for_ps256(pss_key(EVP_sha256(), EVP_sha256(), 33))) << "RFC 7518 has 32";
  EXPECT_FALSE(is_for_ps256(pss_key(EVP_sha256(), EVP_sha512())));
  EXPECT_FALSE(is_for_ps256(pss_key(EVP_sha256(), nullptr))) << "that is SHA-1";
  EXPECT_FALSE(is_for_ps256(pss_key(EVP_sha1(), EVP_sha256())));
}

TEST(Pem, EncryptedKeysFail) {
  const EvpKey ec = evp_key(kP256Jwk, Algorithm::kEs256);
  const auto* password = reinterpret_cast<const unsigned char*>("secret");
  const std::string pkcs8 = written([&](BIO* bio) {
    return PEM_write_bio_PKCS8PrivateKey(bio, ec.get(), EVP_aes_128_cbc(), "secret", 6, nullptr,
                                         nullptr);
  });
  const std::string der = written([&](BIO* bio) {
    return i2d_PKCS8PrivateKey_bio(bio, ec.get(), EVP_aes_128_cbc(), "secret", 6, nullptr, nullptr);
  });
  const std::string traditional = written([&](BIO* bio) {
    return PEM_write_bio_PrivateKey_traditional(bio, ec.get(), EVP_aes_128_cbc(), password, 6,
                                                nullptr, nullptr);
  });
  EXPECT_EQ(message(Key::from_pem(Algorithm::kEs256, pkcs8)), "the key is encrypted");
  EXPECT_EQ(message(Key::from_pem(Algorithm::kEs256, traditional)), "the key is encrypted");
  EXPECT_EQ(message(Key::from_der(Algorithm::kEs256, der)), "the key is encrypted");
}

TEST(Pem, OneKeyIsWanted) {
  const EvpKey ec = evp_key(kP256Jwk, Algorithm::kEs256);
  const std::string pem = public_pem(ec.get());
  EXPECT_EQ(message(Key::from_pem(Algorithm::kEs256, pem + pem)),
            "the PEM holds more than one key");
  EXPECT_EQ(message(Key::from_pem(Algorithm::kEs256, private_pem(ec.get()) + pem)),
            "the PEM holds more than one key");
  EXPECT_EQ(message(Key::from_pem(Algorithm::kEs256, "")), "the text holds no PEM");
  EXPECT_EQ(message(Key::from_pem(Algorithm::kEs256, kP256Jwk)), "the text holds no PEM");
  EXPECT_EQ(message(Key::from_pem(Algorithm::kEs256, public_der(ec.get()))),
            "the text holds no PEM");
  EXPECT_EQ(message(Key::from_der(Algorithm::kEs256, pem)),
            "the bytes are no key or certificate in DER");
  EXPECT_EQ(message(Key::from_der(Algorithm::kEs256, "")),
            "the bytes are no key or certificate in DER");
  EXPECT_EQ(message(Key::from_pem(Algorithm::kEs256, std::string(kPemBytesMax + 1, ' '))),
            "the key file is too large");
  EXPECT_EQ(message(Key::from_pem(Algorithm::kEs256,
                                  "-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n"
                                  "-----END CERTIFICATE REQUEST-----\n")),
            "a block \"CERTIFICATE REQUEST\" is not a key");
  EXPECT_EQ(message(Key::from_pem(Algorithm::kEs256,
                                  "-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n")),
            "the block \"PUBLIC KEY\" is broken");
}

TEST(Pem, BytesBehindTheKeyFail) {
  const EvpKey ec = evp_key(kP256Jwk, Algorithm::kEs256);
  const EvpKey rsa = evp_key(kRsaJwk, Algorithm::kRs256);
  EXPECT_FALSE(Key::from_der(Algorithm::kEs256, public_der(ec.get()) + '\0').ok());
  EXPECT_FALSE(Key::from_der(Algorithm::kEs256, private_der(ec.get()) + '\0').ok());
  EXPECT_FALSE(Key::from_der(Algorithm::kRs256, public_der(rsa.get()) + "30").ok());
  EXPECT_FALSE(Key::from_der(Algorithm::kRs256, private_der(rsa.get()) + "30").ok());
  const std::string longer = public_der(ec.get()) + '\0';
  const std::string pem = written([&](BIO* bio) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(longer.data());
    return PEM_write_bio(bio, "PUBLIC KEY", "", bytes, static_cast<long>(longer.size())) > 0;
  });
  EXPECT_EQ(message(Key::from_pem(Algorithm::kEs256, pem)), "the block \"PUBLIC KEY\" is broken");
}

TEST(Pem, WhatIsCutOffOrDamagedIsNoKeyAndReadsNothingBeyond) {
  const EvpKey ec = evp_key(kP256Jwk, Algorithm::kEs256);
  GuardedBuffer guarded(4096);
  for (const std::string& pem : {public_pem(ec.get()), private_pem(ec.get())}) {
    // All but the line end belongs to it.
    for (size_t num_chars = 0; num_chars + 1 < pem.size(); ++num_chars) {
      EXPECT_FALSE(Key::from_pem(Algorithm::kEs256, guarded.at_end(pem.substr(0, num_chars))).ok())
          << num_chars;
    }
    EXPECT_TRUE(Key::from_pem(Algorithm::kEs256, guarded.at_end(pem)).ok());
    for (size_t i = 0; i < pem.size(); ++i) {
      std::string damaged = pem;
      damaged[i] = '!';
      const auto key = Key::from_pem(Algorithm::kEs256, guarded.at_end(damaged));
      EXPECT_TRUE(!key.ok() || pem[i] == '\n') << i;
    }
  }
  for (const std::string& der : {public_der(ec.get()), private_der(ec.get())}) {
    for (size_t num_bytes = 0; num_bytes < der.size(); ++num_bytes) {
      EXPECT_FALSE(Key::from_der(Algorithm::kEs256, guarded.at_end(der.substr(0, num_bytes))).ok())
          << num_bytes;
    }
    EXPECT_TRUE(Key::from_der(Algorithm::kEs256, guarded.at_end(der)).ok());
  }
}

// --- Certificates ---

// A certificate for the key, valid from kNow - 60 to kNow + 60, with a usage or without.
Certificate certificate_of(EVP_PKEY* key, const char* usage) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), kNow - 60);
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), kNow + 60);
  X509_set_pubkey(certificate.get(), key);
  if (usage != nullptr) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_key_usage, usage);
    X509_add_ext(certificate.get(), extension, -1);
    X509_EXTENSION_free(extension);
  }
  EXPECT_GT(X509_sign(certificate.get(), key, EVP_sha256()), 0);
  return certificate;
}

std::string certificate_pem(EVP_PKEY* key, const char* usage) {
  const Certificate certificate = certificate_of(key, usage);
  return written([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate.get()); });
}

TEST(Certificate, ItsKeyVerifiesInItsValidityOnly) {
  const EvpKey rsa = evp_key(kRsaJwk, Algorithm::kRs256);
  const std::string pem = certificate_pem(rsa.get(), nullptr);
  const std::string token = sign_with(kRsaJwk, Algorithm::kRs256, R"({"sub":"a"})");
  Judge judge(KeySet::of(Key::from_pem(Algorithm::kRs256, pem).value()));
  EXPECT_EQ(judge(token, kNow), Verdict::kValid);
  EXPECT_EQ(judge(token, kNow - 60), Verdict::kValid);
  EXPECT_EQ(judge(token, kNow + 60), Verdict::kValid);  // RFC 5280: through the last second
  EXPECT_EQ(judge(token, kNow - 61), Verdict::kKeyNotYetActive);
  EXPECT_EQ(judge(token, kNow + 61), Verdict::kKeyExpired);
  EXPECT_FALSE(Key::from_pem(Algorithm::kRs256, pem).value().can_sign());
}

TEST(Certificate, ItsValidityNarrowsThePeriodThatWasGiven) {
  const EvpKey ec = evp_key(kP256Jwk, Algorithm::kEs256);
  const std::string pem = certificate_pem(ec.get(), nullptr);
  const auto with_period = [&](KeyPeriod period) {
    return Key::from_pem(Algorithm::kEs256, pem, {.period = period});
  };
  const Key key = with_period({.not_before = kNow - 5, .not_after = kNow + 1000}).value();
  EXPECT_EQ(key.period().not_before, kNow - 5);
  EXPECT_EQ(key.period().not_after, kNow + 61);
  EXPECT_FALSE(with_period({.not_before = kNow + 61, .not_after = kNow + 1000}).ok());
}

TEST(Certificate, ItIsForSignaturesOrSaysNothing) {
  const EvpKey ec = evp_key(kP256Jwk, Algorithm::kEs256);
  const auto read = [&](const char* usage) {
    return Key::from_pem(Algorithm::kEs256, certificate_pem(ec.get(), usage));
  };
  EXPECT_TRUE(read(nullptr).ok());
  EXPECT_TRUE(read("digitalSignature").ok());
  EXPECT_TRUE(read("critical,digitalSignature,keyAgreement").ok());
  EXPECT_EQ(message(read("keyAgreement")), "the certificate is not for signatures");
  EXPECT_EQ(message(read("keyCertSign,cRLSign")), "the certificate is not for signatures");
}

TEST(Certificate, DerIsReadAsWell) {
  const EvpKey ec = evp_key(kP256Jwk, Algorithm::kEs256);
  const Certificate certificate = certificate_of(ec.get(), nullptr);
  const std::string der = written([&](BIO* bio) { return i2d_X509_bio(bio, certificate.get()); });
  EXPECT_EQ(Key::from_der(Algorithm::kEs256, der).value().period().not_after, kNow + 61);
  EXPECT_FALSE(Key::from_der(Algorithm::kEs256, der + '\0').ok());
  EXPECT_FALSE(Key::from_der(Algorithm::kEs384, der).ok());
  GuardedBuffer guarded(4096);
  for (size_t num_bytes = 0; num_bytes < der.size(); ++num_bytes) {
    EXPECT_FALSE(Key::from_der(Algorithm::kEs256, guarded.at_end(der.substr(0, num_bytes))).ok());
  }
}

// --- Written out again ---

TEST(KeyText, WhatIsWrittenIsReadAsTheSameKey) {
  for (const AlgorithmKey& key : kAlgorithmKeys) {
    SCOPED_TRACE(describe(key));
    const Key original = make_jwk_key(key.jwk, key.algorithm, "a \"kid\"\n");
    const std::string print = original.thumbprint().value();
    for (const KeyHalf half : {KeyHalf::kPublic, KeyHalf::kPrivate}) {
      const Key of_jwk = Key::from_jwk(original.to_jwk(half).value()).value();
      EXPECT_EQ(of_jwk.algorithm(), key.algorithm);
      EXPECT_EQ(of_jwk.kid(), "a \"kid\"\n");
      EXPECT_EQ(of_jwk.can_sign(), half == KeyHalf::kPrivate);
      EXPECT_EQ(of_jwk.thumbprint().value(), print);
      const Key of_pem = Key::from_pem(key.algorithm, original.to_pem(half).value()).value();
      EXPECT_EQ(of_pem.can_sign(), half == KeyHalf::kPrivate);
      EXPECT_EQ(of_pem.thumbprint().value(), print);
      EXPECT_EQ(of_pem.to_pem(half).value(), original.to_pem(half).value());
    }
    EXPECT_EQ(original.to_jwk(KeyHalf::kPublic)->find("\"d\""), std::string::npos);
  }
}

TEST(KeyText, AJwkKeepsEveryNumberOfItsKey) {
  const std::string jwk =
      make_jwk_key(kRsaJwk, Algorithm::kRs256).to_jwk(KeyHalf::kPrivate).value();
  for (std::string_view rest = kRsaJwk; !rest.empty();) {
    const std::string_view member = rest.substr(1, rest.find_first_of(",}", 1) - 1);
    EXPECT_THAT(jwk, HasSubstr(std::string(member)));
    rest.remove_prefix(member.size() + 1);
    if (rest == "}") break;
  }
}

TEST(KeyText, WhatIsNotThereIsNotWritten) {
  const Key secret = make_key();
  EXPECT_FALSE(secret.to_jwk(KeyHalf::kPrivate).ok());
  EXPECT_FALSE(secret.to_pem(KeyHalf::kPublic).ok());
  EXPECT_EQ(secret.thumbprint().status().message(), "an HMAC key keeps no secret to show");
  const Key shown = make_jwk_key(public_jwk(kP256Jwk), Algorithm::kEs256);
  EXPECT_TRUE(shown.to_jwk(KeyHalf::kPublic).ok());
  EXPECT_EQ(shown.to_jwk(KeyHalf::kPrivate).status().message(), "the key has no private half");
  EXPECT_EQ(shown.to_pem(KeyHalf::kPrivate).status().message(), "the key has no private half");
  const EvpKey ec = evp_key(kP256Jwk, Algorithm::kEs256);
  const Key odd = Key::from_pem(Algorithm::kEs256, public_pem(ec.get()), {.kid = "\xff"}).value();
  EXPECT_EQ(odd.to_jwk(KeyHalf::kPublic).status().message(), "the kid is not valid UTF-8");
}

TEST(Thumbprint, IsThatOfTheRfcs) {
  // RFC 7638 section 3.1.
  constexpr std::string_view kRsa =
      R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7)"
      R"(aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0)"
      R"(h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD0)"
      R"(8qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJ)"
      R"(zKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"})";
  EXPECT_EQ(Key::from_jwk(kRsa)->thumbprint().value(),
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
  // RFC 8037 appendix A.3.
  constexpr std::string_view kEd25519 =
      R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";
  EXPECT_EQ(Key::from_jwk(kEd25519, Algorithm::kEdDsa)->thumbprint().value(),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  // The name that the key goes by is no part of it, nor is its private half.
  EXPECT_EQ(Key::from_jwk(kEd25519, Algorithm::kEd25519)->thumbprint().value(),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  EXPECT_EQ(make_jwk_key(kP256Jwk, Algorithm::kEs256).thumbprint().value(),
            make_jwk_key(public_jwk(kP256Jwk), Algorithm::kEs256).thumbprint().value());
  EXPECT_NE(make_jwk_key(kP256Jwk, Algorithm::kEs256).thumbprint().value(),
            make_jwk_key(kOtherP256Jwk, Algorithm::kEs256).thumbprint().value());
}

}  // namespace
}  // namespace simdjwt::testing
