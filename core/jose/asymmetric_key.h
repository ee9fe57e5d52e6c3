// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// A public key, and its private half if there is one, prepared for one algorithm.

#ifndef SIMDJWT_CORE_JOSE_ASYMMETRIC_KEY_H_
#define SIMDJWT_CORE_JOSE_ASYMMETRIC_KEY_H_

#include <absl/status/statusor.h>
#include <simdjwt/key.h>
#include <simdjwt/verdict.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "bytes/kernels.h"
#include "jose/evp.h"
#include "jose/key_parts.h"

namespace simdjwt::jose {

// Immutable; any number of threads may use one.
class AsymmetricKey {
 public:
  // Fails for a key that is of another type or curve than the algorithm's, or too weak, too large
  // or malformed (see Key::from_jwk).
  static absl::StatusOr<AsymmetricKey> create(Algorithm algorithm, const KeyParts& parts);

  // Whether the signature_bytes() bytes at `signature` are this key's signature of `message`:
  // kValid, kBadSignature, or kOutOfMemory, which libcrypto can be. For all but Ed25519 it
  // allocates some small objects each time, a dozen for RSA, three dozen for ECDSA, and frees them.
  [[nodiscard]] Verdict verify(const bytes::Kernels& kernels, std::string_view message,
                               const uint8_t* signature) const noexcept;

  // For signatures whose power is computed beside others' (bytes/rsa_lanes.h): null if this is no
  // RSA key, or one for which there is no kernel.
  [[nodiscard]] const bytes::RsaModulus* rsa_modulus() const noexcept { return modulus_.get(); }

  // Whether `power` is what the power of this key's signature of `message` has to be: the second
  // half of verify(), for a signature below the modulus. Only with an rsa_modulus(). Neither
  // allocates nor fails.
  [[nodiscard]] bool verify_power(const bytes::Kernels& kernels, std::string_view message,
                                  const uint8_t* power) const noexcept;

  // The signature of `message`. Fails without a private half.
  [[nodiscard]] absl::StatusOr<std::string> sign(const bytes::Kernels& kernels,
                                                 std::string_view message) const;

  // Tells it from every other key, whichever set either is in: SHA-256 of the algorithm's name and
  // the public key. Loaded again, it is the same.
  using Identity = std::array<uint8_t, 32>;
  [[nodiscard]] const Identity& identity() const noexcept { return identity_; }

  [[nodiscard]] size_t signature_bytes() const noexcept { return signature_bytes_; }
  [[nodiscard]] bool has_private() const noexcept { return private_.key != nullptr; }
  // libcrypto's key. Null for a private half that is not there.
  [[nodiscard]] const EVP_PKEY* evp_key(KeyHalf half) const noexcept {
    return (half == KeyHalf::kPublic ? public_ : private_).key.get();
  }

 private:
  // A key, and the context from which that of every operation is duplicated: that takes 0.12 us,
  // on two threads as on one, where making a new one takes ten, and verifying 19 us (RS256) or 70
  // (ES256). To keep contexts for each thread would gain that 0.6 %, and no allocation less in what
  // follows. EdDSA, which hashes itself, needs one of the other kind.
  struct Half {
    EvpKey key;
    EvpKeyContext context;
    EvpDigestContext digest_context;
  };

  AsymmetricKey() = default;
  // What libcrypto says: 1 if the signature is right, 0 if it is not, less if it could not tell.
  int verify_whole(std::string_view message, const uint8_t* signature) const noexcept;
  int verify_digest(const bytes::Kernels& kernels, std::string_view message,
                    const uint8_t* signature) const noexcept;
  absl::Status identify(const EVP_PKEY* public_key);
  absl::Status prepare(Half& half, EvpKey key, bool for_signing) const;

  Algorithm algorithm_ = {};
  size_t signature_bytes_ = 0;
  Identity identity_ = {};
  Half public_;
  Half private_;
  std::unique_ptr<const bytes::RsaModulus> modulus_;
  std::array<uint8_t, 32> ed25519_point_ = {};
  bool is_ed25519_ = false;
};

}  // namespace simdjwt::jose

#endif  // SIMDJWT_CORE_JOSE_ASYMMETRIC_KEY_H_
