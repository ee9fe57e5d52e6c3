// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Runs the body decoder over the same bytes in every way they can arrive.

#ifndef SIMDJWT_TESTS_HTTP_DECODE_EVERY_WAY_H_
#define SIMDJWT_TESTS_HTTP_DECODE_EVERY_WAY_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "http/body_decoder.h"
#include "support/guarded_buffer.h"

namespace simdjwt::testing {

// What a body came to.
struct DecodedBody {
  http::BodyDecoder::Outcome outcome = http::BodyDecoder::Outcome::kIncomplete;
  http::Status refusal = http::Status::kOk;
  std::string content;
  size_t num_consumed = 0;

  friend bool operator==(const DecodedBody&, const DecodedBody&) = default;
};

// Gives `decoder` the bytes in pieces that end at each of `ends`, against an unreadable page.
inline DecodedBody decode_in_pieces(http::BodyDecoder decoder, std::string_view bytes,
                                    const std::vector<size_t>& ends) {
  using Outcome = http::BodyDecoder::Outcome;
  GuardedBuffer buffer(bytes.size() + 1);
  DecodedBody body;
  size_t begin = 0;
  for (size_t i = 0; i < ends.size() && body.outcome == Outcome::kIncomplete; ++i) {
    const std::string_view copied = bytes.substr(begin, ends[i] - begin);
    begin = ends[i];
    std::string_view piece = i % 2 == 0 ? buffer.at_end(copied) : buffer.at_begin(copied);
    do {
      const auto decoded = decoder.decode(piece);
      EXPECT_LE(decoded.num_consumed, piece.size());
      EXPECT_EQ(decoded.outcome == Outcome::kContent, !decoded.content.empty());
      piece.remove_prefix(decoded.num_consumed);
      body.num_consumed += decoded.num_consumed;
      body.content += decoded.content;
      body.outcome = decoded.outcome;
    } while (body.outcome == Outcome::kContent);
    EXPECT_TRUE(body.outcome != Outcome::kIncomplete || piece.empty());
  }
  if (body.outcome == Outcome::kRefused) body.refusal = decoder.refusal();
  return body;
}

// At once, split at every byte, and one byte at a time: all must come to the same.
inline DecodedBody decode_every_way(const http::BodyDecoder& decoder, std::string_view bytes) {
  const DecodedBody at_once = decode_in_pieces(decoder, bytes, {bytes.size()});
  for (size_t split = 0; split <= bytes.size(); ++split) {
    if (decode_in_pieces(decoder, bytes, {split, bytes.size()}) == at_once) continue;
    ADD_FAILURE() << "split at " << split << " changes the outcome of:\n" << bytes;
    break;
  }
  std::vector<size_t> one_by_one;
  for (size_t end = 1; end <= bytes.size(); ++end) one_by_one.push_back(end);
  if (!bytes.empty()) {
    EXPECT_TRUE(decode_in_pieces(decoder, bytes, one_by_one) == at_once) << "one byte at a time:\n"
                                                                         << bytes;
  }
  return at_once;
}

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_HTTP_DECODE_EVERY_WAY_H_
