// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/field.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <array>

#include "http/grammar.h"
#include "http/request.h"
#include "words/text.h"

namespace simdjwt::registry {

Field split_field(std::string_view text) noexcept {
  Field field{.value = text};
  const size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  if (colon != std::string_view::npos && !name.empty() && http::kTokenChars.holds_all_of(name)) {
    field = {name, text.substr(colon + 1)};
  }
  field.value = http::trim(field.value);
  return field;
}

serve::Credentials credentials_in(const Field& field) noexcept {
  http::Request request;
  if (http::equals_ignoring_case(field.name, "authorization")) {
    request.authorization = field.value;
    request.num_authorizations = 1;
  }
  const std::array sources = {serve::TokenSource{.kind = serve::TokenSource::Kind::kAuthorization}};
  return serve::find_credentials(request, sources);
}

std::string why_no_token(const Field& field) {
  if (!http::equals_ignoring_case(field.name, "authorization")) {
    return absl::StrCat("the field ", words::quote(field.name));
  }
  if (field.value.empty()) return "nothing";
  const std::string_view scheme = field.value.substr(0, field.value.find(' '));
  if (scheme.size() == field.value.size()) return "one word: a token without \"Bearer\"?";
  return absl::StrCat("the scheme ", words::quote(scheme));
}

std::string why_malformed(std::string_view token) {
  if (token.empty()) return "no token behind \"Bearer\"";
  if (serve::credentials_of(token, "bearer")) return "\"Bearer\" twice";
  if (token.front() == '"' || token.front() == '\'') return "quotes around the token";
  const auto odd = std::ranges::find_if(token, [](char c) {
    return c != '=' && !serve::is_b64token({&c, 1});
  });
  if (odd == token.end()) return "no token";
  const auto index = static_cast<size_t>(odd - token.begin());
  return absl::StrCat(words::quote(token.substr(index, 1)), " as character ",
                      words::with_thousands(index + 1), " of the token");
}

}  // namespace simdjwt::registry
