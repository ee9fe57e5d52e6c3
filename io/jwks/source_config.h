// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// SourceConfig: whose keys, and where they are published.

#ifndef SIMDJWT_IO_JWKS_SOURCE_CONFIG_H_
#define SIMDJWT_IO_JWKS_SOURCE_CONFIG_H_

#include <string>

#include "simdjwt/key_set.h"

namespace simdjwt::jwks {

struct SourceConfig {
  enum class Kind : bool { kJwksUrl, kIssuer };

  Kind kind = Kind::kJwksUrl;
  std::string url = {};      // of the JWK Set, or the issuer whose metadata tell it
  JwksOptions options = {};  // how the set is read

  // "issuer https://id.example", with the algorithms, if any were named. Sources of one name are
  // the same.
  [[nodiscard]] std::string name() const;
};

}  // namespace simdjwt::jwks

#endif  // SIMDJWT_IO_JWKS_SOURCE_CONFIG_H_
