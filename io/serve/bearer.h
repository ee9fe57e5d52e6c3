// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The Bearer scheme in an Authorization field (RFC 6750 section 2.1).

#ifndef SIMDJWT_IO_SERVE_BEARER_H_
#define SIMDJWT_IO_SERVE_BEARER_H_

#include <optional>
#include <string_view>

namespace simdjwt::serve {

// What follows "Bearer" and its blanks, which is a token if is_b64token() says so; empty if
// "Bearer" stands alone. nullopt for another scheme, or none.
[[nodiscard]] std::optional<std::string_view> bearer_credentials(
    std::string_view authorization) noexcept;

// Whether `text` has the syntax 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"=". Every
// token that verifies has: so this is only asked to tell a malformed request from a bad token.
[[nodiscard]] bool is_b64token(std::string_view text) noexcept;

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_BEARER_H_
