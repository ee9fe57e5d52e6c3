// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "key_pair.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>

#include "corpus.h"

namespace simdjwt::bench {
namespace {

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "key: %s\n", what);
  std::abort();
}

EVP_PKEY* generate(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kRs256:
    case Algorithm::kPs256:
      return EVP_RSA_gen(2048);
    case Algorithm::kEs256:
      return EVP_EC_gen("P-256");
    case Algorithm::kEs384:
      return EVP_EC_gen("P-384");
    case Algorithm::kEdDsa:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    default:
      die("no such algorithm");
  }
}

std::string member(std::string_view name, std::string_view bytes) {
  return ",\"" + std::string(name) + "\":\"" + base64url(bytes) + '"';
}

// R || S of a signature in DER.
std::string concatenated(const std::string& der, size_t number_bytes) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<ECDSA_SIG, void (*)(ECDSA_SIG*)> numbers(
      d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())), ECDSA_SIG_free);
  if (numbers == nullptr) die("not a signature");
  std::string bytes(2 * number_bytes, '\0');
  auto* const out = reinterpret_cast<unsigned char*>(bytes.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(numbers.get()), out, static_cast<int>(number_bytes));
  BN_bn2binpad(ECDSA_SIG_get0_s(numbers.get()), out + number_bytes, static_cast<int>(number_bytes));
  return bytes;
}

// Of a coordinate; 0 where there are none.
size_t coordinate_bytes(Algorithm algorithm) {
  if (algorithm == Algorithm::kEs256) return 32;
  return algorithm == Algorithm::kEs384 ? 48 : 0;
}

}  // namespace

KeyPair::KeyPair(Algorithm algorithm) : algorithm_(algorithm), key_(generate(algorithm)) {
  if (key_ == nullptr) die("cannot be made");
}

KeyPair::~KeyPair() { EVP_PKEY_free(key_); }

std::string KeyPair::sign(std::string_view message) const {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                   EVP_MD_CTX_free);
  EVP_PKEY_CTX* key_context = nullptr;  // the other's
  std::string signature(512, '\0');
  size_t num_bytes = signature.size();
  if (EVP_DigestSignInit_ex(context.get(), &key_context, digest_name(algorithm_), nullptr, nullptr,
                            key_, nullptr) != 1 ||
      !configure_padding(key_context, algorithm_) ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &num_bytes,
                     reinterpret_cast<const unsigned char*>(message.data()), message.size()) != 1) {
    die("cannot sign");
  }
  signature.resize(num_bytes);
  const size_t number_bytes = coordinate_bytes(algorithm_);
  return number_bytes == 0 ? signature : concatenated(signature, number_bytes);
}

std::string KeyPair::number(const char* name, size_t bytes_min) const {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key_, name, &number) != 1) die("has no such number");
  std::string bytes(std::max(static_cast<size_t>(BN_num_bytes(number)), bytes_min), '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()),
               static_cast<int>(bytes.size()));
  BN_free(number);
  return bytes;
}

std::string KeyPair::public_jwk() const {
  if (algorithm_ == Algorithm::kEdDsa) {
    std::string point(32, '\0');
    size_t num_bytes = point.size();
    EVP_PKEY_get_raw_public_key(key_, reinterpret_cast<unsigned char*>(point.data()), &num_bytes);
    return R"({"kty":"OKP","crv":"Ed25519")" + member("x", point) + '}';
  }
  const size_t bytes = coordinate_bytes(algorithm_);
  if (bytes == 0) {
    return R"({"kty":"RSA")" + member("n", number(OSSL_PKEY_PARAM_RSA_N, 0)) +
           member("e", number(OSSL_PKEY_PARAM_RSA_E, 0)) + '}';
  }
  return R"({"kty":"EC","crv":"P-)" + std::to_string(bytes * 8) + '"' +
         member("x", number(OSSL_PKEY_PARAM_EC_PUB_X, bytes)) +
         member("y", number(OSSL_PKEY_PARAM_EC_PUB_Y, bytes)) + '}';
}

std::string KeyPair::public_pem() const {
  const std::unique_ptr<BIO, int (*)(BIO*)> memory(BIO_new(BIO_s_mem()), BIO_free);
  if (PEM_write_bio_PUBKEY(memory.get(), key_) != 1) die("cannot be written");
  char* text = nullptr;
  const long num_chars = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<size_t>(num_chars)};
}

const KeyPair& key_pair(Algorithm algorithm) {
  static std::map<Algorithm, KeyPair> pairs;
  return pairs.try_emplace(algorithm, algorithm).first->second;
}

const char* digest_name(Algorithm algorithm) {
  if (algorithm == Algorithm::kEdDsa) return nullptr;
  return algorithm == Algorithm::kEs384 ? "SHA384" : "SHA256";
}

bool configure_padding(EVP_PKEY_CTX* context, Algorithm algorithm) {
  return algorithm != Algorithm::kPs256 ||
         (EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
          EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1);
}

}  // namespace simdjwt::bench
