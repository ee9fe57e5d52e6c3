// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "http/response.h"

#include <chrono>
#include <cstring>

namespace simdjwt::http {

namespace {

constexpr std::string_view kDateName = "Date: ";
constexpr std::string_view kLengthName = "Content-Length: ";

std::string begin_head(Status status, std::string_view fields) {
  std::string head = "HTTP/1.1 " + std::to_string(static_cast<int>(status)) + ' ';
  return head.append(reason_phrase(status)).append("\r\n").append(fields);
}

}  // namespace

HeadEnd::HeadEnd() {
  for (std::string& text : texts_) text.append(kDateName).append(kDateBytes, ' ').append("\r\n");
  texts_[static_cast<size_t>(Persistence::kKeepAlive)] += "\r\n";
  texts_[static_cast<size_t>(Persistence::kClose)] += "Connection: close\r\n\r\n";
  set_time(0);
}

void HeadEnd::set_time(int64_t unix_seconds) noexcept {
  if (unix_seconds == rendered_seconds_) return;
  rendered_seconds_ = unix_seconds;
  const auto date = format_date(unix_seconds);
  for (std::string& text : texts_) {
    std::memcpy(text.data() + kDateName.size(), date.data(), date.size());
  }
}

Response::Response(Status status, std::string_view fields, std::string_view body)
    : head_(begin_head(status, fields)), body_(body) {
  head_.append(kLengthName).append(std::to_string(body.size())).append("\r\n");
}

Response Response::of_any_body(Status status, std::string_view fields) {
  Response response;
  response.head_ = begin_head(status, fields).append(kLengthName);
  return response;
}

Response Response::streamed(Status status, std::string_view fields, Version version) {
  Response response;
  response.head_ = begin_head(status, fields);
  if (version == Version::kHttp11) response.head_.append("Transfer-Encoding: chunked\r\n");
  return response;
}

std::array<char, kDateBytes> format_date(int64_t unix_seconds) noexcept {
  constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const std::chrono::sys_seconds time{std::chrono::seconds{unix_seconds}};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};

  std::array<char, kDateBytes> text;
  std::memcpy(text.data(), "Day, 00 Mon 0000 00:00:00 GMT", kDateBytes);
  const auto put = [&text](size_t at, size_t digits, int64_t value) {
    for (; digits > 0; --digits, value /= 10) {
      text[at + digits - 1] = static_cast<char>('0' + value % 10);
    }
  };
  std::memcpy(text.data(), kDays.data() + 3 * std::chrono::weekday{day}.c_encoding(), 3);
  put(5, 2, static_cast<unsigned>(date.day()));
  std::memcpy(text.data() + 8, kMonths.data() + 3 * (static_cast<unsigned>(date.month()) - 1), 3);
  put(12, 4, static_cast<int>(date.year()));
  put(17, 2, clock.hours().count());
  put(20, 2, clock.minutes().count());
  put(23, 2, clock.seconds().count());
  return text;
}

}  // namespace simdjwt::http
