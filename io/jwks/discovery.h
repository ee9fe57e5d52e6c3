// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What an OpenID provider tells of itself (OpenID Connect Discovery 1.0).

#ifndef SIMDJWT_IO_JWKS_DISCOVERY_H_
#define SIMDJWT_IO_JWKS_DISCOVERY_H_

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

#include "jwks/url.h"

namespace simdjwt::jwks {

// The jwks_uri of a provider's metadata. Fails (kInvalidArgument) unless the document's issuer is
// exactly `issuer`, which keeps one provider from speaking for another (section 4.3), and if the
// jwks_uri is not one to fetch from. A member that stands twice is an error.
[[nodiscard]] absl::StatusOr<std::string> read_jwks_uri(std::string_view metadata,
                                                        std::string_view issuer,
                                                        PlainHttp plain_http);

}  // namespace simdjwt::jwks

#endif  // SIMDJWT_IO_JWKS_DISCOVERY_H_
