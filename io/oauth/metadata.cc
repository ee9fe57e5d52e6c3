// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "oauth/metadata.h"

#include <algorithm>

#include "registry/names.h"
#include "registry/status_claim.h"
#include "serve/json_text.h"
#include "serve/text.h"

namespace simdjwt::oauth {

using registry::url_under;

namespace {

size_t path_begin(std::string_view url) {
  return std::min(url.find('/', url.find("://") + 3), url.size());
}

std::string quoted(std::string_view text) {
  std::string json;
  serve::append_json_string(json, text);
  return json;
}

std::string status_list_members(std::string_view issuer) {
  return serve::concat(R"(,"jwks_uri":)", quoted(url_under(issuer, kJwksPath)),
                       R"(,"status_list_aggregation_endpoint":)",
                       quoted(url_under(issuer, registry::kStatusListsPath)));
}

}  // namespace

std::string_view path_of_url(std::string_view url) noexcept {
  const std::string_view path = url.substr(path_begin(url));
  return path == "/" ? std::string_view() : path;
}

std::string_view authority_of_url(std::string_view url) noexcept {
  const size_t begin = url.find("://") + 3;
  return url.substr(begin, path_begin(url) - begin);
}

std::string server_metadata(std::string_view issuer, bool has_status_lists) {
  constexpr std::string_view kMethods = R"(["client_secret_basic","client_secret_post","none"])";
  return serve::concat(R"({"issuer":)", quoted(issuer), R"(,"token_endpoint":)",
                       quoted(url_under(issuer, "/oauth/token")),
                       R"(,"token_endpoint_auth_methods_supported":)", kMethods,
                       R"(,"grant_types_supported":["client_credentials","refresh_token"],)"
                       R"("response_types_supported":[],)"
                       R"("revocation_endpoint":)",
                       quoted(url_under(issuer, "/oauth/revoke")),
                       R"(,"revocation_endpoint_auth_methods_supported":)", kMethods,
                       has_status_lists ? status_list_members(issuer) : "", "}\n");
}

std::string resource_metadata(std::string_view issuer, std::string_view name,
                              std::string_view url) {
  return serve::concat(R"({"resource":)", quoted(url), R"(,"authorization_servers":[)",
                       quoted(issuer),
                       R"(],"bearer_methods_supported":["header"],)"
                       R"("resource_name":)",
                       quoted(name), "}\n");
}

}  // namespace simdjwt::oauth
