// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// PolicyConfig: what a [policy.NAME] section says.
//
//   [policy.default]                     # the name is a part of paths: letters, digits, "-._"
//   jwks_file = "keys.json"              # or jwks_url, or issuer with discovery, or many issuers:
//                                        # see key_config.h
//   algorithms = ["RS256", "ES256"]      # optional: keys for others are left out, and those that
//                                        # name none are for that which fits their type
//                                        # the next four must be said, one way or the other, but
//                                        # for iss where issuer or issuers have said it
//   iss = "https://issuer.example"       # or an array, any of which; or false: not checked
//   aud = "https://api.example"          # likewise; or aud_all = [...]: all of them
//   typ = "JWT"                          # or false
//   exp = "required"                     # or "optional": a token without exp never expires
//                                        # the rest is optional
//   leeway_seconds = 0
//   max_age_seconds = 3600
//   required_claims = ["sub"]
//   forbidden_claims = ["act"]
//   claims = { tenant = "a", role = ["admin", "ops"] }    # equal to; any of
//   scope = "read write"                 # the words that scope must have
//
//   token_from = ["authorization"]       # also "header:X-Api-Token", "cookie:session",
//                                        # "query:access_token"; two different tokens are refused
//   optional = false                     # true: a request without a token passes as anonymous
//   preflight = false                    # true: a CORS preflight passes; your proxy must overwrite
//                                        # X-Original-Method, or X-Forwarded-Method
//   aud_mismatch = 401                   # or 403
//   unavailable = 503                    # or 403; unsaid, 403 for Envoy, which may be told to let
//                                        # pass whatever is answered 503, and 503 for all others
//
//   realm = "simdjwt"                    # in challenges, as are the next two
//   error_description = true
//   resource_metadata = "https://api.example/.well-known/oauth-protected-resource"   # RFC 9728
//
//   identity_headers = { X-Jwt-Sub = "sub", X-Jwt-Scope = "scope" }    # header = claim
//   payload_header = "X-Jwt-Payload"     # the claims, base64url
//   strip_token = false                  # true: Envoy takes Authorization out of what it hands on
//   cache_seconds = 0                    # how long nginx may remember that a token was good
//
//   introspection_secret_file = "introspection.secret"   # who shows it may ask /introspect/NAME;
//                                        # absent: there is no such endpoint

#ifndef SIMDJWT_IO_SERVE_POLICY_CONFIG_H_
#define SIMDJWT_IO_SERVE_POLICY_CONFIG_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "http/status.h"
#include "serve/key_config.h"
#include "serve/toml_section.h"
#include "simdjwt/key.h"
#include "simdjwt/policy.h"

namespace simdjwt::serve {

// What the challenges tell (RFC 6750 section 3): printable ASCII without '"' and '\'.
struct ChallengeConfig {
  std::string realm = "simdjwt";
  std::string scope = {};              // blank-separated; what a token needs, empty if nothing
  std::string resource_metadata = {};  // an absolute URL, or empty
  std::string resources_at = {};       // of servers: where that is, but for the name; or empty
  bool has_description = true;
};

// Where a request may carry its token.
struct TokenSource {
  enum class Kind : uint8_t { kAuthorization, kHeader, kCookie, kQuery };
  Kind kind = Kind::kAuthorization;
  std::string name = {};  // of a header, in lower case; of a cookie or a query parameter

  friend bool operator==(const TokenSource&, const TokenSource&) = default;
};

// A response header that tells the proxy who the caller is.
struct IdentityHeader {
  std::string header;
  std::string claim;

  friend bool operator==(const IdentityHeader&, const IdentityHeader&) = default;
};

struct PolicyConfig {
  std::string name = {};
  KeyConfig keys = {};
  std::vector<KeyConfig> issuers = {};     // instead of keys, sorted by issuer; or empty
  std::vector<Algorithm> algorithms = {};  // of the keys; empty: whatever they name
  Policy demands = Policy::signature_only();
  ChallengeConfig challenge = {};
  std::vector<TokenSource> token_from = {TokenSource()};  // one or more, in order of preference
  bool is_optional = false;
  bool passes_preflight = false;
  http::Status aud_mismatch = http::Status::kUnauthorized;
  std::optional<http::Status> unavailable = {};       // nullopt: as suits the contract
  std::vector<IdentityHeader> identity_headers = {};  // sorted by header
  std::string payload_header = {};                    // empty: none
  bool strips_token = false;
  int64_t cache_seconds = 0;
  std::string introspection_secret_file = {};  // empty: none

  // Of issuers, or keys alone.
  [[nodiscard]] std::span<const KeyConfig> all_keys() const noexcept {
    return issuers.empty() ? std::span(&keys, 1) : std::span(issuers);
  }
};

// Reads a [policy.NAME]; what is wrong in it is noted in its file. `config_path` is what paths are
// relative to.
[[nodiscard]] PolicyConfig read_policy(TomlSection section, const std::string& config_path,
                                       jwks::PlainHttp plain_http = jwks::PlainHttp::kRefuse);

// What a [registry] says of how its servers are asked: the keys from token_from to cache_seconds,
// and realm and error_description. The rest is the registry's to say.
[[nodiscard]] PolicyConfig read_conduct_of_servers(TomlSection& section);

// What a policy means, indented lines.
[[nodiscard]] std::string describe(const PolicyConfig& policy);

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_POLICY_CONFIG_H_
