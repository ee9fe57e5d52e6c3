// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The escapes of JSON strings (RFC 8259 section 7), and the strings of an array. Input is UTF-8
// without raw control characters: JsonReader has made sure of that.

#ifndef SIMDJWT_CORE_JOSE_JSON_STRING_H_
#define SIMDJWT_CORE_JOSE_JSON_STRING_H_

#include <cstddef>
#include <string_view>

namespace simdjwt::jose {

// Whether every escape in `escaped` (what is between the quotes) is one that RFC 8259 knows, and
// none is half of a surrogate pair.
bool json_escapes_valid(std::string_view escaped) noexcept;

// Writes `escaped`, whose escapes are valid, to `out` without them and returns the end of the
// output, which is at most as long as the input.
char* unescape_json_string(char* out, std::string_view escaped) noexcept;

// Whether the valid string `escaped` stands for `plain`. Does not allocate.
bool json_string_equals(std::string_view escaped, std::string_view plain) noexcept;

// Walks over the strings among the elements of a valid JSON array:
//
//   for (JsonStrings strings(raw); strings.next();) use(strings.escaped());
class JsonStrings {
 public:
  // `array` is the valid JSON text of an array, brackets included.
  explicit JsonStrings(std::string_view array) noexcept : rest_(array.substr(1)) {}

  // Steps to the next string, over elements that are none; false at the end.
  bool next() noexcept;
  // The current string, between its quotes.
  [[nodiscard]] std::string_view escaped() const noexcept { return escaped_; }
  // Whether every element so far was a string.
  [[nodiscard]] bool all_strings() const noexcept { return all_strings_; }

 private:
  void skip_string() noexcept;
  void skip_other() noexcept;

  std::string_view rest_;
  std::string_view escaped_;
  bool all_strings_ = true;
};

}  // namespace simdjwt::jose

#endif  // SIMDJWT_CORE_JOSE_JSON_STRING_H_
