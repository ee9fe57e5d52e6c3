// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "http/body_decoder.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "http/decode_every_way.h"

namespace simdjwt::http {
namespace {

using testing::decode_every_way;
using testing::decode_in_pieces;
using testing::DecodedBody;
using Outcome = BodyDecoder::Outcome;

BodyDecoder length(uint64_t num_bytes, uint64_t bytes_max = BodyDecoder::kNoLimit) {
  Request request;
  request.body = num_bytes > 0 ? BodyFraming::kLength : BodyFraming::kNone;
  request.content_length = num_bytes;
  return BodyDecoder(request, bytes_max);
}

BodyDecoder chunked(uint64_t bytes_max = BodyDecoder::kNoLimit) {
  Request request;
  request.body = BodyFraming::kChunked;
  return BodyDecoder(request, bytes_max);
}

void expect_content(const BodyDecoder& decoder, const std::string& body, std::string_view content) {
  for (const std::string& rest : {std::string(), std::string("GET / HTTP/1.1\r\n")}) {
    const DecodedBody decoded = decode_every_way(decoder, body + rest);
    EXPECT_EQ(decoded.outcome, Outcome::kComplete) << body;
    EXPECT_EQ(decoded.content, content) << body;
    EXPECT_EQ(decoded.num_consumed, body.size()) << body;
  }
}

// --- Without chunks ---

TEST(BodyDecoder, HasNothingToReadWhereThereIsNoBody) {
  expect_content(BodyDecoder(), "", "");
  expect_content(length(0), "", "");
  expect_content(length(0, 0), "", "");
}

TEST(BodyDecoder, CountsTheBytesOfALength) {
  expect_content(length(1), "a", "a");
  expect_content(length(12), "abc\r\n\r\n0\r\n\r\n", "abc\r\n\r\n0\r\n\r\n");
  expect_content(length(3, 3), "abc", "abc");
}

TEST(BodyDecoder, WaitsForTheLastByteOfALength) {
  const DecodedBody decoded = decode_every_way(length(5), "abcd");
  EXPECT_EQ(decoded.outcome, Outcome::kIncomplete);
  EXPECT_EQ(decoded.content, "abcd");
}

TEST(BodyDecoder, RefusesALengthBeyondItsLimitAtOnce) {
  BodyDecoder decoder = length(4, 3);
  EXPECT_EQ(decoder.decode("").outcome, Outcome::kRefused);
  EXPECT_EQ(decoder.refusal(), Status::kContentTooLarge);
  EXPECT_EQ(length(UINT64_MAX, UINT64_MAX - 1).decode("").outcome, Outcome::kRefused);
  EXPECT_EQ(length(UINT64_MAX).decode("").outcome, Outcome::kIncomplete);
}

TEST(BodyDecoder, CopiesNothing) {
  const std::string_view bytes = "3\r\nabc\r\n";
  EXPECT_EQ(chunked().decode(bytes).content.data(), bytes.data() + 3);
  EXPECT_EQ(length(8).decode(bytes).content.data(), bytes.data());
}

// --- Chunks ---

TEST(BodyDecoder, JoinsChunks) {
  expect_content(chunked(), "0\r\n\r\n", "");
  expect_content(chunked(), "3\r\nabc\r\n0\r\n\r\n", "abc");
  expect_content(chunked(), "1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", "abc");
  expect_content(chunked(), "7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n", "\r\n0\r\n\r\n");
}

TEST(BodyDecoder, ReadsSizesOfAnyCaseAndWithZerosBefore) {
  const std::string content(0xab, 'x');
  for (const char* size : {"ab", "AB", "aB", "0ab", "00000000000000ab"}) {
    expect_content(chunked(), size + ("\r\n" + content) + "\r\n0\r\n\r\n", content);
  }
  expect_content(chunked(), "0000000000000000\r\n\r\n", "");
}

TEST(BodyDecoder, IgnoresExtensions) {
  for (const char* extension : {";a", ";a=b", ";a=\"b\"", ";a;b=c;d=\"\"", ";a=\" ;=\xc3\xa4\t\"",
                                ";a=\"\\\"\"", ";a=\"\\\\\""}) {
    expect_content(chunked(), std::string("1") + extension + "\r\nx\r\n0" + extension + "\r\n\r\n",
                   "x");
  }
}

TEST(BodyDecoder, IgnoresTrailerFields) {
  expect_content(chunked(), "1\r\nx\r\n0\r\nA: b\r\n\r\n", "x");
  expect_content(chunked(), "0\r\nA:\r\nB:\tc d\xc3\xa4 \r\n\r\n", "");
}

// RFC 9110 section 6.5.1: they may not change how the message is understood.
TEST(BodyDecoder, IsNotFramedByTrailerFields) {
  expect_content(chunked(), "0\r\nContent-Length: 50\r\nTransfer-Encoding: gzip\r\nHost: b\r\n\r\n",
                 "");
}

TEST(BodyDecoder, WaitsForTheEndOfTheLastChunk) {
  const std::string body = "1;a=\"b\"\r\nx\r\n0\r\nA: b\r\n\r\n";
  for (size_t size = 0; size < body.size(); ++size) {
    EXPECT_EQ(decode_in_pieces(chunked(), body.substr(0, size), {size}).outcome,
              Outcome::kIncomplete)
        << size;
  }
}

TEST(BodyDecoder, RefusesChunksBeyondItsLimitAsSoonAsTheySayTheirSize) {
  expect_content(chunked(3), "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", "abc");
  expect_content(chunked(0), "0\r\n\r\n", "");
  const DecodedBody decoded = decode_every_way(chunked(3), "2\r\nab\r\n2\r\n");
  EXPECT_EQ(decoded.outcome, Outcome::kRefused);
  EXPECT_EQ(decoded.refusal, Status::kContentTooLarge);
  EXPECT_EQ(decoded.content, "ab");
  EXPECT_EQ(decode_every_way(chunked(0), "1\r\n").refusal, Status::kContentTooLarge);
  // 64 bits are not enough for the two together.
  EXPECT_EQ(decode_every_way(chunked(), "1\r\na\r\nffffffffffffffff\r\n").refusal,
            Status::kContentTooLarge);
}

TEST(BodyDecoder, BoundsWhatItIgnores) {
  const auto decode = [](const std::string& body) {
    return decode_in_pieces(chunked(), body, {body.size()});
  };
  const std::string most(BodyDecoder::kIgnoredBytesMax - 10, 'a');
  const std::string more(BodyDecoder::kIgnoredBytesMax, 'a');
  EXPECT_EQ(decode("0;" + most + "\r\n\r\n").outcome, Outcome::kComplete);
  EXPECT_EQ(decode("0;" + more + "\r\n\r\n").refusal, Status::kHeadTooLarge);
  EXPECT_EQ(decode("0\r\nA:" + most + "\r\n\r\n").outcome, Outcome::kComplete);
  EXPECT_EQ(decode("0\r\nA:" + more + "\r\n\r\n").refusal, Status::kHeadTooLarge);
  std::string many_small;
  for (size_t i = 0; i < BodyDecoder::kIgnoredBytesMax; ++i) many_small += "1;a\r\nx\r\n";
  EXPECT_EQ(decode(many_small).refusal, Status::kHeadTooLarge);
  many_small.clear();
  for (size_t i = 0; i < BodyDecoder::kIgnoredBytesMax; ++i) many_small += "1\r\nx\r\n";
  EXPECT_EQ(decode(many_small + "0\r\n\r\n").outcome, Outcome::kComplete);
}

TEST(BodyDecoder, StaysWhereItEnded) {
  BodyDecoder decoder = chunked();
  EXPECT_EQ(decoder.decode("0\r\n\r\n0\r\n\r\n").num_consumed, 5);
  EXPECT_EQ(decoder.decode("0\r\n\r\n").outcome, Outcome::kComplete);
  EXPECT_EQ(decoder.decode("0\r\n\r\n").num_consumed, 0);
  decoder = chunked();
  EXPECT_EQ(decoder.decode("x").outcome, Outcome::kRefused);
  EXPECT_EQ(decoder.decode("0\r\n\r\n").outcome, Outcome::kRefused);
  EXPECT_EQ(decoder.decode("0\r\n\r\n").num_consumed, 0);
  EXPECT_EQ(decoder.refusal(), Status::kBadRequest);
}

// --- What is refused, each by its name ---

struct RefusedBody {
  const char* name;
  std::string text;
};

class RefusedChunks : public ::testing::TestWithParam<RefusedBody> {};

TEST_P(RefusedChunks, AreRefused) {
  const DecodedBody decoded = decode_every_way(chunked(), GetParam().text);
  EXPECT_EQ(decoded.outcome, Outcome::kRefused);
  EXPECT_EQ(decoded.refusal, Status::kBadRequest);
}

const RefusedBody kRefusedBodies[] = {
    // Sizes
    {"NoSize", "\r\nx\r\n0\r\n\r\n"},
    {"NoDigit", "x\r\nx\r\n0\r\n\r\n"},
    {"LetterBehindF", "1g\r\nx\r\n0\r\n\r\n"},
    {"Prefix0x", "0x1\r\nx\r\n0\r\n\r\n"},
    {"Plus", "+1\r\nx\r\n0\r\n\r\n"},
    {"Minus", "-1\r\nx\r\n0\r\n\r\n"},
    {"Underscore", "1_0\r\nx\r\n0\r\n\r\n"},
    {"BlankBefore", " 1\r\nx\r\n0\r\n\r\n"},
    {"BlankBehind", "1 \r\nx\r\n0\r\n\r\n"},
    {"TabBehind", "1\t\r\nx\r\n0\r\n\r\n"},
    {"Seventeen", "10000000000000000\r\n"},
    {"SeventeenZeros", "00000000000000000\r\n\r\n"},
    {"Comma", "1,1\r\nx\r\n0\r\n\r\n"},
    {"NonAscii", "\xc2\xb9\r\nx\r\n0\r\n\r\n"},
    {"Nul", std::string("1\0\r\nx\r\n0\r\n\r\n", 12)},
    // Line ends
    {"BareLfBehindSize", "1\nx\r\n0\r\n\r\n"},
    {"BareCrBehindSize", "1\rx\r\n0\r\n\r\n"},
    {"CrCrLfBehindSize", "1\r\r\nx\r\n0\r\n\r\n"},
    {"LfCrBehindSize", "1\n\rx\r\n0\r\n\r\n"},
    {"NothingBehindChunk", "1\r\nx0\r\n\r\n"},
    {"BareLfBehindChunk", "1\r\nx\n0\r\n\r\n"},
    {"BareCrBehindChunk", "1\r\nx\r0\r\n\r\n"},
    {"LongerThanItsSize", "1\r\nxy\r\n0\r\n\r\n"},
    {"ShorterThanItsSize", "3\r\nx\r\n0\r\n\r\n"},
    {"BareLfBehindLastSize", "0\n\r\n"},
    {"BareLfAtTheEnd", "0\r\n\n"},
    {"BareCrAtTheEnd", "0\r\n\rX"},
    {"OnlyLfs", "1\nx\n0\n\n"},
    // Extensions
    {"EmptyExtension", "1;\r\nx\r\n0\r\n\r\n"},
    {"TwoSemicolons", "1;;a\r\nx\r\n0\r\n\r\n"},
    {"BlankBeforeExtension", "1 ;a\r\nx\r\n0\r\n\r\n"},
    {"BlankInExtension", "1; a\r\nx\r\n0\r\n\r\n"},
    {"BlankBehindExtension", "1;a \r\nx\r\n0\r\n\r\n"},
    {"ExtensionWithoutName", "1;=b\r\nx\r\n0\r\n\r\n"},
    {"ExtensionWithoutValue", "1;a=\r\nx\r\n0\r\n\r\n"},
    {"TwoEqualSigns", "1;a=b=c\r\nx\r\n0\r\n\r\n"},
    {"NoSemicolon", "1a=b\r\nx\r\n0\r\n\r\n"},
    {"BareLfInExtension", "1;a\nx\r\n0\r\n\r\n"},
    {"BareCrInExtension", "1;a\rb\r\nx\r\n0\r\n\r\n"},
    {"LfInQuotes", "1;a=\"\n\"\r\nx\r\n0\r\n\r\n"},
    {"CrLfInQuotes", "1;a=\"\r\n\"\r\nx\r\n0\r\n\r\n"},
    {"EscapedCrLf", "1;a=\"\\\r\n\"\r\nx\r\n0\r\n\r\n"},
    {"EscapedLf", "1;a=\"\\\n\"\r\nx\r\n0\r\n\r\n"},
    {"TextBehindQuotes", "1;a=\"b\"c\r\nx\r\n0\r\n\r\n"},
    {"QuoteInName", "1;\"a\"\r\nx\r\n0\r\n\r\n"},
    {"NulInExtension", std::string("1;a\0\r\nx\r\n0\r\n\r\n", 14)},
    // Trailer fields
    {"TrailerWithoutColon", "0\r\nA\r\n\r\n"},
    {"TrailerWithoutName", "0\r\n: a\r\n\r\n"},
    {"BlankBeforeColon", "0\r\nA : b\r\n\r\n"},
    {"FoldedTrailer", "0\r\nA: b\r\n c\r\n\r\n"},
    {"BareLfInTrailer", "0\r\nA: b\nC: d\r\n\r\n"},
    {"BareCrInTrailer", "0\r\nA: b\rC: d\r\n\r\n"},
    {"BareLfBehindTrailers", "0\r\nA: b\r\n\n"},
    {"NulInTrailer", std::string("0\r\nA: \0\r\n\r\n", 11)},
    {"RequestForTrailer", "0\r\nGET / HTTP/1.1\r\n\r\n"},
};

INSTANTIATE_TEST_SUITE_P(Form, RefusedChunks, ::testing::ValuesIn(kRefusedBodies),
                         [](const auto& form) { return std::string(form.param.name); });

}  // namespace
}  // namespace simdjwt::http
