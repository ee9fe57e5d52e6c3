// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include <gtest/gtest.h>
#include <simdjwt/verdict.h>

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>

namespace simdjwt {
namespace {

std::string read_readme() {
  std::ostringstream text;
  text << std::ifstream(SIMDJWT_README).rdbuf();
  return text.str();
}

std::string row_of(Verdict verdict) {
  return "\n| `" + std::string(to_string(verdict)) + "` | " +
         std::string(to_string(class_of(verdict))) + " | " + std::string(describe(verdict)) +
         " |\n";
}

TEST(Readme, ListsEveryVerdictInTheOrderOfThePipeline) {
  const std::string readme = read_readme();
  size_t at = 0;
  for (uint8_t i = 0; i < kNumVerdicts; ++i) {
    const std::string row = row_of(static_cast<Verdict>(i));
    at = readme.find(row, at);
    ASSERT_NE(at, std::string::npos) << row;
  }
}

}  // namespace
}  // namespace simdjwt
