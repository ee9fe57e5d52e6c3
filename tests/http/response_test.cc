// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "http/response.h"

#include <gtest/gtest.h>

namespace simdjwt::http {
namespace {

std::string date(int64_t unix_seconds) {
  const auto text = format_date(unix_seconds);
  return {text.data(), text.size()};
}

TEST(FormatDate, WritesImfFixdate) {
  EXPECT_EQ(date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");  // RFC 9110 section 5.6.7
  EXPECT_EQ(date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(date(1709251199), "Thu, 29 Feb 2024 23:59:59 GMT");
  EXPECT_EQ(date(253402300799), "Fri, 31 Dec 9999 23:59:59 GMT");
}

TEST(Response, RendersBothPersistences) {
  Response response(Status::kMethodNotAllowed, "Allow: GET\r\n");
  response.set_date(date(784111777));
  EXPECT_EQ(response.text(Persistence::kKeepAlive),
            "HTTP/1.1 405 Method Not Allowed\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Allow: GET\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(response.text(Persistence::kClose),
            "HTTP/1.1 405 Method Not Allowed\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Allow: GET\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

TEST(Response, ChangesNothingButTheDate) {
  Response response(Status::kOk);
  const std::string before(response.text(Persistence::kKeepAlive));
  response.set_date(date(784111777));
  response.set_date(date(0));
  EXPECT_EQ(response.text(Persistence::kKeepAlive), before);
}

}  // namespace
}  // namespace simdjwt::http
