// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cli/claims_text.h"

#include <simdjson.h>

#include <algorithm>

#include "cli/failure.h"
#include "cli/words.h"

namespace simdjwt::cli {
namespace {

bool is_json(std::string_view text) {
  simdjson::dom::parser parser;
  return !text.empty() && parser.parse(text.data(), text.size()).error() == simdjson::SUCCESS;
}

}  // namespace

ClaimsText::ClaimsText(std::string_view object) {
  const std::string one_line = format_json(object, JsonLayout::kOneLine);
  members_ = one_line.substr(1, one_line.size() - 2);
  for (const JsonMember& member : json_members(object)) names_.push_back(member.name);
}

void ClaimsText::add_json(const std::string& name, std::string_view raw_value) {
  if (has(name)) throw UsageError("the claim " + quote(name) + " is given twice");
  names_.push_back(name);
  if (!members_.empty()) members_ += ',';
  members_ += json_string(name) + ':';
  members_ += raw_value;
}

void ClaimsText::add_string(const std::string& name, std::string_view value) {
  add_json(name, json_string(value));
}

void ClaimsText::add_number(const std::string& name, int64_t value) {
  add_json(name, std::to_string(value));
}

void ClaimsText::add_strings(const std::string& name, const std::vector<std::string>& values) {
  if (values.empty()) return;
  if (values.size() == 1) return add_string(name, values.front());
  std::string array = "[";
  for (const std::string& value : values) {
    if (array.size() > 1) array += ',';
    array += json_string(value);
  }
  add_json(name, array + ']');
}

void ClaimsText::add_assignment(std::string_view assignment) {
  const size_t equals = assignment.find('=');
  if (equals == 0 || equals == std::string_view::npos) {
    throw UsageError("--claim: " + quote(assignment) + " is not NAME=VALUE");
  }
  const std::string name(assignment.substr(0, equals));
  const std::string_view value = assignment.substr(equals + 1);
  if (is_json(value)) {
    add_json(name, format_json(value, JsonLayout::kOneLine));
  } else if (value.starts_with('{') || value.starts_with('[') || value.starts_with('"')) {
    throw UsageError("--claim: " + quote(value) + " begins like JSON, but is not valid");
  } else {
    add_string(name, value);
  }
}

bool ClaimsText::has(std::string_view name) const {
  return std::ranges::find(names_, name) != names_.end();
}

}  // namespace simdjwt::cli
