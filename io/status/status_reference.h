// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Where a token says that its status is published (draft-ietf-oauth-status-list section 6.1).

#ifndef SIMDJWT_IO_STATUS_STATUS_REFERENCE_H_
#define SIMDJWT_IO_STATUS_STATUS_REFERENCE_H_

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "status/status_list_token.h"

namespace simdjwt::status {

// The longest URI of a list that anybody follows.
inline constexpr size_t kUriBytesMax = 2048;
using UriRoom = std::array<char, kUriBytesMax>;

// What the claim "status" says, the JSON text of an object in a token that a Verifier accepted:
//
//   {"status_list":{"idx":7,"uri":"https://id.example/status-lists/0"}}
//
// nullopt unless these three members are there, each once and of its type: an index without
// fraction or exponent, a URI of ASCII. Others may stand beside them. The URI is a view of `json`,
// or of `room` if it is spelt with escapes. Wait-free; allocates nothing.
[[nodiscard]] std::optional<StatusReference> read_status_reference(std::string_view json,
                                                                   UriRoom& room) noexcept;

}  // namespace simdjwt::status

#endif  // SIMDJWT_IO_STATUS_STATUS_REFERENCE_H_
