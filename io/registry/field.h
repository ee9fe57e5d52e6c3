// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Field: what a client sent to carry its token, as a person writes it down.

#ifndef SIMDJWT_IO_REGISTRY_FIELD_H_
#define SIMDJWT_IO_REGISTRY_FIELD_H_

#include <string>
#include <string_view>

#include "serve/credentials.h"

namespace simdjwt::registry {

struct Field {
  std::string_view name = "Authorization";
  std::string_view value = {};
};

// "Name: value", or a value alone. Blanks around a value are none of it (RFC 9110 section 5.5).
[[nodiscard]] Field split_field(std::string_view text) noexcept;

// What a check finds in a request that has this field.
[[nodiscard]] serve::Credentials credentials_in(const Field& field) noexcept;

// What there is instead of a token, where there are no credentials; and what is wrong with one that
// has not a token's syntax.
[[nodiscard]] std::string why_no_token(const Field& field);
[[nodiscard]] std::string why_malformed(std::string_view token);

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_FIELD_H_
