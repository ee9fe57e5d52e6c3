// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What an issuer tells of itself and of the servers that take its tokens.

#ifndef SIMDJWT_IO_OAUTH_METADATA_H_
#define SIMDJWT_IO_OAUTH_METADATA_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace simdjwt::oauth {

inline constexpr std::string_view kServerMetadataPath = "/.well-known/oauth-authorization-server";
inline constexpr std::string_view kResourceMetadataPath = "/.well-known/oauth-protected-resource";
inline constexpr std::string_view kJwksPath = "/jwks";

// What everybody may know.
struct Told {
  std::string body;
  std::string_view content_type = "application/json";
  int64_t max_age_seconds = 300;
};

// What follows scheme and authority of an absolute URL, without a slash that stands alone there.
[[nodiscard]] std::string_view path_of_url(std::string_view url) noexcept;
// "api.example:8443" of "https://api.example:8443/mcp".
[[nodiscard]] std::string_view authority_of_url(std::string_view url) noexcept;

// RFC 8414: an issuer without an authorization endpoint. JSON. `has_status_lists`: see StatusLists.
[[nodiscard]] std::string server_metadata(std::string_view issuer, bool has_status_lists);

// RFC 9728, of a server by the URL under which its clients know it. JSON.
[[nodiscard]] std::string resource_metadata(std::string_view issuer, std::string_view name,
                                            std::string_view url);

}  // namespace simdjwt::oauth

#endif  // SIMDJWT_IO_OAUTH_METADATA_H_
