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

struct Text {
  void write(std::string_view more) { text += more; }
  std::string text;
};

std::string render(const Response& response, Persistence persistence, bool is_for_head = false) {
  HeadEnd end;
  end.set_time(784111777);
  Text out;
  response.write_to(out, end, persistence, is_for_head);
  return out.text;
}

TEST(HeadEnd, FollowsTheTime) {
  HeadEnd end;
  EXPECT_EQ(end.text(Persistence::kKeepAlive), "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n");
  for (int i = 0; i < 2; ++i) {
    end.set_time(784111777);
    EXPECT_EQ(end.text(Persistence::kKeepAlive), "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n");
    EXPECT_EQ(end.text(Persistence::kClose),
              "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nConnection: close\r\n\r\n");
  }
}

TEST(Response, RendersBothPersistences) {
  const Response response(Status::kMethodNotAllowed, "Allow: GET\r\n");
  EXPECT_EQ(render(response, Persistence::kKeepAlive),
            "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET\r\nContent-Length: 0\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n");
  EXPECT_EQ(render(response, Persistence::kClose),
            "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET\r\nContent-Length: 0\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nConnection: close\r\n\r\n");
}

TEST(Response, SparesHeadTheBodyButNotItsLength) {
  const Response response(Status::kOk, "", "{}\n");
  const std::string head =
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n";
  EXPECT_EQ(render(response, Persistence::kKeepAlive), head + "{}\n");
  EXPECT_EQ(render(response, Persistence::kKeepAlive, true), head);
}

TEST(Response, OfAnyBodyTakesItsLength) {
  const Response response = Response::of_any_body(Status::kOk, "X: y\r\n");
  HeadEnd end;
  end.set_time(784111777);
  for (const std::string& body : {std::string(), std::string("{}\n"), std::string(1234, 'x')}) {
    const std::string head =
        "HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: " + std::to_string(body.size()) +
        "\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n";
    Text whole;
    response.write_with(body, whole, end, Persistence::kKeepAlive, false);
    EXPECT_EQ(whole.text, head + body);
    Text for_head;
    response.write_with(body, for_head, end, Persistence::kKeepAlive, true);
    EXPECT_EQ(for_head.text, head);
  }
}

TEST(StreamedBody, IsChunked) {
  EXPECT_EQ(Response::streamed(Status::kOk, "X: y\r\n", Version::kHttp11).head(),
            "HTTP/1.1 200 OK\r\nX: y\r\nTransfer-Encoding: chunked\r\n");
  Text out;
  write_streamed(out, "a", Version::kHttp11);
  write_streamed(out, "", Version::kHttp11);
  write_streamed(out, std::string(0x1ff, 'b'), Version::kHttp11);
  end_streamed(out, Version::kHttp11);
  EXPECT_EQ(out.text, "1\r\na\r\n1ff\r\n" + std::string(0x1ff, 'b') + "\r\n0\r\n\r\n");
}

TEST(StreamedBody, IsBareForHttp10) {
  EXPECT_EQ(Response::streamed(Status::kOk, "", Version::kHttp10).head(), "HTTP/1.1 200 OK\r\n");
  Text out;
  write_streamed(out, "ab", Version::kHttp10);
  write_streamed(out, "c", Version::kHttp10);
  end_streamed(out, Version::kHttp10);
  EXPECT_EQ(out.text, "abc");
}

}  // namespace
}  // namespace simdjwt::http
