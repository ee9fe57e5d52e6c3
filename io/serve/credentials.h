// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Credentials: the token that a request carries (RFC 6750 section 2).

#ifndef SIMDJWT_IO_SERVE_CREDENTIALS_H_
#define SIMDJWT_IO_SERVE_CREDENTIALS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "http/request.h"
#include "serve/policy_config.h"

namespace simdjwt::serve {

struct Credentials {
  enum class Kind : uint8_t {
    kNone,   // no token, or another scheme
    kToken,  // perhaps: is_b64token() tells
    kMultiple,
  };
  Kind kind = Kind::kNone;
  std::string_view token = {};  // a view into the request
};

// Looks into all of `sources`. The same token twice is one, if it came in two ways; but two fields,
// cookies or parameters of one name are too many whatever they hold: who is to say which of them
// the next program reads?
[[nodiscard]] Credentials find_credentials(const http::Request& request,
                                           std::span<const TokenSource> sources) noexcept;

// What follows the scheme, whose letters are lower-case and may be any in the field, and its
// blanks; empty if it stands alone. nullopt for another scheme, or none. Of "bearer" it is a token
// if is_b64token() says so.
[[nodiscard]] std::optional<std::string_view> credentials_of(std::string_view authorization,
                                                             std::string_view scheme) noexcept;

// Whether `text` has the syntax 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"=". Every
// token that verifies has: so this is only asked to tell a malformed request from a bad token.
[[nodiscard]] bool is_b64token(std::string_view text) noexcept;

// Name and password of the scheme Basic (RFC 7617), as they were sent; nullopt for another scheme
// and what is malformed. Allocates.
struct BasicCredentials {
  std::string name;
  std::string password;
};
[[nodiscard]] std::optional<BasicCredentials> basic_credentials_of(std::string_view authorization);

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_CREDENTIALS_H_
