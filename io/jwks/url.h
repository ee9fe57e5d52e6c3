// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Which URLs keys are fetched from.

#ifndef SIMDJWT_IO_JWKS_URL_H_
#define SIMDJWT_IO_JWKS_URL_H_

#include <absl/status/status.h>

#include <string>

namespace simdjwt::jwks {

// Whether plain HTTP will do. Whoever can change what passes on the wire can then sign tokens, so
// it is for loopback and for tests.
enum class PlainHttp : bool { kRefuse, kAllow };

// Fails with what is wrong: "not an https URL", or that it has a user name, a password or a
// fragment, for which there is no use here.
[[nodiscard]] absl::Status check_url(const std::string& url, PlainHttp plain_http);

// Where the provider of this issuer tells of itself (OpenID Connect Discovery 1.0, section 4.1).
[[nodiscard]] std::string discovery_url(std::string issuer);

}  // namespace simdjwt::jwks

#endif  // SIMDJWT_IO_JWKS_URL_H_
