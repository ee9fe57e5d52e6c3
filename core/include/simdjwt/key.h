// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Key: a secret, or a public or private key, bound to one exact algorithm. A token never chooses
// either.

#ifndef SIMDJWT_KEY_H_
#define SIMDJWT_KEY_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace simdjwt {

namespace internal {
struct KeyMaterial;  // midstates or libcrypto's key, prepared; wiped on destruction
struct KeyAccess;
}  // namespace internal

// JWS algorithms (RFC 7518 section 3.1, RFC 8812, RFC 8037, RFC 9864). There is no value for
// "none".
enum class Algorithm : uint8_t {
  // HMAC with SHA-2: whoever can verify can sign.
  kHs256,
  kHs384,
  kHs512,
  // RSA, PKCS #1 v1.5 and PSS.
  kRs256,
  kRs384,
  kRs512,
  kPs256,
  kPs384,
  kPs512,
  // ECDSA on P-256, P-384, P-521 and secp256k1.
  kEs256,
  kEs384,
  kEs512,
  kEs256k,
  // EdDSA: the old name, for a key on either curve, and the new ones. A key that was bound to one
  // name does not verify tokens with another.
  kEdDsa,
  kEd25519,
  kEd448,
};

// "HS256". Static storage.
[[nodiscard]] std::string_view to_string(Algorithm algorithm) noexcept;

// The algorithm of exactly this name, case and all; nullopt for any other.
[[nodiscard]] std::optional<Algorithm> parse_algorithm(std::string_view name) noexcept;

// "HS256, HS384 ... and Ed448": all of them, for messages.
[[nodiscard]] std::string list_algorithms();

// Whether the key is a secret that signers and verifiers share.
[[nodiscard]] constexpr bool is_hmac(Algorithm algorithm) noexcept {
  return algorithm <= Algorithm::kHs512;
}

// Length of the algorithm's signatures, in bytes; 0 where the key decides (RSA, and "EdDSA").
[[nodiscard]] constexpr size_t signature_bytes(Algorithm algorithm) noexcept {
  constexpr uint8_t kBytes[] = {32, 48, 64, 0, 0, 0, 0, 0, 0, 64, 96, 132, 64, 0, 64, 114};
  return kBytes[static_cast<size_t>(algorithm)];
}

// The period in which a key may verify: [not_before, not_after), seconds since 1970.
struct KeyPeriod {
  int64_t not_before = INT64_MIN;
  int64_t not_after = INT64_MAX;
};

// Whether an HMAC secret may be shorter than its hash. RFC 7518 section 3.2 says no, and a short
// secret can be guessed from one token; kAllowShort is for secrets that others have long since
// issued.
enum class ShortSecrets : uint8_t { kRefuse, kAllowShort };

// The half of an asymmetric key that everyone may know, or all of it.
enum class KeyHalf : uint8_t { kPublic, kPrivate };

// Everything about a key beside its secret. Text members are copied.
struct KeyOptions {
  std::string kid = {};  // empty: the key answers for every kid that no other key of its set claims
  KeyPeriod period = {};
  ShortSecrets short_secrets = ShortSecrets::kRefuse;
};

// Move-only; what it keeps of a secret (hash midstates, as secret as the key) or a private key is
// wiped on destruction. The caller's copy is the caller's to wipe. All functions that make one
// allocate; those that read one may be called by any number of threads.
class Key {
 public:
  // An HMAC key of these bytes, taken as they are: neither base64 nor hexadecimal is decoded.
  // Fails for a secret shorter than the algorithm's hash (32, 48, 64 bytes; an empty one always),
  // longer than kHmacKeyBytesMax, or that is evidently something else: PEM, the text of a JWK, or a
  // public key in DER. Then the bytes of a public key would become a shared secret, and everyone
  // could sign (RFC 8725 section 2.1).
  [[nodiscard]] static absl::StatusOr<Key> hmac(Algorithm algorithm, std::string_view secret,
                                                KeyOptions options = {});

  // The key of one JWK (RFC 7517), or of a JWK Set with one usable key. `use` must be "sig", and
  // `key_ops` must contain "verify" (or "sign", if the key is private), where present. A JWK
  // without `alg` takes `algorithm`, or fails without one; where both are present they must be
  // equal. The JWK's kid wins over an empty options.kid; two that differ fail.
  //
  // Asymmetric keys are held to RFC 7518 section 6, whatever they come from: RSA of kRsaBitsMin to
  // kRsaBitsMax bits with an odd exponent from 3 to kRsaExponentMax; the curve that the algorithm
  // names; points in full width, on their curve and not of small order; private keys that fit their
  // public half.
  [[nodiscard]] static absl::StatusOr<Key> from_jwk(
      std::string_view json, std::optional<Algorithm> algorithm = std::nullopt,
      KeyOptions options = {});

  // An asymmetric key in PEM (RFC 7468), held to the same: a public or private key or a certificate
  // (PUBLIC KEY, PRIVATE KEY, CERTIFICATE; of RSA also RSA PUBLIC KEY and RSA PRIVATE KEY, of EC
  // also EC PRIVATE KEY), and only one of them. Encrypted keys fail. A certificate must be for
  // signatures, if it says what it is for, and verifies in its own validity only; who issued it is
  // not looked at.
  [[nodiscard]] static absl::StatusOr<Key> from_pem(Algorithm algorithm, std::string_view pem,
                                                    KeyOptions options = {});
  // The same in DER.
  [[nodiscard]] static absl::StatusOr<Key> from_der(Algorithm algorithm, std::string_view der,
                                                    KeyOptions options = {});

  Key(Key&&) noexcept;
  Key& operator=(Key&&) noexcept;
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  ~Key();

  [[nodiscard]] Algorithm algorithm() const noexcept;
  // Empty, or at most kKidBytesMax bytes. The view lives as long as the key does.
  [[nodiscard]] std::string_view kid() const noexcept;
  [[nodiscard]] KeyPeriod period() const noexcept;
  // Whether a Signer can use it: not if it is public, or a JWK whose key_ops lack "sign".
  [[nodiscard]] bool can_sign() const noexcept;
  // Length of its signatures.
  [[nodiscard]] size_t signature_bytes() const noexcept;

  // An asymmetric key as a JWK with alg and kid, as PEM (PUBLIC KEY or PRIVATE KEY), and the
  // SHA-256 thumbprint of its public half, in base64url (RFC 7638). All fail for an HMAC key, which
  // keeps no secret to show, and the first two for a private half that is not there. A text that
  // holds one is the caller's to wipe.
  [[nodiscard]] absl::StatusOr<std::string> to_jwk(KeyHalf half) const;
  [[nodiscard]] absl::StatusOr<std::string> to_pem(KeyHalf half) const;
  [[nodiscard]] absl::StatusOr<std::string> thumbprint() const;

 private:
  friend struct internal::KeyAccess;
  explicit Key(std::unique_ptr<internal::KeyMaterial> material) noexcept;
  std::unique_ptr<internal::KeyMaterial> material_;
};

}  // namespace simdjwt

#endif  // SIMDJWT_KEY_H_
