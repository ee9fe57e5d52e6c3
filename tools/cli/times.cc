// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cli/times.h"

#include <simdjwt/limits.h>

#include <charconv>
#include <ctime>
#include <string>

namespace simdjwt::cli {
namespace {

constexpr int64_t kMinute = 60;
constexpr int64_t kHour = 60 * kMinute;
constexpr int64_t kDay = 24 * kHour;

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
