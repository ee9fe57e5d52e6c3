// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Points in time and spans of time, for people. Seconds since 1970 throughout.

#ifndef SIMDJWT_TOOLS_CLI_TIMES_H_
#define SIMDJWT_TOOLS_CLI_TIMES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace simdjwt::cli {

int64_t system_now();

// "2026-11-23 10:00:00 UTC"
std::string utc(int64_t time);

// "59 min 3 s", "1 h 0 min", "12 d 4 h", "about 3.5 years": the two largest units.
std::string span_of_time(int64_t seconds);

// "2026-11-23 09:00:00 UTC, 1 h 0 min ago"
std::string utc_and_distance(int64_t time, int64_t now);

// Seconds of "90", "90s", "15m", "12h", "30d" or "1y" (365 days), with a minus before it to reach
// into the past; nullopt for anything else or more than 10,000 years.
std::optional<int64_t> parse_duration(std::string_view text);

// Seconds since 1970, up to kNumericDateMax.
std::optional<int64_t> parse_time(std::string_view text);

// The same of "2027-01-31" (its beginning) and "2027-01-31T12:00:00Z" too, in UTC.
std::optional<int64_t> parse_date(std::string_view text);

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_TIMES_H_
