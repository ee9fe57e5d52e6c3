// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// KeyPair: a private key that libcrypto makes and signs with, apart from core.

#ifndef SIMDJWT_BENCH_KEY_PAIR_H_
#define SIMDJWT_BENCH_KEY_PAIR_H_

#include <openssl/evp.h>

#include <string>
#include <string_view>

#include "simdjwt/key.h"

namespace simdjwt::bench {

// For RS256 and PS256 (2048 bits), ES256, ES384, or EdDSA (Ed25519). Another one in each run.
class KeyPair {
 public:
  explicit KeyPair(Algorithm algorithm);
  ~KeyPair();
  KeyPair(const KeyPair&) = delete;
  KeyPair& operator=(const KeyPair&) = delete;

  // A signature as JWS has it.
  std::string sign(std::string_view message) const;

  // The public half, as a JWK without kid, and as PEM.
  std::string public_jwk() const;
  std::string public_pem() const;
  EVP_PKEY* evp_key() const { return key_; }

 private:
  std::string number(const char* name, size_t bytes_min) const;

  const Algorithm algorithm_;
  EVP_PKEY* const key_;
};

// One for each algorithm, made when it is first asked for.
const KeyPair& key_pair(Algorithm algorithm);

// "SHA256" for RS256; null for EdDSA, which hashes as it likes.
const char* digest_name(Algorithm algorithm);

// Says of a context for `algorithm` what it cannot know: how PS256 pads.
bool configure_padding(EVP_PKEY_CTX* context, Algorithm algorithm);

}  // namespace simdjwt::bench

#endif  // SIMDJWT_BENCH_KEY_PAIR_H_
