// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Response: an answer rendered once and sent many times.

#ifndef SIMDJWT_IO_HTTP_RESPONSE_H_
#define SIMDJWT_IO_HTTP_RESPONSE_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/status.h"

namespace simdjwt::http {

// Whether another request may follow on the connection.
enum class Persistence : uint8_t { kKeepAlive, kClose };

// All our answers have no body, so that a HEAD gets the same bytes as a GET and a proxy can reuse
// its connection at once:
//
//   HTTP/1.1 401 Unauthorized\r\n
//   Date: Mon, 23 Nov 2026 08:00:00 GMT\r\n        <- patched in place, once a second
//   WWW-Authenticate: Bearer realm="x"\r\n         <- `fields`
//   Content-Length: 0\r\n
//   \r\n
class Response {
 public:
  // `fields` are whole lines, each with its CRLF.
  explicit Response(Status status, std::string_view fields = "");

  // Valid as long as the Response; the bytes change with set_date().
  [[nodiscard]] std::string_view text(Persistence persistence) const noexcept {
    return texts_[static_cast<size_t>(persistence)];
  }

  // `date` has kDateBytes characters.
  void set_date(std::string_view date) noexcept;

 private:
  std::array<std::string, 2> texts_;
  size_t date_begin_;
};

inline constexpr size_t kDateBytes = 29;

// The time as "Mon, 23 Nov 2026 08:00:00 GMT" (IMF-fixdate, RFC 9110 section 5.6.7).
[[nodiscard]] std::array<char, kDateBytes> format_date(int64_t unix_seconds) noexcept;

}  // namespace simdjwt::http

#endif  // SIMDJWT_IO_HTTP_RESPONSE_H_
