// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The HTTP status codes we answer with (RFC 9110 section 15).

#ifndef SIMDJWT_IO_HTTP_STATUS_H_
#define SIMDJWT_IO_HTTP_STATUS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace simdjwt::http {

enum class Status : uint16_t {
  kOk = 200,
  kCreated = 201,
  kBadRequest = 400,
  kUnauthorized = 401,
  kForbidden = 403,
  kNotFound = 404,
  kMethodNotAllowed = 405,
  kRequestTimeout = 408,
  kConflict = 409,
  kContentTooLarge = 413,
  kUriTooLong = 414,
  kUnsupportedMediaType = 415,
  kExpectationFailed = 417,
  kUnprocessableContent = 422,
  kTooManyRequests = 429,
  kHeadTooLarge = 431,
  kInternalError = 500,
  kNotImplemented = 501,
  kUnavailable = 503,
  kVersionNotSupported = 505,
};

// All of them, in order.
inline constexpr Status kStatuses[] = {
    Status::kOk,
    Status::kBadRequest,
    Status::kUnauthorized,
    Status::kForbidden,
    Status::kNotFound,
    Status::kMethodNotAllowed,
    Status::kRequestTimeout,
    Status::kContentTooLarge,
    Status::kUriTooLong,
    Status::kExpectationFailed,
    Status::kHeadTooLarge,
    Status::kNotImplemented,
    Status::kUnavailable,
    Status::kVersionNotSupported,
};
inline constexpr size_t kNumStatuses = std::size(kStatuses);

namespace internal {
inline constexpr auto kFirstStatus = static_cast<size_t>(kStatuses[0]);
// By number, from the first on.
inline constexpr auto kStatusPlaces = [] {
  std::array<uint8_t, static_cast<size_t>(kStatuses[kNumStatuses - 1]) - kFirstStatus + 1> places{};
  for (size_t i = 0; i < kNumStatuses; ++i) {
    places[static_cast<size_t>(kStatuses[i]) - kFirstStatus] = static_cast<uint8_t>(i);
  }
  return places;
}();
}  // namespace internal

// The place of a status among kStatuses.
[[nodiscard]] constexpr size_t place_of(Status status) noexcept {
  return internal::kStatusPlaces[static_cast<size_t>(status) - internal::kFirstStatus];
}

[[nodiscard]] constexpr std::string_view reason_phrase(Status status) noexcept {
  switch (status) {
    case Status::kOk:
      return "OK";
    case Status::kCreated:
      return "Created";
    case Status::kBadRequest:
      return "Bad Request";
    case Status::kUnauthorized:
      return "Unauthorized";
    case Status::kForbidden:
      return "Forbidden";
    case Status::kNotFound:
      return "Not Found";
    case Status::kMethodNotAllowed:
      return "Method Not Allowed";
    case Status::kRequestTimeout:
      return "Request Timeout";
    case Status::kConflict:
      return "Conflict";
    case Status::kContentTooLarge:
      return "Content Too Large";
    case Status::kUriTooLong:
      return "URI Too Long";
    case Status::kUnsupportedMediaType:
      return "Unsupported Media Type";
    case Status::kExpectationFailed:
      return "Expectation Failed";
    case Status::kUnprocessableContent:
      return "Unprocessable Content";
    case Status::kTooManyRequests:
      return "Too Many Requests";
    case Status::kHeadTooLarge:
      return "Request Header Fields Too Large";
    case Status::kInternalError:
      return "Internal Server Error";
    case Status::kNotImplemented:
      return "Not Implemented";
    case Status::kUnavailable:
      return "Service Unavailable";
    case Status::kVersionNotSupported:
      return "HTTP Version Not Supported";
  }
  return "";
}

}  // namespace simdjwt::http

#endif  // SIMDJWT_IO_HTTP_STATUS_H_
