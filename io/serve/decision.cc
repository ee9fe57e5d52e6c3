// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/decision.h"

#include <openssl/evp.h>
#include <simdjson.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "serve/json_text.h"
#include "simdjwt/token.h"

namespace simdjwt::serve {
namespace {

constexpr int64_t kNanosecondsPerSecond = 1'000'000'000;
constexpr size_t kFingerprintBytes = 6;

// What the texts of a line may take, escaped. Together with all else it is kDecisionLineBytesMax.
constexpr size_t kUriBytesMax = 1024;
constexpr size_t kLongBytesMax = 256;
constexpr size_t kShortBytesMax = 128;
static_assert(kUriBytesMax + 4 * kLongBytesMax + 6 * kShortBytesMax + 768 < kDecisionLineBytesMax);

constexpr std::string_view kResults[] = {"allowed", "anonymous", "denied", "error"};

void append_text(std::string& out, std::string_view name, std::string_view text, size_t bytes_max) {
  if (text.empty()) return;
  out.append(",\"").append(name).append("\":");
  append_json_string(out, text, bytes_max);
}

void append_number(std::string& out, std::string_view name, uint64_t number) {
  out.append(",\"").append(name).append("\":").append(std::to_string(number));
}

// RFC 3339.
void append_time(std::string& out, int64_t unix_nanoseconds) {
  const int64_t nanoseconds = unix_nanoseconds % kNanosecondsPerSecond;
  const time_t seconds = unix_nanoseconds / kNanosecondsPerSecond;
  tm utc{};
  gmtime_r(&seconds, &utc);
  char text[40];
  out.append(text, strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &utc));
  out.append(text, static_cast<size_t>(std::snprintf(text, sizeof(text), ".%09ldZ", nanoseconds)));
}

void append_fingerprint(std::string& out, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  if (EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1) {
    return;
  }
  out.append(",\"").append(name).append("\":\"");
  for (size_t i = 0; i < kFingerprintBytes; ++i) {
    constexpr std::string_view kHex = "0123456789abcdef";
    out += kHex[digest[i] >> 4];
    out += kHex[digest[i] & 0xf];
  }
  out += '"';
}

bool is_token_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '%';
}

// Clients put tokens where none belong: into a path, into a request id. A token begins with the
// base64url of a brace and a quote, a blank or a line end.
std::string without_tokens(std::string_view text) {
  constexpr size_t kRunBytesMin = 20;
  std::string clean;
  while (!text.empty()) {
    const size_t begin =
        std::min({text.find("eyJ"), text.find("eyA"), text.find("ewo"), text.size()});
    size_t end = begin;
    while (end < text.size() && is_token_character(text[end])) ++end;
    clean.append(text.substr(0, begin));
    clean.append(end - begin >= kRunBytesMin ? "[token]" : text.substr(begin, end - begin));
    text.remove_prefix(end);
  }
  return clean;
}

void append_header_facts(std::string& out, std::string_view token) {
  if (token.empty()) return;
  const absl::StatusOr<UnverifiedToken> decoded = decode_unverified(token);
  if (!decoded.ok()) return;
  simdjson::dom::parser parser;
  simdjson::dom::element header;
  if (parser.parse(decoded->header_json).get(header) != simdjson::SUCCESS) return;
  for (const char* const name : {"alg", "kid"}) {
    std::string_view text;
    if (header[name].get(text) != simdjson::SUCCESS) continue;
    append_text(out, name, without_tokens(text), kShortBytesMax);
  }
}

}  // namespace

void append_decision_line(std::string& out, const Decision& decision, int64_t unix_nanoseconds,
                          Subjects subjects) {
  const bool is_allowed =
      decision.result == DecisionResult::kAllowed || decision.result == DecisionResult::kAnonymous;
  out += "{\"ts\":\"";
  append_time(out, unix_nanoseconds);
  out.append("\",\"level\":\"").append(is_allowed ? "info" : "warn");
  out.append("\",\"event\":\"decision\",\"result\":\"");
  out.append(kResults[static_cast<size_t>(decision.result)]).append("\"");
  if (decision.reason != Reason::kNone) {
    append_text(out, "reason", to_string(decision.reason), kShortBytesMax);
  }
  append_number(out, "status", static_cast<uint64_t>(decision.status));
  append_text(out, "contract", to_string(decision.contract), kShortBytesMax);
  append_text(out, "policy", decision.policy, kLongBytesMax);
  append_text(out, "method", without_tokens(decision.method), kShortBytesMax);
  append_text(out, "host", without_tokens(decision.host), kLongBytesMax);
  const std::string_view path = decision.uri.substr(0, decision.uri.find_first_of("?#"));
  append_text(out, "uri", without_tokens(path), kUriBytesMax);
  append_text(out, "client", without_tokens(decision.client), kShortBytesMax);
  append_text(out, "request_id", without_tokens(decision.request_id), kShortBytesMax);
  append_header_facts(out, decision.token);
  append_text(out, "iss", decision.iss, kLongBytesMax);
  if (subjects == Subjects::kHashed) {
    append_fingerprint(out, "sub_hash", decision.sub);
  } else {
    append_text(out, "sub", decision.sub, kLongBytesMax);
  }
  append_text(out, "jti", decision.jti, kShortBytesMax);
  append_fingerprint(out, "token", decision.token);
  append_number(out, "dur_ns", decision.duration_nanoseconds);
  out += "}\n";
}

}  // namespace simdjwt::serve
