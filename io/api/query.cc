// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "api/query.h"

#include <algorithm>

#include "http/grammar.h"
#include "net/decimal.h"
#include "serve/text.h"

namespace simdjwt::api {
namespace {

constexpr int64_t kLimitDefault = 50;
constexpr int64_t kLimitMax = 500;

std::optional<std::string> decoded(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? http::hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? http::hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high << 4 | low);
    i += 2;
  }
  return decoded;
}

std::optional<int64_t> parse_number(std::string_view text) {
  const auto number = net::parse_decimal<int64_t>(text);
  return number.value_or(-1) < 0 ? std::nullopt : number;
}

}  // namespace

std::string make_cursor(char kind, std::string_view place) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string cursor;
  std::string whole(1, kind);
  whole += place;
  for (const char c : whole) {
    const auto byte = static_cast<unsigned char>(c);
    cursor += kDigits[byte >> 4];
    cursor += kDigits[byte & 15];
  }
  return cursor;
}

Query::Query(std::string_view query) {
  while (!query.empty()) {
    const size_t end = std::min(query.find('&'), query.size());
    add(query.substr(0, end));
    query.remove_prefix(std::min(end + 1, query.size()));
  }
}

void Query::add(std::string_view pair) {
  const size_t equals = std::min(pair.find('='), pair.size());
  const auto name = decoded(pair.substr(0, equals));
  const auto value = decoded(pair.substr(std::min(equals + 1, pair.size())));
  if (!name || !value) return fail(pair.substr(0, equals), "is not percent-encoded");
  if (std::any_of(parameters_.begin(), parameters_.end(),
                  [&name](const Parameter& other) { return other.name == *name; })) {
    return fail(*name, "is there twice");
  }
  parameters_.push_back({*name, *value, false});
}

std::optional<std::string> Query::text(std::string_view name) {
  for (Parameter& parameter : parameters_) {
    if (parameter.name != name) continue;
    parameter.was_asked = true;
    return parameter.value;
  }
  return std::nullopt;
}

std::optional<size_t> Query::choice(std::string_view name,
                                    std::initializer_list<std::string_view> choices) {
  const std::optional<std::string> chosen = text(name);
  if (!chosen) return std::nullopt;
  const auto* const found = std::find(choices.begin(), choices.end(), *chosen);
  if (found != choices.end()) return static_cast<size_t>(found - choices.begin());
  std::string all;
  for (const std::string_view choice : choices) serve::append(all, all.empty() ? "" : ", ", choice);
  fail(name, serve::concat("is none of ", all));
  return std::nullopt;
}

std::optional<int64_t> Query::number(std::string_view name) {
  const std::optional<std::string> given = text(name);
  if (!given) return std::nullopt;
  const std::optional<int64_t> number = parse_number(*given);
  if (!number) fail(name, "is not a number");
  return number;
}

size_t Query::limit() {
  const std::optional<std::string> given = text("limit");
  if (!given) return kLimitDefault;
  const std::optional<int64_t> limit = parse_number(*given);
  if (limit && *limit >= 1 && *limit <= kLimitMax) return static_cast<size_t>(*limit);
  fail("limit", serve::concat("is not a number from 1 to ", kLimitMax));
  return kLimitDefault;
}

std::optional<std::string> Query::cursor(char kind) {
  const std::optional<std::string> given = text("cursor");
  if (!given) return std::nullopt;
  std::string place;
  bool is_sound = given->size() >= 4 && given->size() % 2 == 0;
  for (size_t i = 0; is_sound && i < given->size(); i += 2) {
    const int high = http::hex_value((*given)[i]);
    const int low = http::hex_value((*given)[i + 1]);
    is_sound = high >= 0 && low >= 0;
    place += static_cast<char>(high << 4 | low);
  }
  if (is_sound && place.front() == kind) return place.substr(1);
  fail("cursor", "is not the next of a page of this list");
  return std::nullopt;
}

std::optional<int64_t> Query::numeric_cursor(char kind) {
  const std::optional<std::string> place = cursor(kind);
  if (!place) return std::nullopt;
  const std::optional<int64_t> number = parse_number(*place);
  if (!number) fail("cursor", "is not the next of a page of this list");
  return number;
}

std::optional<Problem> Query::finish() {
  for (const Parameter& parameter : parameters_) {
    if (!parameter.was_asked) fail(parameter.name, "is not known here");
  }
  return problem_;
}

void Query::fail(std::string_view name, std::string detail) {
  if (problem_) return;
  problem_ = Problem{.status = http::Status::kBadRequest,
                     .code = "invalid_parameter",
                     .detail = std::move(detail),
                     .parameter = std::string(name)};
}

}  // namespace simdjwt::api
