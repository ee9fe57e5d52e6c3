// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Points in time and spans of time, as people write them. Seconds since 1970 throughout.

#ifndef SIMDJWT_TOOLS_CLI_TIMES_H_
#define SIMDJWT_TOOLS_CLI_TIMES_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace simdjwt::cli {

int64_t system_now();

// Seconds of "90", "90s", "15m", "12h", "30d" or "1y" (365 days), with a minus before it to reach
// into the past; nullopt for anything else or more than 10,000 years.
std::optional<int64_t> parse_duration(std::string_view text);

// Seconds since 1970, up to kNumericDateMax.
std::optional<int64_t> parse_time(std::string_view text);

// The same of "2027-01-31" (its beginning) and "2027-01-31T12:00:00Z" too, in UTC.
std::optional<int64_t> parse_date(std::string_view text);

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_TIMES_H_
