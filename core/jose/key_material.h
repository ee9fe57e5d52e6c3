// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What a Key holds.

#ifndef SIMDJWT_CORE_JOSE_KEY_MATERIAL_H_
#define SIMDJWT_CORE_JOSE_KEY_MATERIAL_H_

#include <simdjwt/key.h>

#include <string>
#include <utility>
#include <variant>

#include "bytes/base64url.h"
#include "bytes/hmac.h"
#include "bytes/secret.h"

namespace simdjwt::internal {

using Hs256Secret = bytes::Secret<bytes::HmacMidstates<bytes::Sha256>>;
using Hs512Secret = bytes::Secret<bytes::HmacMidstates<bytes::Sha512>>;  // also of HS384

inline constexpr uint8_t kSignatureChars[] = {
    bytes::base64url_encoded_chars(signature_bytes(Algorithm::kHs256)),
    bytes::base64url_encoded_chars(signature_bytes(Algorithm::kHs384)),
    bytes::base64url_encoded_chars(signature_bytes(Algorithm::kHs512))};

// How long a signature is in a token.
constexpr size_t signature_chars(Algorithm algorithm) noexcept {
  return kSignatureChars[static_cast<size_t>(algorithm)];
}

struct KeyMaterial {
  Algorithm algorithm;
  KeyPeriod period;
  std::string kid;
  std::variant<Hs256Secret, Hs512Secret> secret;

  const bytes::HmacMidstates<bytes::Sha256>& sha256() const noexcept {
    return std::get_if<Hs256Secret>(&secret)->value();
  }
  const bytes::HmacMidstates<bytes::Sha512>& sha512() const noexcept {
    return std::get_if<Hs512Secret>(&secret)->value();
  }
  bool active_at(int64_t now) const noexcept {
    return period.not_before <= now && now < period.not_after;
  }
};

struct KeyAccess {
  static const KeyMaterial& material(const Key& key) noexcept { return *key.material_; }
};

}  // namespace simdjwt::internal

#endif  // SIMDJWT_CORE_JOSE_KEY_MATERIAL_H_
