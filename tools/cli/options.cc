// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cli/options.h"

#include <algorithm>

#include "cli/failure.h"
#include "cli/times.h"
#include "cli/words.h"

namespace simdjwt::cli {

CLI::Option* add_text_option(CLI::App& app, const std::string& name,
                             std::optional<std::string>& text, const std::string& help) {
  // CLI11's own support of std::optional takes an empty text for an absent one.
  const auto read = [&text](const std::string& value) { text = value; };
  return app.add_option_function<std::string>(name, read, help);
}

CLI::Option* add_file_option(CLI::App& app, const std::string& name,
                             std::optional<std::string>& path, const std::string& help) {
  const auto read = [name, &path](const std::string& value) {
    if (value.empty()) throw UsageError(name + ": names no file");
    path = value;
  };
  return app.add_option_function<std::string>(name, read, help)->type_name("FILE");
}

CLI::Option* add_duration_option(CLI::App& app, const std::string& name,
                                 std::optional<int64_t>& seconds, const std::string& help) {
  const auto read = [name, &seconds](const std::string& text) {
    seconds = parse_duration(text);
    if (!seconds) {
      throw UsageError(name + ": " + quote(text) +
                       " is no duration: give seconds, or a number with s, m, h, d or y");
    }
  };
  return app.add_option_function<std::string>(name, read, help)->type_name("DURATION");
}

CLI::Option* add_date_option(CLI::App& app, const std::string& name, std::optional<int64_t>& time,
                             const std::string& help) {
  const auto read = [name, &time](const std::string& text) {
    time = parse_date(text);
    if (!time) {
      throw UsageError(name + ": " + quote(text) +
                       " is no time: give 2027-01-31, 2027-01-31T12:00:00Z or the seconds since "
                       "1970-01-01");
    }
  };
  return app.add_option_function<std::string>(name, read, help)->type_name("TIME");
}

CLI::Option* add_now_option(CLI::App& app, std::optional<int64_t>& now) {
  const auto read = [&now](const std::string& text) {
    now = parse_time(text);
    if (!now) {
      throw UsageError("--now: " + quote(text) +
                       " is no time: give the seconds since 1970-01-01, at most 253402300799");
    }
  };
  return app
      .add_option_function<std::string>("--now", read,
                                        "Take this for the present time (seconds since 1970)")
      ->type_name("SECONDS");
}

void refuse_both(const CLI::App& app, const std::string& one, const std::string& other) {
  if (app.count(one) > 0 && app.count(other) > 0) {
    throw UsageError(one + " and " + other + " exclude each other");
  }
}

}  // namespace simdjwt::cli
