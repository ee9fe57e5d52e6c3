// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "status/status_list.h"

#include <gtest/gtest.h>
#include <simdjwt/base64url.h>
#include <zlib.h>

#include <iterator>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "status/eight_bit_vector.h"

namespace simdjwt::status {
namespace {

constexpr size_t kListBytesMax = 1 << 20;

std::string compress(std::string_view bytes) {
  uLongf num_bytes = compressBound(bytes.size());
  std::string out(num_bytes, '\0');
  EXPECT_EQ(compress2(reinterpret_cast<Bytef*>(out.data()), &num_bytes,
                      reinterpret_cast<const Bytef*>(bytes.data()), bytes.size(), 9),
            Z_OK);
  return out.substr(0, num_bytes);
}

absl::StatusCode code_of(uint32_t bits, std::string_view lst, size_t bytes_max = kListBytesMax) {
  return StatusList::decode(bits, lst, bytes_max).status().code();
}

// --- Published examples (sections 4.1 and 4.2) and test vectors of a million entries ---

TEST(StatusList, ReadsTheExampleOfOneBit) {
  const StatusList list = StatusList::decode(1, "eNrbuRgAAhcBXQ", kListBytesMax).value();
  const std::vector<int> expected = {1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1};
  ASSERT_EQ(list.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(list.get(i), expected[i]) << i;
}

TEST(StatusList, ReadsTheExampleOfTwoBits) {
  const StatusList list = StatusList::decode(2, "eNo76fITAAPfAgc", kListBytesMax).value();
  const std::vector<int> expected = {1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3};
  ASSERT_EQ(list.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(list.get(i), expected[i]) << i;
}

struct Vector {
  uint32_t bits;
  std::vector<std::pair<size_t, uint8_t>> entries;  // those that are not 0
  std::string_view lst;
};
const Vector kVectors[] = {
    {1,
     {{0, 1},
      {1993, 1},
      {25460, 1},
      {159495, 1},
      {495669, 1},
      {554353, 1},
      {645645, 1},
      {723232, 1},
      {854545, 1},
      {934534, 1},
      {1000345, 1}},
     "eNrt3AENwCAMAEGogklACtKQPg9LugC9k_ACvreiogEAAKkeCQAAAAAAAAAAAAAAAAAAAIBylgQAAAAA"
     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAXG9IAAAAAAAAAPwsJAAAAAAAAAAAAAAA"
     "vhsSAAAAAAAAAAAA7KpLAAAAAAAAAAAAAAAAAAAAAJsLCQAAAAAAAAAAADjelAAAAAAAAAAAKjDMAQAA"
     "AACAZC8L2AEb"},
    {2,
     {{0, 1},
      {1993, 2},
      {25460, 1},
      {159495, 3},
      {495669, 1},
      {554353, 1},
      {645645, 2},
      {723232, 1},
      {854545, 1},
      {934534, 2},
      {1000345, 3}},
     "eNrt2zENACEQAEEuoaBABP5VIO01fCjIHTMStt9ovGVIAAAAAABAbiEBAAAAAAAAAAAAAAAAAAAAAAAA"
     "AAAAAAAAAAAAAAAAAEB5WwIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAID0ugQAAAAAAAAAAAAAAAAAQG12SgAA"
     "AAAAAAAAAAAAAAAAAAAAAAAAAOCSIQEAAAAAAAAAAAAAAAAAAAAAAAD8ExIAAAAAAAAAAAAAAAAAAAAA"
     "AAAAAAAAAAAAAAAAAAAAwJEuAQAAAAAAAAAAAAAAAAAAAAAAAMB9SwIAAAAAAAAAAAAAAAAAAACoYUoA"
     "AAAAAAAAAAAAAEBqH81gAQw"},
    {4,
     {{0, 1},
      {1993, 2},
      {35460, 3},
      {459495, 4},
      {595669, 5},
      {754353, 6},
      {845645, 7},
      {923232, 8},
      {924445, 9},
      {934534, 10},
      {1004534, 11},
      {1000345, 12},
      {1030203, 13},
      {1030204, 14},
      {1030205, 15}},
     "eNrt0EENgDAQADAIHwImkIIEJEwCUpCEBBQRHOy35Li1EjoOQGabAgAAAAAAAAAAAAAAAAAAACC1SQEA"
     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAABADrsCAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAADoxaEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIIoCgAAAAAA"
     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACArpwKAAAAAAAAAAAAAAAAAAAAAAAA"
     "AAAAAAAAAAAAAAAAAAAAAAAAAGhqVkAzlwIAAAAAiGVRAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
     "AAAAAABx3AoAgLpVAQAAAAAAAAAAAAAAwM89rwMAAAAAAAAAAAjsA9xMBMA"},
};

Vector vector_of_eight_bits() {
  Vector vector{.bits = 8, .entries = {}, .lst = kEightBitList};
  for (const size_t index : kEightBitIndexes) {
    vector.entries.emplace_back(index, static_cast<uint8_t>(vector.entries.size()));
  }
  return vector;
}

TEST(StatusList, ReadsTheTestVectors) {
  constexpr size_t kNumEntries = 1 << 20;
  std::vector<Vector> vectors(std::begin(kVectors), std::end(kVectors));
  vectors.push_back(vector_of_eight_bits());
  for (const Vector& vector : vectors) {
    const StatusList list = StatusList::decode(vector.bits, vector.lst, kListBytesMax).value();
    StatusList made = StatusList::create(vector.bits, kNumEntries, kListBytesMax).value();
    for (const auto& [index, status] : vector.entries) made.set(index, status);
    EXPECT_EQ(list.size(), kNumEntries);
    EXPECT_TRUE(list == made) << vector.bits;
    // Not compared with the vector's text: libraries differ in how well they compress.
    EXPECT_TRUE(StatusList::decode(vector.bits, made.encode().value(), kListBytesMax).value() ==
                list);
  }
}

// --- What comes from strangers ---

TEST(StatusList, ReadsWhatItWroteForEveryNumberOfBits) {
  std::mt19937 random(4);
  for (const uint32_t bits : {1u, 2u, 4u, 8u}) {
    const size_t num_entries = 1000 + bits;
    StatusList list = StatusList::create(bits, num_entries, kListBytesMax).value();
    std::vector<uint8_t> expected(list.size(), 0);
    EXPECT_GE(list.size(), num_entries);
    EXPECT_LT(list.size(), num_entries + 8);
    for (int i = 0; i < 5000; ++i) {
      const size_t index = random() % num_entries;
      expected[index] = static_cast<uint8_t>(random() % (1u << bits));
      list.set(index, expected[index]);
    }
    const StatusList read = StatusList::decode(bits, list.encode().value(), kListBytesMax).value();
    ASSERT_EQ(read.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) ASSERT_EQ(read.get(i), expected[i]) << i;
  }
}

TEST(StatusList, RefusesOtherNumbersOfBits) {
  for (const uint32_t bits : {0u, 3u, 5u, 7u, 16u, UINT32_MAX}) {
    EXPECT_EQ(code_of(bits, "eNrbuRgAAhcBXQ"), absl::StatusCode::kInvalidArgument) << bits;
    EXPECT_FALSE(StatusList::create(bits, 1, kListBytesMax).ok()) << bits;
  }
}

TEST(StatusList, RefusesWhatIsNoCompleteStream) {
  const std::string whole = compress("status list");
  const auto is_refused = [](const std::string& bytes) {
    return code_of(1, base64url_encode(bytes)) == absl::StatusCode::kInvalidArgument;
  };
  EXPECT_FALSE(is_refused(whole));
  for (size_t length = 0; length < whole.size(); ++length) {
    EXPECT_TRUE(is_refused(whole.substr(0, length))) << length;
  }
  EXPECT_TRUE(is_refused(whole + "x")) << "something behind it";
  EXPECT_TRUE(is_refused(whole + whole));
  std::string altered = whole;
  altered.back() = static_cast<char>(altered.back() ^ 1);
  EXPECT_TRUE(is_refused(altered)) << "another checksum";
  EXPECT_TRUE(is_refused(whole.substr(2))) << "DEFLATE without ZLIB around it";
}

TEST(StatusList, RefusesOtherSpellings) {
  EXPECT_EQ(code_of(1, "eNrbuRgAAhcBXQ=="), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code_of(1, "eNrbuRgAAhcBXR"), absl::StatusCode::kInvalidArgument) << "bits left over";
  EXPECT_EQ(code_of(1, "eNrb uRgAAhcBXQ"), absl::StatusCode::kInvalidArgument);
}

TEST(StatusList, InflatesNoMoreThanIsAllowed) {
  const std::string bomb = base64url_encode(compress(std::string(100'000'000, '\0')));
  EXPECT_LT(bomb.size(), 200'000u);
  EXPECT_EQ(code_of(8, bomb), absl::StatusCode::kResourceExhausted);
  const std::string exact = base64url_encode(compress(std::string(1000, '\0')));
  EXPECT_EQ(code_of(8, exact, 1000), absl::StatusCode::kOk);
  EXPECT_EQ(code_of(8, exact, 999), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(StatusList::create(1, 8001, 1000).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(StatusList::create(1, SIZE_MAX, 1000).status().code(),
            absl::StatusCode::kResourceExhausted);
}

TEST(StatusList, HasNoStatusBehindItsEnd) {
  for (const uint32_t bits : {1u, 2u, 4u, 8u}) {
    const StatusList list = StatusList::create(bits, 16, kListBytesMax).value();
    EXPECT_EQ(list.get(15), kValid);
    for (const uint64_t index : {uint64_t{16}, uint64_t{1} << 32, UINT64_MAX}) {
      EXPECT_EQ(list.get(index), std::nullopt) << bits;
    }
  }
}

TEST(StatusList, MayBeEmpty) {
  const StatusList list = StatusList::create(1, 0, 0).value();
  EXPECT_EQ(list.size(), 0u);
  EXPECT_EQ(StatusList::decode(1, list.encode().value(), 0).value().size(), 0u);
}

}  // namespace
}  // namespace simdjwt::status
