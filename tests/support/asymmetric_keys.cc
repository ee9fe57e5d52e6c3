// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "support/asymmetric_keys.h"

#include <simdjwt/signer.h>

#include <utility>

namespace simdjwt::testing {

std::string describe(const AlgorithmKey& key) {
  return std::string(to_string(key.algorithm)) + ' ' + std::string(key.jwk.substr(0, 30));
}

std::string public_jwk(std::string_view private_jwk) {
  return std::string(private_jwk.substr(0, private_jwk.find(",\"d\":"))) + '}';
}

std::string with_members(std::string_view jwk, std::string_view more) {
  return std::string(jwk.substr(0, jwk.size() - 1)) + std::string(more) + '}';
}

Key make_jwk_key(std::string_view jwk, Algorithm algorithm, std::string kid) {
  return Key::from_jwk(jwk, algorithm, {.kid = std::move(kid)}).value();
}

std::string sign_with(std::string_view private_jwk, Algorithm algorithm, std::string_view claims,
                      std::string kid) {
  const Signer signer =
      Signer::create(make_jwk_key(private_jwk, algorithm, std::move(kid))).value();
  return signer.sign_payload(claims).value();
}

}  // namespace simdjwt::testing
