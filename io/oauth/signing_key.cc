// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "oauth/signing_key.h"

#include <optional>
#include <utility>

#include "serve/file_text.h"
#include "serve/text.h"
#include "simdjwt/limits.h"

namespace simdjwt::oauth {

absl::StatusOr<SigningKey> SigningKey::from_jwk(std::string_view jwk) {
  absl::StatusOr<Key> key = Key::from_jwk(jwk);
  if (!key.ok()) return key.status();
  if (is_hmac(key->algorithm()) || !key->can_sign()) {
    return absl::InvalidArgumentError("is no private key that signs what others verify");
  }
  if (key->kid().empty()) {
    absl::StatusOr<std::string> thumbprint = key->thumbprint();
    if (!thumbprint.ok()) return thumbprint.status();
    key = Key::from_jwk(jwk, std::nullopt, {.kid = *std::move(thumbprint)});
    if (!key.ok()) return key.status();
  }
  const absl::StatusOr<std::string> half = key->to_jwk(KeyHalf::kPublic);
  if (!half.ok()) return half.status();
  return SigningKey{*std::move(key), serve::concat("{\"keys\":[", *half, "]}\n")};
}

absl::StatusOr<SigningKey> SigningKey::load(const std::string& path,
                                            std::vector<std::string>& warnings) {
  const absl::StatusOr<serve::FileText> text = serve::FileText::read(path, kJwksBytesMax);
  if (!text.ok()) return text.status();
  if (text->everybody_may_read()) {
    warnings.push_back(path + ": everybody on this machine may read this private key");
  }
  absl::StatusOr<SigningKey> key = from_jwk(text->view());
  if (key.ok()) return key;
  return absl::InvalidArgumentError(serve::concat(path, ": ", std::string(key.status().message())));
}

}  // namespace simdjwt::oauth
