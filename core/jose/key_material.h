// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What a Key holds.

#ifndef SIMDJWT_CORE_JOSE_KEY_MATERIAL_H_
#define SIMDJWT_CORE_JOSE_KEY_MATERIAL_H_

#include <absl/status/statusor.h>
#include <simdjwt/key.h>

#include <string>
#include <utility>
#include <variant>

#include "bytes/base64url.h"
#include "bytes/hmac.h"
#include "bytes/secret.h"
#include "jose/asymmetric_key.h"

namespace simdjwt::internal {

using Hs256Secret = bytes::Secret<bytes::HmacMidstates<bytes::Sha256>>;
using Hs512Secret = bytes::Secret<bytes::HmacMidstates<bytes::Sha512>>;  // also of HS384

struct KeyMaterial {
  Algorithm algorithm;
  KeyPeriod period;
  std::string kid;
  std::variant<Hs256Secret, Hs512Secret, jose::AsymmetricKey> secret;
  bool can_sign;
  uint16_t signature_chars;  // of its signatures in a token

  const bytes::HmacMidstates<bytes::Sha256>& sha256() const noexcept {
    return std::get_if<Hs256Secret>(&secret)->value();
  }
  const bytes::HmacMidstates<bytes::Sha512>& sha512() const noexcept {
    return std::get_if<Hs512Secret>(&secret)->value();
  }
  // Null if it is an HMAC key.
  const jose::AsymmetricKey* asymmetric() const noexcept {
    return std::get_if<jose::AsymmetricKey>(&secret);
  }
  // Whether they are the same secret or public key, for the same algorithm, whatever their kid.
  bool is_same_key(const KeyMaterial& other) const noexcept;
  bool active_at(int64_t now) const noexcept {
    return period.not_before <= now && now < period.not_after;
  }
};

struct KeyAccess {
  // The key of these parameters for this algorithm. `may_sign` says whether it may use a private
  // half that it has. Fails as Key::from_jwk does.
  static absl::StatusOr<Key> make(Algorithm algorithm, const jose::KeyParts& parts, bool may_sign,
                                  KeyOptions options);

  static const KeyMaterial& material(const Key& key) noexcept { return *key.material_; }
};

}  // namespace simdjwt::internal

#endif  // SIMDJWT_CORE_JOSE_KEY_MATERIAL_H_
