// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jwks/source_config.h"

namespace simdjwt::jwks {

std::string SourceConfig::name() const {
  std::string name(kind == Kind::kIssuer ? "issuer " : "jwks_url ");
  name.append(url);
  for (const Algorithm algorithm : options.algorithms)
    name.append(" ").append(to_string(algorithm));
  return name;
}

}  // namespace simdjwt::jwks
