// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What tokens, and what brings tokens about, have in common.

#ifndef SIMDJWT_IO_API_TOKEN_REQUEST_H_
#define SIMDJWT_IO_API_TOKEN_REQUEST_H_

#include <optional>
#include <string_view>

#include "api/body.h"
#include "api/call.h"
#include "api/json_writer.h"
#include "registry/issue.h"
#include "registry/model.h"

namespace simdjwt::api {

// What a body says of tokens, but for their expiry.
[[nodiscard]] registry::TokenRequest read_token_request(Body& body);

// Why tokens that a body asks for are not made.
[[nodiscard]] Response refused_request(const absl::Status& status);

// "standard". Static storage.
[[nodiscard]] std::string_view text_of(registry::Template claims) noexcept;

// The member "revoked".
void add_revocation(JsonWriter& json, const std::optional<registry::Revocation>& revoked);

}  // namespace simdjwt::api

#endif  // SIMDJWT_IO_API_TOKEN_REQUEST_H_
