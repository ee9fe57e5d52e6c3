// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/credentials.h"

#include <openssl/evp.h>

#include <algorithm>

#include "http/fields.h"
#include "http/grammar.h"

namespace simdjwt::serve {
namespace {

// An empty field, cookie or parameter is none: that is how a cookie is taken back.
Credentials find_in(const http::Request& request, const TokenSource& source) noexcept {
  using Kind = Credentials::Kind;
  http::Found found;
  switch (source.kind) {
    case TokenSource::Kind::kAuthorization: {
      if (request.num_authorizations > 1) return {Kind::kMultiple};
      const std::optional<std::string_view> token = credentials_of(request.authorization, "bearer");
      return token ? Credentials{Kind::kToken, *token} : Credentials();
    }
    case TokenSource::Kind::kHeader:
      found = http::find_field(request.fields, source.name);
      found.value = credentials_of(found.value, "bearer").value_or(found.value);
      break;
    case TokenSource::Kind::kCookie:
      found = http::find_cookie(request.fields, source.name);
      break;
    case TokenSource::Kind::kQuery:
      found = http::find_parameter(request.query, source.name);
      break;
  }
  if (found.count > 1) return {Kind::kMultiple};
  return found.value.empty() ? Credentials() : Credentials{Kind::kToken, found.value};
}

}  // namespace

Credentials find_credentials(const http::Request& request,
                             std::span<const TokenSource> sources) noexcept {
  Credentials credentials;
  for (const TokenSource& source : sources) {
    const Credentials more = find_in(request, source);
    if (more.kind == Credentials::Kind::kNone) continue;
    if (more.kind == Credentials::Kind::kMultiple) return more;
    if (credentials.kind == Credentials::Kind::kToken && credentials.token != more.token) {
      return {Credentials::Kind::kMultiple};
    }
    credentials = more;
  }
  return credentials;
}

std::optional<std::string_view> credentials_of(std::string_view authorization,
                                               std::string_view scheme) noexcept {
  if (!http::equals_ignoring_case(authorization.substr(0, scheme.size()), scheme)) {
    return std::nullopt;
  }
  authorization.remove_prefix(scheme.size());
  if (!authorization.empty() && authorization.front() != ' ') return std::nullopt;
  while (authorization.starts_with(' ')) authorization.remove_prefix(1);
  return authorization;
}

bool is_b64token(std::string_view text) noexcept {
  const auto is_b64_char = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '.' || c == '_' || c == '~' || c == '+' || c == '/';
  };
  while (text.ends_with('=')) text.remove_suffix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), is_b64_char);
}

std::optional<BasicCredentials> basic_credentials_of(std::string_view authorization) {
  constexpr size_t kEncodedBytesMax = 4096;
  const auto encoded = credentials_of(authorization, "basic");
  if (!encoded || encoded->empty() || encoded->size() % 4 != 0 ||
      encoded->size() > kEncodedBytesMax) {
    return std::nullopt;
  }
  std::string text(encoded->size() / 4 * 3, '\0');
  const int num_bytes = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                        reinterpret_cast<const unsigned char*>(encoded->data()),
                                        static_cast<int>(encoded->size()));
  if (num_bytes < 0) return std::nullopt;
  const size_t num_padding = encoded->ends_with("==") ? 2 : encoded->ends_with('=') ? 1 : 0;
  text.resize(static_cast<size_t>(num_bytes) - num_padding);
  const size_t colon = text.find(':');
  if (colon == std::string::npos) return std::nullopt;
  return BasicCredentials{text.substr(0, colon), text.substr(colon + 1)};
}

}  // namespace simdjwt::serve
