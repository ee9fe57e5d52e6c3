// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jwks/cache_lifetime.h"

#include <curl/curl.h>
#include <strings.h>

#include <algorithm>
#include <utility>

#include "net/decimal.h"

namespace simdjwt::jwks {

using std::chrono::seconds;

namespace {

// More than anybody means, and small enough to reckon with (RFC 9111 section 1.2.2).
constexpr int64_t kSecondsMax = int64_t{1} << 31;

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

// Digits, also in quotes; as many as there may be.
std::optional<int64_t> parse_seconds(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  const bool is_number = !text.empty() && std::all_of(text.begin(), text.end(),
                                                      [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number) return std::nullopt;
  return std::min(net::parse_decimal<int64_t>(text).value_or(kSecondsMax), kSecondsMax);
}

std::optional<int64_t> parse_date(const std::string& text) {
  const time_t time = text.empty() ? -1 : curl_getdate(text.c_str(), nullptr);
  if (time < 0) return std::nullopt;
  return time;
}

struct Directives {
  bool forbids = false;  // no-store, no-cache
  std::optional<int64_t> max_age;
};

// Where a directive stands twice, the first one counts (RFC 9111 section 4.2.1).
Directives parse_directives(std::string_view fields) {
  Directives directives;
  bool has_max_age = false;
  while (!fields.empty()) {
    const size_t end = std::min(fields.find(','), fields.size());
    const std::string_view directive = trim(fields.substr(0, end));
    const size_t equals = std::min(directive.find('='), directive.size());
    const std::string_view name = trim(directive.substr(0, equals));
    if (equals_ignoring_case(name, "no-store") || equals_ignoring_case(name, "no-cache")) {
      directives.forbids = true;
    } else if (equals_ignoring_case(name, "max-age") && !std::exchange(has_max_age, true)) {
      const bool has_value = equals < directive.size();
      directives.max_age =
          has_value ? parse_seconds(trim(directive.substr(equals + 1))) : std::nullopt;
    }
    fields.remove_prefix(std::min(end + 1, fields.size()));
  }
  return directives;
}

}  // namespace

std::optional<seconds> cache_lifetime(const CacheFields& fields, int64_t now_unix_seconds) {
  const Directives directives = parse_directives(fields.cache_control);
  if (directives.forbids) return seconds(0);
  std::optional<int64_t> lifetime = directives.max_age;
  if (!lifetime && !fields.expires.empty()) {
    // What is no date, as the frequent "0", has passed (section 5.3).
    const int64_t date = parse_date(fields.date).value_or(now_unix_seconds);
    lifetime = parse_date(fields.expires).value_or(date) - date;
  }
  if (!lifetime) return std::nullopt;
  const int64_t age = parse_seconds(trim(fields.age)).value_or(0);
  return seconds(std::clamp<int64_t>(*lifetime - age, 0, kSecondsMax));
}

}  // namespace simdjwt::jwks
