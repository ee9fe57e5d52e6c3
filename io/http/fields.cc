// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "http/fields.h"

#include <algorithm>

#include "http/grammar.h"

namespace simdjwt::http {
namespace {

// Names may hold any token character, so that setting bit 5 does not do here.
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// Calls visit(value) for every field by the name.
template <typename Visit>
void for_each_field(std::string_view fields, std::string_view lower_name, Visit visit) {
  while (!fields.empty()) {
    const size_t end = fields.find('\n');
    const std::string_view line = fields.substr(0, end - 1);  // a CR precedes
    fields.remove_prefix(end + 1);
    if (line.size() <= lower_name.size() || line[lower_name.size()] != ':') continue;
    if (!std::equal(lower_name.begin(), lower_name.end(), line.begin(),
                    [](char a, char b) { return a == lower(b); })) {
      continue;
    }
    visit(trim(line.substr(lower_name.size() + 1)));
  }
}

// Adds the "name=value" among the parts of `text`.
void add_pairs(Found& found, std::string_view text, char separator, std::string_view name) {
  while (!text.empty()) {
    const size_t end = std::min(text.find(separator), text.size());
    std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (separator == ';') pair = trim(pair);
    if (pair.size() <= name.size() || pair[name.size()] != '=' || !pair.starts_with(name)) continue;
    if (found.count++ == 0) found.value = pair.substr(name.size() + 1);
  }
}

}  // namespace

Found find_field(std::string_view fields, std::string_view lower_name) noexcept {
  Found found;
  for_each_field(fields, lower_name, [&found](std::string_view value) {
    if (found.count++ == 0) found.value = value;
  });
  return found;
}

Found find_cookie(std::string_view fields, std::string_view name) noexcept {
  Found found;
  for_each_field(fields, "cookie", [&found, name](std::string_view cookies) {
    add_pairs(found, cookies, ';', name);
  });
  return found;
}

Found find_parameter(std::string_view query, std::string_view name) noexcept {
  Found found;
  add_pairs(found, query, '&', name);
  return found;
}

}  // namespace simdjwt::http
