// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cli/times.h"

#include <simdjwt/limits.h>

#include <charconv>
#include <cstdio>
#include <ctime>

namespace simdjwt::cli {
namespace {

constexpr int64_t kMinute = 60;
constexpr int64_t kHour = 60 * kMinute;
constexpr int64_t kDay = 24 * kHour;
constexpr int64_t kTwoYears = 731 * kDay;
constexpr double kSecondsPerYear = 365.2425 * 86400;

std::string two_units(int64_t large, const char* large_unit, int64_t small,
                      const char* small_unit) {
  return std::to_string(large) + ' ' + large_unit + ' ' + std::to_string(small) + ' ' + small_unit;
}

std::optional<int64_t> parse_integer(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

int64_t seconds_of_unit(char unit) {
  switch (unit) {
    case 's':
      return 1;
    case 'm':
      return kMinute;
    case 'h':
      return kHour;
    case 'd':
      return kDay;
    case 'y':
      return 365 * kDay;
    default:
      return 0;
  }
}

}  // namespace

int64_t system_now() { return std::time(nullptr); }

std::string utc(int64_t time) {
  const std::time_t seconds = time;
  std::tm parts{};
  char buffer[64];
  if (gmtime_r(&seconds, &parts) == nullptr) return std::to_string(time) + " s since 1970";
  const size_t length = std::strftime(buffer, sizeof(buffer), "%Y-%m-%d %H:%M:%S UTC", &parts);
  return std::string(buffer, length);
}

std::string span_of_time(int64_t seconds) {
  if (seconds < kMinute) return std::to_string(seconds) + " s";
  if (seconds < kHour) return two_units(seconds / kMinute, "min", seconds % kMinute, "s");
  if (seconds < kDay) return two_units(seconds / kHour, "h", seconds % kHour / kMinute, "min");
  if (seconds < kTwoYears) return two_units(seconds / kDay, "d", seconds % kDay / kHour, "h");
  char buffer[64];
  const int length = std::snprintf(buffer, sizeof(buffer), "about %.1f years",
                                   static_cast<double>(seconds) / kSecondsPerYear);
  return std::string(buffer, static_cast<size_t>(length));
}

std::string utc_and_distance(int64_t time, int64_t now) {
  if (time == now) return utc(time) + ", now";
  if (time < now) return utc(time) + ", " + span_of_time(now - time) + " ago";
  return utc(time) + ", in " + span_of_time(time - now);
}

std::optional<int64_t> parse_duration(std::string_view text) {
  int64_t factor = 1;
  if (!text.empty() && seconds_of_unit(text.back()) != 0) {
    factor = seconds_of_unit(text.back());
    text.remove_suffix(1);
  }
  const std::optional<int64_t> count = parse_integer(text);
  if (!count || *count > kNumericDateMax / factor || *count < -kNumericDateMax / factor) {
    return std::nullopt;
  }
  return *count * factor;
}

std::optional<int64_t> parse_time(std::string_view text) {
  const std::optional<int64_t> time = parse_integer(text);
  if (!time || *time < 0 || *time > kNumericDateMax) return std::nullopt;
  return time;
}

std::optional<int64_t> parse_date(std::string_view text) {
  if (const std::optional<int64_t> time = parse_time(text)) return time;
  const std::string terminated(text);
  for (const char* format : {"%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"}) {
    std::tm parts{};
    const char* const end = strptime(terminated.c_str(), format, &parts);
    if (end == nullptr || *end != '\0') continue;
    const int64_t time = timegm(&parts);
    if (time >= 0 && time <= kNumericDateMax) return time;
  }
  return std::nullopt;
}

}  // namespace simdjwt::cli
