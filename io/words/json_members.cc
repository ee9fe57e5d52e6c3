// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "words/json_members.h"

#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "simdjwt/limits.h"
#include "words/text.h"

namespace simdjwt::words {
namespace {

namespace ondemand = simdjson::ondemand;

// The text of a value of any type. On-Demand, as the DOM gives numbers back in other words and
// refuses large ones.
bool raw_text(ondemand::value value, std::string_view& raw) {
  ondemand::json_type type;
  if (value.type().get(type) != simdjson::SUCCESS) return false;
  ondemand::array array;
  ondemand::object object;
  switch (type) {
    case ondemand::json_type::array:
      return value.get_array().get(array) == simdjson::SUCCESS &&
             array.raw_json().get(raw) == simdjson::SUCCESS;
    case ondemand::json_type::object:
      return value.get_object().get(object) == simdjson::SUCCESS &&
             object.raw_json().get(raw) == simdjson::SUCCESS;
    default:
      raw = value.raw_json_token();
      raw = raw.substr(0, raw.find_last_not_of(" \t\r\n") + 1);
      return true;
  }
}

}  // namespace

std::optional<std::string> JsonMember::string() const {
  simdjson::padded_string padded(raw);
  ondemand::parser parser;
  ondemand::document document;
  std::string_view text;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS ||
      document.get_string().get(text) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return std::string(text);
}

std::optional<int64_t> JsonMember::time() const {
  simdjson::padded_string padded(raw);
  ondemand::parser parser;
  ondemand::document document;
  double seconds = 0;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS ||
      document.get_double().get(seconds) != simdjson::SUCCESS || !(seconds >= 0) ||
      seconds >= static_cast<double>(kNumericDateMax + 1)) {
    return std::nullopt;
  }
  return static_cast<int64_t>(seconds);
}

std::vector<JsonMember> json_members(std::string_view json) {
  std::vector<JsonMember> members;
  simdjson::padded_string padded(json);
  ondemand::parser parser;
  ondemand::document document;
  ondemand::object object;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS ||
      document.get_object().get(object) != simdjson::SUCCESS) {
    return members;
  }
  for (auto result : object) {
    ondemand::field field;
    std::string_view name;
    std::string_view raw;
    if (std::move(result).get(field) != simdjson::SUCCESS ||
        field.unescaped_key().get(name) != simdjson::SUCCESS || !raw_text(field.value(), raw)) {
      break;
    }
    members.push_back({std::string(name), std::string(raw)});
  }
  return members;
}

const JsonMember* find_member(const std::vector<JsonMember>& members, std::string_view name) {
  const auto found = std::ranges::find(members, name, &JsonMember::name);
  return found == members.end() ? nullptr : &*found;
}

JsonObjectText& JsonObjectText::add(std::string_view name, std::string_view raw_value) {
  if (!members_.empty()) members_ += ',';
  members_ += json_string(name) + ':';
  members_ += raw_value;
  return *this;
}

}  // namespace simdjwt::words
