// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "status/status_list_token.h"

#include <simdjson.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "serve/json_text.h"
#include "serve/text.h"
#include "simdjwt/document.h"
#include "simdjwt/limits.h"

namespace simdjwt::status {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

absl::Status invalid(std::string message) { return absl::InvalidArgumentError(std::move(message)); }

absl::Status wrong(std::string_view member) {
  return invalid(serve::concat("the status list has no ", member, " or not of the right type"));
}

// The object, if no name is there twice: parsers differ in which of the two counts.
absl::StatusOr<object> unambiguous(const element& value, std::string_view name) {
  object members;
  if (value.get(members) != simdjson::SUCCESS) return wrong(name);
  std::vector<std::string_view> names;
  for (const auto member : members) names.push_back(member.key);
  std::ranges::sort(names);
  if (std::ranges::adjacent_find(names) != names.end()) {
    return invalid(serve::concat("the status list's ", name, " have a member twice"));
  }
  return members;
}

// A number of seconds, whole or not; rounded down. nullopt for what is none, or out of range.
std::optional<int64_t> seconds_of(const element& value) {
  double seconds = 0;
  if (value.get(seconds) != simdjson::SUCCESS) return std::nullopt;
  if (!(seconds >= 0 && seconds <= static_cast<double>(kNumericDateMax))) return std::nullopt;
  return static_cast<int64_t>(seconds);
}

// Fails for a member that is there and is no number of seconds.
absl::Status read_seconds(std::optional<int64_t>& seconds, const object& claims, const char* name) {
  element value;
  if (claims[name].get(value) != simdjson::SUCCESS) return absl::OkStatus();
  seconds = seconds_of(value);
  return seconds ? absl::OkStatus() : wrong(name);
}

absl::StatusOr<StatusList> read_list(const object& claims, size_t bytes_max) {
  element value;
  if (claims["status_list"].get(value) != simdjson::SUCCESS) return wrong("status_list");
  const absl::StatusOr<object> members = unambiguous(value, "status_list");
  if (!members.ok()) return members.status();
  uint64_t bits = 0;
  std::string_view lst;
  if ((*members)["bits"].get(bits) != simdjson::SUCCESS) return wrong("bits");
  if ((*members)["lst"].get(lst) != simdjson::SUCCESS) return wrong("lst");
  return StatusList::decode(bits, lst, bytes_max);
}

absl::Status check_times(const StatusListToken& token, int64_t leeway_seconds, int64_t now) {
  if (token.issued > now + leeway_seconds) return invalid("the status list is of the future");
  if (token.expires && *token.expires <= now) return invalid("the status list has expired");
  if (token.ttl_seconds && *token.ttl_seconds == 0) return wrong("ttl");
  return absl::OkStatus();
}

absl::StatusOr<StatusListToken> read_claims(const std::string& payload, std::string_view uri,
                                            size_t bytes_max, int64_t leeway_seconds, int64_t now) {
  simdjson::dom::parser parser;
  element document;
  if (parser.parse(payload).get(document) != simdjson::SUCCESS) {
    return invalid("the status list's claims are no JSON");
  }
  const absl::StatusOr<object> claims = unambiguous(document, "claims");
  if (!claims.ok()) return claims.status();
  std::string_view sub;
  if ((*claims)["sub"].get(sub) != simdjson::SUCCESS) return wrong("sub");
  if (sub != uri) return invalid("the status list is another: its sub is not where it was found");
  std::optional<int64_t> issued;
  std::optional<int64_t> expires;
  std::optional<int64_t> ttl;
  absl::Status status = read_seconds(issued, *claims, "iat");
  status.Update(read_seconds(expires, *claims, "exp"));
  status.Update(read_seconds(ttl, *claims, "ttl"));
  if (!status.ok()) return status;
  if (!issued) return wrong("iat");
  absl::StatusOr<StatusList> list = read_list(*claims, bytes_max);
  if (!list.ok()) return list.status();
  StatusListToken token{std::string(uri), *issued, expires, ttl, *std::move(list)};
  if (absl::Status s = check_times(token, leeway_seconds, now); !s.ok()) return s;
  return token;
}

}  // namespace

absl::StatusOr<std::string> sign_status_list(const Signer& signer, const StatusListToken& token) {
  const absl::StatusOr<std::string> lst = token.list.encode();
  if (!lst.ok()) return lst.status();
  std::string json = "{\"sub\":";
  serve::append_json_string(json, token.uri);
  serve::append(json, ",\"iat\":", token.issued);
  if (token.expires) serve::append(json, ",\"exp\":", *token.expires);
  if (token.ttl_seconds) serve::append(json, ",\"ttl\":", *token.ttl_seconds);
  serve::append(json, ",\"status_list\":{\"bits\":", token.list.bits(), ",\"lst\":\"", *lst,
                "\"}}");
  return signer.sign_document(json);
}

absl::StatusOr<StatusListToken> read_status_list(std::string_view text, std::string_view uri,
                                                 const KeySet& keys, size_t bytes_max,
                                                 int64_t leeway_seconds, int64_t now) {
  std::string payload;
  const Verdict verdict = verify_document(keys, payload, text, kTyp, now);
  if (verdict != Verdict::kValid) {
    const bool is_key_unknown = verdict == Verdict::kNoMatchingKey;
    return absl::Status(
        is_key_unknown ? absl::StatusCode::kNotFound : absl::StatusCode::kInvalidArgument,
        serve::concat("the status list is not to be trusted: ", to_string(verdict)));
  }
  return read_claims(payload, uri, bytes_max, leeway_seconds, now);
}

std::string to_json(const StatusReference& reference) {
  std::string json = serve::concat("{\"status_list\":{\"idx\":", reference.index, ",\"uri\":");
  serve::append_json_string(json, reference.uri);
  return json + "}}";
}

}  // namespace simdjwt::status
