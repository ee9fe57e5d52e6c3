// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Attack: a request is hidden in another one, for two readers of the same bytes to disagree about
// where the second begins: the proxy in front forwards one request, and the server answers two, or
// the next client gets an answer that is not its own.
//
// Whatever the attacker writes, either both readers must agree with RFC 9112, or the connection
// ends there: the smuggled request is never read.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "http/request_reader.h"

namespace simdjwt::http {
namespace {

using testing::RequestReader;

constexpr std::string_view kSmuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

std::string post(std::string_view fields, std::string_view body) {
  return "POST /first HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n" + std::string(body);
}

// "/first:content /second:... 400": the paths and contents of the requests, and how it ends.
std::string tell(const RequestReader& reader) {
  std::string text;
  for (const auto& read : reader.requests()) {
    text.append(read->request.path).append(":").append(read->content).append(" ");
  }
  if (reader.refusal() != Status::kOk) {
    return text + std::to_string(static_cast<int>(reader.refusal()));
  }
  if (reader.is_over()) return text + "closed";
  return text + (reader.is_between_requests() ? "open" : "incomplete");
}

// At once, split at every byte, one byte at a time, and behind another of the same head.
std::string read_every_way(std::string_view bytes) {
  RequestReader at_once;
  at_once.receive(bytes);
  std::string told = tell(at_once);
  RequestReader one_by_one;
  for (size_t i = 0; i < bytes.size(); ++i) {
    one_by_one.receive(bytes.substr(i, 1));
    RequestReader in_two;
    in_two.receive(bytes.substr(0, i));
    in_two.receive(bytes.substr(i));
    EXPECT_EQ(tell(in_two), told) << "split at " << i << ":\n" << bytes;
  }
  EXPECT_EQ(tell(one_by_one), told) << "one byte at a time:\n" << bytes;
  RecurringHead recurring;
  for (int i = 0; i < 2; ++i) {
    RequestReader again(BodyDecoder::kNoLimit, &recurring);
    again.receive(bytes);
    EXPECT_EQ(tell(again), told) << "again:\n" << bytes;
  }
  return told;
}

// --- What is no attack ---

TEST(Smuggling, PipelinedRequestsWithBodiesBetweenThemAreReadAsTheyAreFramed) {
  EXPECT_EQ(read_every_way(post("Content-Length: 5\r\n", "abcde") +
                           "PUT /second?x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n" +
                           "POST /third HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                           "2;x=y\r\nfg\r\n1\r\nh\r\n0\r\nX: y\r\n\r\n"
                           "\r\nGET /fourth HTTP/1.1\r\nHost: a\r\n\r\n"),
            "/first:abcde /second: /third:fgh /fourth: open");
}

TEST(Smuggling, BodiesThatLookLikeRequestsAreBodies) {
  const std::string smuggled(kSmuggled);
  const std::string size = std::to_string(smuggled.size());
  EXPECT_EQ(read_every_way(post("Content-Length: " + size + "\r\n", kSmuggled)),
            "/first:" + smuggled + " open");
  EXPECT_EQ(
      read_every_way(post("Transfer-Encoding: chunked\r\n", "23\r\n" + smuggled + "\r\n0\r\n\r\n")),
      "/first:" + smuggled + " open");
  ASSERT_EQ(size, "35") << "which is 0x23";
}

TEST(Smuggling, ARequestThatAnnouncesMoreThanItSendsWaitsForTheRest) {
  EXPECT_EQ(read_every_way(post("Content-Length: 500\r\n", kSmuggled)), "incomplete");
  EXPECT_EQ(
      read_every_way(post("Transfer-Encoding: chunked\r\n", "fff\r\n" + std::string(kSmuggled))),
      "incomplete");
}

TEST(Smuggling, NothingIsReadBehindTheLastRequest) {
  EXPECT_EQ(read_every_way(post("Connection: close\r\n", kSmuggled)), "/first: closed");
  EXPECT_EQ(read_every_way("GET /first HTTP/1.0\r\n\r\n" + std::string(kSmuggled)),
            "/first: closed");
  EXPECT_EQ(
      read_every_way("POST /first HTTP/1.0\r\nContent-Length: 1\r\n\r\nx" + std::string(kSmuggled)),
      "/first:x closed");
}

// --- Attacks on the head ---

struct Attack {
  const char* name;
  std::string fields;
  const char* ending = "400";
};

class SmugglingByHead : public ::testing::TestWithParam<Attack> {};

// The body is one to those who see a length of 5, or chunks, or nothing at all.
TEST_P(SmugglingByHead, IsRefused) {
  for (const std::string_view body : {"0\r\n\r\n", ""}) {
    EXPECT_EQ(read_every_way(post(GetParam().fields, std::string(body) + std::string(kSmuggled))),
              GetParam().ending);
  }
}

const Attack kHeadAttacks[] = {
    // CL.TE and TE.CL: one reader believes the length, the other the chunks.
    {"LengthThenChunked", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"},
    {"ChunkedThenLength", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"},
    {"LengthOfZeroThenChunked", "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n"},
    {"LengthThenUnknownCoding", "Content-Length: 5\r\nTransfer-Encoding: xchunked\r\n"},
    {"LengthThenEmptyCoding", "Content-Length: 5\r\nTransfer-Encoding:\r\n"},
    // TE.TE: one of two readers does not see the coding.
    {"TwoCodings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n"},
    {"TwoCodingsTheOtherWay", "Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n"},
    {"ListOfCodings", "Transfer-Encoding: chunked, identity\r\n", "501"},
    {"ListOfCodingsTheOtherWay", "Transfer-Encoding: identity, chunked\r\n", "501"},
    {"UnknownCoding", "Transfer-Encoding: xchunked\r\n", "501"},
    {"QuotedCoding", "Transfer-Encoding: \"chunked\"\r\n", "501"},
    {"CodingWithParameter", "Transfer-Encoding: chunked;q=1\r\n", "501"},
    {"CodingBehindTab", "Transfer-Encoding:\tchunked\r\n"},
    {"CodingBehindVerticalTab",
     "Transfer-Encoding:\x0b"
     "chunked\r\n"},
    {"CodingOnTheNextLine", "Transfer-Encoding:\r\n chunked\r\n"},
    {"CodingBehindBareLf", "X: y\nTransfer-Encoding: chunked\r\n"},
    {"CodingBehindBareCr", "X: y\rTransfer-Encoding: chunked\r\n"},
    {"BlankBeforeColonOfCoding", "Transfer-Encoding : chunked\r\n"},
    {"TabBeforeColonOfCoding", "Transfer-Encoding\t: chunked\r\n"},
    {"BlankBeforeCoding", " Transfer-Encoding: chunked\r\n"},
    {"NulInNameOfCoding", std::string("Transfer-Encoding\0: chunked\r\n", 29)},
    {"NulInCoding", std::string("Transfer-Encoding: chunked\0\r\n", 29)},
    {"FoldedCoding", "X: y\r\n Transfer-Encoding: chunked\r\n"},
    // CL.CL: one reader takes the first length, the other the last, or another number.
    {"TwoLengths", "Content-Length: 5\r\nContent-Length: 0\r\n"},
    {"TwoEqualLengths", "Content-Length: 5\r\nContent-Length: 5\r\n"},
    {"ListOfLengths", "Content-Length: 5, 0\r\n"},
    {"ListOfEqualLengths", "Content-Length: 5, 5\r\n"},
    {"EmptyLength", "Content-Length:\r\n"},
    {"PlusLength", "Content-Length: +5\r\n"},
    {"MinusLength", "Content-Length: -5\r\n"},
    {"HexLength", "Content-Length: 0x5\r\n"},
    {"LengthWithExponent", "Content-Length: 5e0\r\n"},
    {"LengthWithPoint", "Content-Length: 5.0\r\n"},
    {"LengthWithUnderscore", "Content-Length: 0_5\r\n"},
    {"LengthWithBlank", "Content-Length: 0 5\r\n"},
    {"LengthWithNul", std::string("Content-Length: 5\0\r\n", 20)},
    {"LengthBehindTab", "Content-Length:\t5\r\n"},
    {"LengthInOtherDigits", "Content-Length: \xd9\xa5\r\n"},
    {"LengthBeyond64Bits", "Content-Length: 18446744073709551621\r\n", "413"},  // 5 in 64 bits
    {"LengthBeyond32BitsTwice", "Content-Length: 79228162514264337593543950341\r\n", "413"},
    {"BlankBeforeColonOfLength", "Content-Length : 5\r\n"},
    {"FoldedLength", "Content-Length:\r\n 5\r\n"},
    {"LengthBehindBareCr", "X: y\rContent-Length: 5\r\n"},
    // Another host for another reader.
    {"TwoHosts", "Host: b\r\n"},
    {"TwoHostsInAnyCase", "hOST: a\r\n"},
};

INSTANTIATE_TEST_SUITE_P(Attack, SmugglingByHead, ::testing::ValuesIn(kHeadAttacks),
                         [](const auto& attack) { return std::string(attack.param.name); });

TEST(Smuggling, AFirstFieldBehindABlankIsRefused) {
  EXPECT_EQ(read_every_way("POST /first HTTP/1.1\r\n Content-Length: 5\r\nHost: a\r\n\r\n"), "400");
  EXPECT_EQ(read_every_way("POST /first HTTP/1.1\r\n\tHost: a\r\n\r\n"), "400");
}

TEST(Smuggling, ACodingInHttp10IsRefused) {
  EXPECT_EQ(read_every_way("POST /first HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            "400");
}

TEST(Smuggling, UnderscoresDoNotMakeAFramingField) {
  EXPECT_EQ(read_every_way(post("Content_Length: 5\r\nTransfer_Encoding: chunked\r\n", "")),
            "/first: open");
}

// RFC 9112 section 3.2.2: the target's host counts. Ours do not depend on either.
TEST(Smuggling, AnAbsoluteTargetMayNameAnotherHost) {
  EXPECT_EQ(read_every_way("GET http://b/first HTTP/1.1\r\nHost: a\r\n\r\n"), "/first: open");
}

// --- Attacks on the chunks ---

class SmugglingByChunks : public ::testing::TestWithParam<Attack> {};

TEST_P(SmugglingByChunks, IsRefused) {
  EXPECT_EQ(read_every_way(post("Transfer-Encoding: chunked\r\n", GetParam().fields)),
            GetParam().ending);
}

std::string before_smuggled(std::string_view chunks) {
  return std::string(chunks) + std::string(kSmuggled);
}

const Attack kChunkAttacks[] = {
    // TERM.EXT and EXT.TERM: one reader ends the line of an extension where the other goes on.
    {"LfInExtension", before_smuggled("2;\nxx\r\n4c\r\n0\r\n\r\n")},
    {"LfBehindExtensionName", before_smuggled("2;a\nxx\r\n0\r\n\r\n")},
    {"CrInExtension", before_smuggled("2;a\rb\r\nxx\r\n0\r\n\r\n")},
    {"CrLfInQuotedExtension", before_smuggled("2;a=\"\r\nxx\r\n0\r\n\r\n\"\r\n")},
    {"LfInQuotedExtension", before_smuggled("2;a=\"\n\"\r\nxx\r\n0\r\n\r\n")},
    // TERM.SPILL and the like: one reader takes any two bytes, or one, for the CRLF behind a chunk.
    {"TwoOtherBytesBehindAChunk", before_smuggled("2\r\nxxyy0\r\n\r\n")},
    {"LfBehindAChunk", before_smuggled("2\r\nxx\n0\r\n\r\n")},
    {"CrBehindAChunk", before_smuggled("2\r\nxx\r0\r\n\r\n")},
    {"LfBehindASize", before_smuggled("2\nxx\r\n0\r\n\r\n")},
    {"LfBehindTheLastSize", before_smuggled("0\n\r\n")},
    {"LfAtTheEnd", before_smuggled("0\r\n\n")},
    {"NothingAtTheEnd", before_smuggled("0\r\n")},
    // One reader's number is not the other's.
    {"SizeBeyond64Bits", before_smuggled("10000000000000002\r\nxx\r\n0\r\n\r\n")},
    {"SizeBeyond32BitsAndMore", before_smuggled("fffffffffffffffff\r\nxx\r\n0\r\n\r\n")},
    {"MinusSize", before_smuggled("-2\r\nxx\r\n0\r\n\r\n")},
    {"PlusSize", before_smuggled("+2\r\nxx\r\n0\r\n\r\n")},
    {"PrefixedSize", before_smuggled("0x2\r\nxx\r\n0\r\n\r\n")},
    {"SizeBehindBlank", before_smuggled(" 2\r\nxx\r\n0\r\n\r\n")},
    {"SizeBeforeBlank", before_smuggled("2 \r\nxx\r\n0\r\n\r\n")},
    {"SizeWithUnderscore", before_smuggled("0_2\r\nxx\r\n0\r\n\r\n")},
    {"SizeWithNul", before_smuggled(std::string("2\0\r\nxx\r\n0\r\n\r\n", 13))},
    {"NoSize", before_smuggled("\r\nxx\r\n0\r\n\r\n")},
    // Trailers that go on into what follows.
    {"FoldedTrailer", before_smuggled("0\r\nX: y\r\n z\r\n\r\n")},
    {"LfInTrailer", before_smuggled("0\r\nX: y\nZ: z\r\n\r\n")},
    {"BlankBeforeColonOfTrailer", before_smuggled("0\r\nX : y\r\n\r\n")},
};

INSTANTIATE_TEST_SUITE_P(Attack, SmugglingByChunks, ::testing::ValuesIn(kChunkAttacks),
                         [](const auto& attack) { return std::string(attack.param.name); });

TEST(Smuggling, TrailersFrameNothing) {
  for (const char* trailer : {"Content-Length: 35", "Transfer-Encoding: chunked", "Host: b",
                              "Connection: close", "Authorization: Bearer x"}) {
    EXPECT_EQ(
        read_every_way(post("Transfer-Encoding: chunked\r\n",
                            "0\r\n" + std::string(trailer) + "\r\n\r\n" + std::string(kSmuggled))),
        "/first: /smuggled: open")
        << trailer;
  }
}

// --- Attacks on the request line ---

TEST(Smuggling, RequestLinesOfTwoReadingsAreRefused) {
  for (const char* line :
       {"GET /first HTTP/1.1 HTTP/1.1", "GET /fi rst HTTP/1.1", "GET  /first HTTP/1.1",
        "GET\t/first HTTP/1.1", "GET /first\tHTTP/1.1", "GET /first HTTP/1.1\t", "GET /first",
        "GET /first HTTP/1.1\rX", "GET /first HTTP/1.1\nX: y",
        "G\x0b"
        "ET /first HTTP/1.1",
        "G{T /first HTTP/1.1", "GET: /first HTTP/1.1", "GET /first\x7f HTTP/1.1",
        "GET /first HTTP/1,1", "GET /first HTTP/01.1", "GET /first HTTP/1.1x"}) {
    EXPECT_EQ(read_every_way(std::string(line) + "\r\nHost: a\r\n\r\n" + std::string(kSmuggled)),
              "400")
        << line;
  }
}

}  // namespace
}  // namespace simdjwt::http
