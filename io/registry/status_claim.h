// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Where the status of a registry's tokens is published (draft-ietf-oauth-status-list): each list is
// about 2^17 of them, by their index.

#ifndef SIMDJWT_IO_REGISTRY_STATUS_CLAIM_H_
#define SIMDJWT_IO_REGISTRY_STATUS_CLAIM_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "registry/model.h"

namespace simdjwt::registry {

inline constexpr uint64_t kStatusListTokens = uint64_t{1} << 17;
inline constexpr std::string_view kStatusListsPath = "/status-lists";

// "/status-lists/0"
[[nodiscard]] std::string status_list_path(uint64_t number);
// "https://tokens.example/status-lists/0"
[[nodiscard]] std::string status_list_uri(std::string_view issuer, uint64_t number);

// The claim "status" of a token, JSON.
[[nodiscard]] std::string status_claim(std::string_view issuer, TokenIndex index);

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_STATUS_CLAIM_H_
