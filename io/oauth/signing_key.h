// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// SigningKey: by which an issuer signs what it publishes, and what others verify that by.

#ifndef SIMDJWT_IO_OAUTH_SIGNING_KEY_H_
#define SIMDJWT_IO_OAUTH_SIGNING_KEY_H_

#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <vector>

#include "simdjwt/key.h"

namespace simdjwt::oauth {

struct SigningKey {
  Key key;           // private, asymmetric, with a kid
  std::string jwks;  // its public half, a JWK Set

  // Of a private JWK; one without kid gets its thumbprint (RFC 7638).
  [[nodiscard]] static absl::StatusOr<SigningKey> from_jwk(std::string_view jwk);

  // Of a file that holds one. Errors and warnings are sentences that name the file.
  [[nodiscard]] static absl::StatusOr<SigningKey> load(const std::string& path,
                                                       std::vector<std::string>& warnings);
};

}  // namespace simdjwt::oauth

#endif  // SIMDJWT_IO_OAUTH_SIGNING_KEY_H_
