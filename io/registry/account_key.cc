// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/account_key.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

#include "registry/key_maker.h"
#include "registry/vault.h"
#include "serve/text.h"
#include "words/json_members.h"

namespace simdjwt::registry {

absl::Status check_token_algorithm(Algorithm algorithm) {
  if (std::ranges::count(kTokenAlgorithms, algorithm) > 0) return absl::OkStatus();
  return absl::InvalidArgumentError(serve::concat(
      "tokens of accounts are signed by HS256, EdDSA or RS256, not by ", to_string(algorithm)));
}

absl::StatusOr<NewSecret> make_secret(Algorithm algorithm) {
  if (algorithm == Algorithm::kHs256) {
    absl::StatusOr<SecretText> text = Vault::make_secret();
    if (!text.ok()) return text.status();
    return NewSecret{*std::move(text)};
  }
  const absl::StatusOr<Key> key = make_key(algorithm, kRsaBitsDefault);
  if (!key.ok()) return key.status();
  absl::StatusOr<std::string> whole = key->to_jwk(KeyHalf::kPrivate);
  if (!whole.ok()) return whole.status();
  SecretText text(*whole);
  OPENSSL_cleanse(whole->data(), whole->size());
  absl::StatusOr<std::string> public_jwk = key->to_jwk(KeyHalf::kPublic);
  if (!public_jwk.ok()) return public_jwk.status();
  return NewSecret{std::move(text), *std::move(public_jwk)};
}

absl::StatusOr<Key> key_of(Algorithm algorithm, std::string_view text, KeyPeriod period) {
  return is_hmac(algorithm) ? Key::hmac(algorithm, text, {.kid = "", .period = period})
                            : Key::from_jwk(text, algorithm, {.kid = "", .period = period});
}

std::string kid_of(std::string_view public_jwk) {
  const auto members = words::json_members(public_jwk);
  const words::JsonMember* const kid = words::find_member(members, "kid");
  return kid == nullptr ? "" : kid->string().value_or("");
}

}  // namespace simdjwt::registry
