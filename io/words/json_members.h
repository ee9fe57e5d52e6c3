// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The members of a JSON object, to be shown to people. Nothing here decides about a token: that
// is done by then, or, in `decode`, not done at all.

#ifndef SIMDJWT_IO_WORDS_JSON_MEMBERS_H_
#define SIMDJWT_IO_WORDS_JSON_MEMBERS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace simdjwt::words {

struct JsonMember {
  std::string name;  // unescaped
  std::string raw;   // the value's JSON text

  // The value unescaped, if it is a string.
  std::optional<std::string> string() const;
  // The value in whole seconds, if it is a number from 0 to kNumericDateMax.
  std::optional<int64_t> time() const;
};

// In the order of the text. Stops at the first that cannot be read; empty for what is no object.
std::vector<JsonMember> json_members(std::string_view json);

// The first member of this name, or null.
const JsonMember* find_member(const std::vector<JsonMember>& members, std::string_view name);

// Builds one JSON object on one line.
class JsonObjectText {
 public:
  // Appends a member whose value is JSON text already.
  JsonObjectText& add(std::string_view name, std::string_view raw_value);
  std::string text() const { return '{' + members_ + '}'; }

 private:
  std::string members_;
};

}  // namespace simdjwt::words

#endif  // SIMDJWT_IO_WORDS_JSON_MEMBERS_H_
