// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cli/token_report.h"

#include "cli/registry_input.h"
#include "cli/table.h"
#include "cli/words.h"

namespace simdjwt::cli {
namespace {

using registry::Token;
using registry::TokenStatus;

// Why a token is inactive; empty for an active one.
std::string inactive_reason(const Token& token, int64_t now) {
  switch (status_of(token, now)) {
    case TokenStatus::kActive:
      return "";
    case TokenStatus::kRevoked:
      return "revoked";
    case TokenStatus::kExpired:
      return "expired";
    case TokenStatus::kSecretReplaced:
      return "secret replaced";
  }
  return "";
}

std::string time_text(std::optional<int64_t> time, const std::string& absent) {
  return time ? utc(*time) : absent;
}

std::string indented(std::string_view lines) {
  std::string out;
  while (!lines.empty()) {
    const size_t end = lines.find('\n') + 1;
    if (end > 1) out += "  ";
    out += lines.substr(0, end);
    lines.remove_prefix(end);
  }
  return out;
}

}  // namespace

std::string status_text(const Token& token, int64_t now) {
  const std::string reason = inactive_reason(token, now);
  return reason.empty() ? "Active" : "Inactive: " + reason;
}

std::string token_table(const std::vector<Token>& tokens, int64_t now) {
  Table table({"ID", "DESCRIPTION", "STATUS", "CREATED", "EXPIRES", "LAST USED", "SERVERS"});
  for (const Token& token : tokens) {
    table.add({token.jti, token.description, status_text(token, now), utc(token.created),
               time_text(token.expires, "never"), time_text(token.last_used, ""),
               joined(token.servers)});
  }
  return table.text();
}

std::string token_details(const Token& token, const std::string& value, int64_t now) {
  Details details;
  details.add("Token", token.jti);
  details.add("Description", token.description);
  details.add("Status", status_text(token, now));
  if (token.revoked) {
    const std::string reason = token.revoked->reason;
    details.add("Revoked",
                utc_and_distance(token.revoked->time, now) + (reason.empty() ? "" : ": " + reason));
  }
  details.add("Value", value);
  details.add("Created", utc_and_distance(token.created, now));
  details.add("Last used",
              token.last_used ? utc_and_distance(*token.last_used, now) : "no use recorded");
  details.add("Expires", token.expires ? utc_and_distance(*token.expires, now) : "never");
  details.add("Servers", joined(token.servers));
  details.add("Claims", format_json(token.claims_json, JsonLayout::kOneLine));
  return details.text();
}

std::string examples_text(const TokenExamples& examples) {
  return "\nThe token, for the examples below:\n\n" + indented(examples.environment) +
         "\ncurl:\n\n" + indented(examples.curl) + "\nJavaScript (Node.js):\n\n" +
         indented(examples.javascript) + "\nPython:\n\n" + indented(examples.python);
}

JsonObjectText token_json(const Token& token, int64_t now) {
  const std::string reason = inactive_reason(token, now);
  JsonObjectText object;
  object.add("jti", json_string(token.jti))
      .add("description", json_string(token.description))
      .add("active", reason.empty() ? "true" : "false")
      .add("inactive_reason", reason.empty() ? "null" : json_string(reason))
      .add("created", json_time(token.created))
      .add("expires", json_time(token.expires))
      .add("last_used", json_time(token.last_used))
      .add("revoked", token.revoked ? json_time(token.revoked->time) : "null")
      .add("revoked_reason", token.revoked ? json_string(token.revoked->reason) : "null")
      .add("servers", json_strings(token.servers))
      .add("claims", format_json(token.claims_json, JsonLayout::kOneLine));
  return object;
}

}  // namespace simdjwt::cli
