// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "oauth/parameters.h"

#include <simdjson.h>

#include <algorithm>

#include "http/form.h"
#include "http/grammar.h"

namespace simdjwt::oauth {
namespace {

constexpr size_t kFieldsMax = 64;

absl::Status invalid(const char* message) { return absl::InvalidArgumentError(message); }

// "application/json; charset=utf-8" is of the type "application/json".
bool is_of_type(const serve::ControlRequest& request, std::string_view type) {
  const http::Found field = request.field("content-type");
  if (field.count != 1) return false;
  const std::string_view found = http::trim(field.value.substr(0, field.value.find(';')));
  return std::ranges::equal(found, type, {}, [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  });
}

}  // namespace

absl::StatusOr<Parameters> Parameters::of_form(const serve::ControlRequest& request) {
  if (!is_of_type(request, "application/x-www-form-urlencoded")) {
    return invalid("the body is no application/x-www-form-urlencoded");
  }
  auto fields = http::parse_form(request.body, kFieldsMax);
  if (!fields) return invalid("the form is malformed");
  return checked(*std::move(fields));
}

absl::StatusOr<Parameters> Parameters::of_json(const serve::ControlRequest& request) {
  if (!is_of_type(request, "application/json")) return invalid("the body is no application/json");
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(request.body).get_object().get(object) != simdjson::SUCCESS) {
    return invalid("the body is no JSON object");
  }
  Fields fields;
  for (const auto member : object) {
    std::string_view value;
    if (member.value.get(value) != simdjson::SUCCESS) continue;
    fields.emplace_back(std::string(member.key), std::string(value));
  }
  return checked(std::move(fields));
}

absl::StatusOr<Parameters> Parameters::checked(Fields fields) {
  std::vector<std::string_view> names;
  for (const auto& [name, value] : fields) {
    if (name != "resource") names.push_back(name);
  }
  std::ranges::sort(names);
  if (std::ranges::adjacent_find(names) != names.end()) return invalid("a parameter is repeated");
  Parameters parameters;
  parameters.fields_ = std::move(fields);
  return parameters;
}

std::string_view Parameters::get(std::string_view name) const noexcept {
  const auto found = std::ranges::find(fields_, name, &Fields::value_type::first);
  return found == fields_.end() ? std::string_view() : found->second;
}

std::vector<std::string> Parameters::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : fields_) {
    if (key == name && !value.empty()) values.push_back(value);
  }
  return values;
}

}  // namespace simdjwt::oauth
