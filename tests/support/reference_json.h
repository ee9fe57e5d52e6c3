// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// RFC 8259 once more, as slowly and plainly as possible: what core's reader is compared with.

#ifndef SIMDJWT_TESTS_SUPPORT_REFERENCE_JSON_H_
#define SIMDJWT_TESTS_SUPPORT_REFERENCE_JSON_H_

#include <simdjwt/verified_token.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace simdjwt::testing {

struct JsonValue {
  JsonType type = JsonType::kNull;
  std::string raw;                  // as it stands in the document
  std::string text;                 // of a string, unescaped
  std::vector<JsonValue> elements;  // of an array; of an object, the values of its members
  std::vector<std::string> names;   // of an object, in the same order

  // The value of the first member of this name, or null.
  const JsonValue* find(std::string_view name) const;
};

// The document, or nullopt unless all of it is one valid value in UTF-8, without half surrogate
// pairs, and no deeper than kJsonDepthMax.
std::optional<JsonValue> parse_json(std::string_view json);

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_SUPPORT_REFERENCE_JSON_H_
