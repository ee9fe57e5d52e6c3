// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Whatever a client sends, reading it allocates nothing: what it costs is bounded by the buffers of
// its connection.

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "http/body_decoder.h"
#include "http/fields.h"
#include "http/request_parser.h"
#include "support/heap_watch.h"

namespace simdjwt::http {
namespace {

// Reads one request, and looks for what is not in it, without Google Test, which allocates.
// Returns the bytes of its content.
size_t read(std::string_view bytes, size_t step) {
  RequestParser parser;
  size_t arrived = 0;
  while (parser.parse(bytes.substr(0, arrived)) == RequestParser::Outcome::kIncomplete) {
    if (arrived >= bytes.size()) return 0;
    arrived += step;
  }
  if (parser.refusal() != Status::kOk) return 0;
  const Request& request = parser.request();
  size_t count = find_field(request.fields, "none").count +
                 find_cookie(request.fields, "none").count +
                 find_parameter(request.query, "none").count;
  BodyDecoder decoder(request);
  for (bytes.remove_prefix(parser.head_bytes()); !bytes.empty();) {
    const BodyDecoder::Decoded decoded = decoder.decode(bytes.substr(0, step));
    if (decoded.outcome == BodyDecoder::Outcome::kRefused ||
        decoded.outcome == BodyDecoder::Outcome::kComplete) {
      break;
    }
    bytes.remove_prefix(decoded.num_consumed);
    count += decoded.content.size();
  }
  return count;
}

TEST(Allocation, ReadingNeedsNone) {
  std::string fields;
  for (int i = 0; i < 90; ++i) fields += "Cookie: a=b; c=d\r\n";
  const std::string head = "POST /check?a=b&c=d HTTP/1.1\r\nHost: a\r\n" + fields;
  const std::string chunk = "1000;a=\"b\"\r\n" + std::string(0x1000, 'x') + "\r\n";
  const std::string requests[] = {
      head + "\r\n",
      head + "Content-Length: 4096\r\n\r\n" + std::string(4096, 'x'),
      head + "Transfer-Encoding: chunked\r\n\r\n" + chunk + "0\r\nA: b\r\n\r\n",
      head + "Transfer-Encoding: chunked\r\n\r\n" + chunk + "z",
      head + "Transfer-Encoding: gzip\r\n\r\n",
      head + std::string(20'000, 'x'),
      std::string(20'000, 'x'),
  };
  const size_t content_bytes[] = {0, 4096, 4096, 4096, 0, 0, 0};
  for (size_t i = 0; i < std::size(requests); ++i) {
    for (const size_t step : {size_t{1}, size_t{100}, size_t{100'000}}) {
      const size_t before = testing::num_allocations();
      const size_t num_bytes = read(requests[i], step);
      const size_t after = testing::num_allocations();
      EXPECT_EQ(num_bytes, content_bytes[i]) << i << " by " << step;
      EXPECT_EQ(after, before) << i << " by " << step;
    }
  }
}

TEST(Allocation, IsSeen) {
  const size_t before = testing::num_allocations();
  const std::string text(1000, 'x');
  EXPECT_GT(testing::num_allocations(), before) << text.size();
}

}  // namespace
}  // namespace simdjwt::http
