// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include <algorithm>
#include <string>
#include <string_view>

#include "serve/policy_config.h"
#include "serve/text.h"

namespace simdjwt::serve {
namespace {

std::string describe(const TokenSource& source) {
  switch (source.kind) {
    case TokenSource::Kind::kAuthorization:
      return "authorization";
    case TokenSource::Kind::kHeader:
      return "header:" + source.name;
    case TokenSource::Kind::kCookie:
      return "cookie:" + source.name;
    case TokenSource::Kind::kQuery:
      return "query:" + source.name;
  }
  return "";
}

}  // namespace

std::string describe(const PolicyConfig& policy) {
  std::string text = concat("policy ", policy.name, ":\n");
  for (const KeyConfig& keys : policy.all_keys()) {
    append(text, "  keys: ", keys.describe());
    for (const Algorithm algorithm : policy.algorithms) {
      append(text, algorithm == policy.algorithms.front() ? ", for " : ", ", to_string(algorithm));
    }
    text += '\n';
    if (const auto lists = keys.lists()) append(text, "  status lists: ", lists->name(), "\n");
  }
  const std::string demands = policy.demands.describe();
  for (std::string_view rest = demands; !rest.empty();) {
    const size_t line_bytes = std::min(rest.find('\n'), rest.size() - 1) + 1;
    const std::string_view line = rest.substr(0, line_bytes);
    const bool is_of_iss = !policy.issuers.empty() && line.starts_with("iss:");
    append(text, "  ", is_of_iss ? "iss: one of these, by whose keys it is verified\n" : line);
    rest.remove_prefix(line_bytes);
  }
  const ChallengeConfig& challenge = policy.challenge;
  append(text, "  challenge: realm \"", challenge.realm, "\"",
         challenge.has_description ? "" : ", without description");
  if (!challenge.resource_metadata.empty()) {
    append(text, ", metadata at ", challenge.resource_metadata);
  }
  append(text, "\n  token from:");
  for (const TokenSource& source : policy.token_from) append(text, " ", describe(source));
  append(text, "\n  without a token: ", policy.is_optional ? "anonymous" : "refused",
         "; CORS preflight: ", policy.passes_preflight ? "passes" : "as any request",
         "; wrong audience: ", static_cast<int>(policy.aud_mismatch), "; not to be judged: ",
         policy.unavailable ? concat(static_cast<int>(*policy.unavailable)) : "503 (Envoy: 403)",
         "\n");
  for (const IdentityHeader& header : policy.identity_headers) {
    append(text, "  ", header.header, ": ", header.claim, "\n");
  }
  if (!policy.payload_header.empty()) {
    append(text, "  ", policy.payload_header, ": all claims, base64url\n");
  }
  if (policy.strips_token) append(text, "  Envoy hands no token on\n");
  if (policy.cache_seconds > 0) {
    append(text, "  nginx may cache for ", policy.cache_seconds, " seconds\n");
  }
  if (!policy.introspection_secret_file.empty()) {
    append(text, "  introspection: by who knows ", policy.introspection_secret_file, "\n");
  }
  return text;
}

}  // namespace simdjwt::serve
