// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Command-line options of kinds that CLI11 lacks.

#ifndef SIMDJWT_TOOLS_CLI_OPTIONS_H_
#define SIMDJWT_TOOLS_CLI_OPTIONS_H_

#include <CLI/App.hpp>  // half of <CLI/CLI.hpp>, whose other half every includer would compile
#include <cstdint>
#include <optional>
#include <string>

namespace simdjwt::cli {

// Text that may be empty, which is not the same as absent.
CLI::Option* add_text_option(CLI::App& app, const std::string& name,
                             std::optional<std::string>& text, const std::string& help);

// The name of a file, which is not empty.
CLI::Option* add_file_option(CLI::App& app, const std::string& name,
                             std::optional<std::string>& path, const std::string& help);

// "90", "15m", "12h", "30d", "1y" into seconds.
CLI::Option* add_duration_option(CLI::App& app, const std::string& name,
                                 std::optional<int64_t>& seconds, const std::string& help);

// "2027-01-31", "2027-01-31T12:00:00Z" or seconds since 1970 into the latter.
CLI::Option* add_date_option(CLI::App& app, const std::string& name, std::optional<int64_t>& time,
                             const std::string& help);

// --now SECONDS: the time to judge or sign at, instead of the clock's.
CLI::Option* add_now_option(CLI::App& app, std::optional<int64_t>& now);

// Throws UsageError when both options are on the command line.
void refuse_both(const CLI::App& app, const std::string& one, const std::string& other);

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_OPTIONS_H_
