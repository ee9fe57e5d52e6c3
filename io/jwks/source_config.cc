// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jwks/source_config.h"

namespace simdjwt::jwks {

std::string SourceConfig::name() const {
  std::string name(kind == Kind::kIssuer ? "issuer " : "jwks_url ");
  name.append(url);
  if (options.fallback) name.append(", else ").append(to_string(*options.fallback));
  for (const Algorithm algorithm : options.allowed) name.append(" ").append(to_string(algorithm));
  return name;
}

}  // namespace simdjwt::jwks
