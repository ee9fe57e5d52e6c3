// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jwks/discovery.h"

#include <simdjson.h>

namespace simdjwt::jwks {
namespace {

using simdjson::dom::object;

absl::Status invalid(std::string message) { return absl::InvalidArgumentError(std::move(message)); }

// The one string of this name.
absl::StatusOr<std::string> string_member(const object& document, std::string_view name) {
  const std::string quoted = std::string("\"").append(name).append("\"");
  std::string value;
  size_t count = 0;
  for (const auto field : document) {
    if (field.key != name) continue;
    std::string_view text;
    if (field.value.get(text) != simdjson::SUCCESS) {
      return invalid(std::string("its ").append(quoted).append(" is not a string"));
    }
    value = text;
    ++count;
  }
  if (count == 1) return value;
  return invalid(
      std::string("it has ").append(count == 0 ? "no " : "more than one ").append(quoted));
}

// What is within quotes in a message, whoever wrote it.
std::string printable(std::string_view text) {
  constexpr size_t kCharsMax = 200;
  std::string shown(text.substr(0, kCharsMax));
  for (char& c : shown) {
    if (c < ' ' || c > '~') c = '?';
  }
  return shown;
}

}  // namespace

absl::StatusOr<std::string> read_jwks_uri(std::string_view metadata, std::string_view issuer,
                                          PlainHttp plain_http) {
  simdjson::dom::parser parser;
  const simdjson::padded_string copy(metadata);
  object document;
  if (parser.parse(copy).get(document) != simdjson::SUCCESS) {
    return invalid("not a valid JSON object");
  }
  const absl::StatusOr<std::string> named = string_member(document, "issuer");
  if (!named.ok()) return named.status();
  if (*named != issuer) {
    return invalid(std::string("it is of the issuer \"").append(printable(*named)).append("\""));
  }
  absl::StatusOr<std::string> uri = string_member(document, "jwks_uri");
  if (!uri.ok()) return uri;
  if (const absl::Status status = check_url(*uri, plain_http); !status.ok()) {
    return invalid(std::string("its \"jwks_uri\" is \"")
                       .append(printable(*uri))
                       .append("\": ")
                       .append(std::string(status.message())));
  }
  return uri;
}

}  // namespace simdjwt::jwks
