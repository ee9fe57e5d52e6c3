// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/status_claim.h"

#include "registry/names.h"
#include "serve/text.h"
#include "status/status_list_token.h"

namespace simdjwt::registry {

std::string status_list_path(uint64_t number) {
  return serve::concat(kStatusListsPath, "/", number);
}

std::string status_list_uri(std::string_view issuer, uint64_t number) {
  return url_under(issuer, status_list_path(number));
}

std::string status_claim(std::string_view issuer, TokenIndex index) {
  return status::to_json({.index = index % kStatusListTokens,
                          .uri = status_list_uri(issuer, index / kStatusListTokens)});
}

}  // namespace simdjwt::registry
