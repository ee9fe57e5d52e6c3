// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// The rules that sources keep and compilers do not check.

#ifndef SIMDJWT_TESTS_TIDY_SOURCE_RULES_H_
#define SIMDJWT_TESTS_TIDY_SOURCE_RULES_H_

#include <string>
#include <string_view>
#include <vector>

namespace simdjwt::testing {

// One line for each rule that the file breaks, "core/a.cc:7: what". `path` is relative to the
// project's folder.
std::vector<std::string> mistakes_in(std::string_view path, std::string_view text);

// C++ text with comments, strings and character constants blanked out; lines stay where they are.
std::string without_comments_and_strings(std::string_view text);

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_TIDY_SOURCE_RULES_H_
