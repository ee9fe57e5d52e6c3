// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Base64url as tokens have it (RFC 7515 section 2): without padding, and each string of bytes has
// exactly one text.

#ifndef SIMDJWT_BASE64URL_H_
#define SIMDJWT_BASE64URL_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace simdjwt {

// The text of `data`, or the same behind what `out` has already. Both allocate.
[[nodiscard]] std::string base64url_encode(std::string_view data);
void base64url_append(std::string& out, std::string_view data);

// The same into memory of the caller's, for secrets: leaves no copy behind. `chars` are as many as
// the text has, four thirds of the bytes, rounded up.
void base64url_write(std::span<char> chars, std::span<const uint8_t> data) noexcept;

// nullopt for what base64url_encode() makes of no bytes at all: padding, white space, '+' and '/',
// bits left over that are not zero. Allocates.
[[nodiscard]] std::optional<std::string> base64url_decode(std::string_view text);

}  // namespace simdjwt

#endif  // SIMDJWT_BASE64URL_H_
