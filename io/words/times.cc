// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "words/times.h"

#include <cstdio>
#include <ctime>

namespace simdjwt::words {
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

}  // namespace

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

}  // namespace simdjwt::words
