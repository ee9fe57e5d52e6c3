// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// ClaimsText: a claims object put together from a file and options.

#ifndef SIMDJWT_TOOLS_CLI_CLAIMS_TEXT_H_
#define SIMDJWT_TOOLS_CLI_CLAIMS_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace simdjwt::cli {

class ClaimsText {
 public:
  // No claims yet.
  ClaimsText() = default;
  // Those of a valid JSON object.
  explicit ClaimsText(std::string_view object);

  // Each throws UsageError for a claim that is there already: which of the two is meant?
  void add_json(const std::string& name, std::string_view raw_value);
  void add_string(const std::string& name, std::string_view value);
  void add_number(const std::string& name, int64_t value);
  // A string, or an array where there are several (RFC 7519 section 4.1.3). Nothing for none.
  void add_strings(const std::string& name, const std::vector<std::string>& values);
  // NAME=VALUE, the value being JSON, or text if it is no JSON.
  void add_assignment(std::string_view assignment);

  bool has(std::string_view name) const;
  std::string text() const { return '{' + members_ + '}'; }

 private:
  std::string members_;
  std::vector<std::string> names_;
};

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_CLAIMS_TEXT_H_
