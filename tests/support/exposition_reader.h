// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// A strict reader of Prometheus text format 0.0.4: what it takes, any scraper takes.

#ifndef SIMDJWT_TESTS_SUPPORT_EXPOSITION_READER_H_
#define SIMDJWT_TESTS_SUPPORT_EXPOSITION_READER_H_

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace simdjwt::testing {

// Series, as they are written with their labels, to values. Every breach of the format, and of what
// scrapers expect of names and histograms, is a failure of the test.
inline std::map<std::string, double> read_exposition(const std::string& text) {
  static const std::regex kMeta(R"(# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) ([^\n]+))");
  static const std::regex kSample(
      R"re(([a-zA-Z_:][a-zA-Z0-9_:]*))re"
      R"re(((?:\{[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\["\\n])*")*\})?))re"
      R"re( ([-+]?(?:[0-9.]+(?:e[-+]?[0-9]+)?|Inf)))re");
  EXPECT_TRUE(text.ends_with('\n'));
  std::map<std::string, double> series;
  std::map<std::string, std::string> types;
  std::set<std::string> helped;
  std::string family;
  double last_bucket = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch parts;
    if (std::regex_match(line, parts, kMeta)) {
      family = parts[2];
      if (parts[1] == "HELP") {
        EXPECT_TRUE(helped.insert(family).second) << "HELP twice: " << line;
      } else {
        EXPECT_TRUE(types.emplace(family, parts[3]).second) << "TYPE twice: " << line;
        EXPECT_EQ(parts[3] == "counter", family.ends_with("_total")) << line;
      }
      continue;
    }
    if (!std::regex_match(line, parts, kSample)) {
      ADD_FAILURE() << "not a sample: " << line;
      continue;
    }
    const std::string name = parts[1];
    const double value = parts[3] == "+Inf" ? HUGE_VAL : std::stod(parts[3]);
    EXPECT_TRUE(types.contains(family)) << line;
    const bool is_histogram = types[family] == "histogram";
    EXPECT_TRUE(name == family ||
                (is_histogram && (name == family + "_bucket" || name == family + "_sum" ||
                                  name == family + "_count")))
        << line << " stands within " << family;
    EXPECT_TRUE(value >= 0 || types[family] == "gauge") << line;
    if (is_histogram && name.ends_with("_count")) last_bucket = 0;
    if (name == family + "_bucket") {
      EXPECT_GE(value, last_bucket) << "buckets are cumulative: " << line;
      last_bucket = value;
    }
    EXPECT_TRUE(series.emplace(name + parts[2].str(), value).second) << "twice: " << line;
  }
  for (const auto& [name, type] : types) {
    EXPECT_TRUE(helped.contains(name)) << name;
    if (type != "histogram") continue;
    EXPECT_EQ(series[name + "_bucket{le=\"+Inf\"}"], series[name + "_count"]) << name;
  }
  return series;
}

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_SUPPORT_EXPOSITION_READER_H_
