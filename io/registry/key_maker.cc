// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/key_maker.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>

namespace simdjwt::registry {
namespace {

using EvpKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

EVP_PKEY* generate(Algorithm algorithm, unsigned rsa_bits) {
  switch (algorithm) {
    case Algorithm::kEs256:
      return EVP_EC_gen("P-256");
    case Algorithm::kEs384:
      return EVP_EC_gen("P-384");
    case Algorithm::kEs512:
      return EVP_EC_gen("P-521");
    case Algorithm::kEs256k:
      return EVP_EC_gen("secp256k1");
    case Algorithm::kEdDsa:
    case Algorithm::kEd25519:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    case Algorithm::kEd448:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448");
    default:
      return EVP_RSA_gen(rsa_bits);
  }
}

}  // namespace

bool is_rsa(Algorithm algorithm) noexcept {
  return algorithm >= Algorithm::kRs256 && algorithm <= Algorithm::kPs512;
}

absl::StatusOr<Key> make_key(Algorithm algorithm, unsigned rsa_bits, const std::string& kid) {
  const EvpKey evp_key(generate(algorithm, rsa_bits), EVP_PKEY_free);
  unsigned char* bytes = nullptr;
  const int num_bytes = evp_key == nullptr ? -1 : i2d_PrivateKey(evp_key.get(), &bytes);
  if (num_bytes <= 0) return absl::InternalError("libcrypto cannot make the key");
  const auto wipe = [num_bytes](unsigned char* secret) {
    OPENSSL_clear_free(secret, static_cast<size_t>(num_bytes));
  };
  const std::unique_ptr<unsigned char, decltype(wipe)> owner(bytes, wipe);
  const std::string_view der(reinterpret_cast<const char*>(bytes), static_cast<size_t>(num_bytes));
  absl::StatusOr<Key> key = Key::from_der(algorithm, der, {.kid = kid});
  if (!key.ok() || !kid.empty()) return key;
  const absl::StatusOr<std::string> thumbprint = key->thumbprint();
  if (!thumbprint.ok()) return thumbprint.status();
  return Key::from_der(algorithm, der, {.kid = *thumbprint});
}

}  // namespace simdjwt::registry
