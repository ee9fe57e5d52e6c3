// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "http/scan.h"

#include <gtest/gtest.h>

#include <cctype>
#include <string>

#include "support/guarded_buffer.h"

namespace simdjwt::http {
namespace {

TEST(ControlFinder, AgreesWithItsTwinOnEveryByteAtEveryOffset) {
  testing::GuardedBuffer buffer(256);
  for (int byte = 0; byte < 256; ++byte) {
    for (const int size : {1, 2, 15, 16, 17, 63, 64, 65, 80, 127, 128, 129, 200}) {
      const auto length = static_cast<size_t>(size);
      for (size_t offset = 0; offset < length; ++offset) {
        std::string text(length, 'a');
        text[offset] = static_cast<char>(byte);
        const std::string_view guarded = buffer.at_end(text);
        ASSERT_EQ(ControlFinder(guarded).find(0), find_control_scalar(guarded, 0))
            << byte << " at " << offset << " of " << length;
      }
    }
  }
}

TEST(ControlFinder, AgreesWithItsTwinOnOneAfterAnother) {
  testing::GuardedBuffer buffer(512);
  uint32_t random = 1;
  for (int i = 0; i < 20'000; ++i) {
    std::string text(static_cast<size_t>(i) % 300, 'a');
    for (char& c : text) {
      random = random * 1664525 + 1013904223;
      if (random >> 28 == 0) c = "\r\n\t\x7f"[random >> 20 & 3];
    }
    const std::string_view guarded = i % 2 == 0 ? buffer.at_end(text) : buffer.at_begin(text);
    ControlFinder finder(guarded);
    const size_t step = static_cast<size_t>(i) % 3 + 1;
    for (size_t from = static_cast<size_t>(i) % 7; from <= guarded.size(); from += step) {
      const size_t expected = find_control_scalar(guarded, from);
      ASSERT_EQ(finder.find(from), expected) << from << " of " << text;
      from = expected;
    }
  }
}

TEST(ControlFinder, RefusesControlsAndDelButNotTab) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text(1, static_cast<char>(byte));
    const bool is_refused = (byte < 32 && byte != '\t') || byte == 127;
    EXPECT_EQ(ControlFinder(text).find(0), is_refused ? 0 : 1) << byte;
  }
}

TEST(ControlFinder, FindsTheFirstOneBehindTheStart) {
  const std::string text = "\r" + std::string(20, 'a') + "\n" + std::string(20, 'a') + "\r";
  EXPECT_EQ(ControlFinder(text).find(0), 0);
  EXPECT_EQ(ControlFinder(text).find(1), 21);
  EXPECT_EQ(ControlFinder(text).find(22), 42);
  EXPECT_EQ(ControlFinder(text).find(43), 43);
}

TEST(VisibleEnd, AgreesWithItsTwinOnEveryByteAtEveryOffset) {
  testing::GuardedBuffer buffer(256);
  for (int byte = 0; byte < 256; ++byte) {
    for (const size_t length : {1UL, 16UL, 17UL, 63UL, 64UL, 65UL, 81UL, 129UL}) {
      for (size_t offset = 0; offset < length; ++offset) {
        std::string text(length, 'a');
        text[offset] = static_cast<char>(byte);
        const std::string_view guarded = buffer.at_end(text);
        for (const size_t from : {size_t{0}, size_t{1}}) {
          ASSERT_EQ(visible_end(guarded, from), visible_end_scalar(guarded, from))
              << byte << " at " << offset << " of " << length << ", from " << from;
        }
      }
    }
  }
}

TEST(VisibleEnd, PassesPrintableAsciiButForTheBlank) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text(1, static_cast<char>(byte));
    EXPECT_EQ(visible_end(text, 0), byte >= '!' && byte <= '~' ? 1 : 0) << byte;
  }
}

TEST(PlainNameEnd, NeverPassesWhatIsNotPlain) {
  testing::GuardedBuffer buffer(64);
  for (int byte = 0; byte < 256; ++byte) {
    const bool is_plain = isalnum(byte) || byte == '-';
    for (size_t length = 1; length <= 50; ++length) {
      for (size_t offset = 0; offset < length; ++offset) {
        std::string text(length, 'a');
        text[offset] = static_cast<char>(byte);
        const size_t end = plain_name_end(buffer.at_end(text), 0);
        ASSERT_LE(end, is_plain ? length : offset) << byte << " at " << offset << " of " << length;
      }
    }
  }
}

#if defined(__SSE2__)
TEST(PlainNameEnd, FindsTheEndWhereSixteenBytesFollow) {
  const std::string rest(16, ':');
  EXPECT_EQ(plain_name_end("X-Forwarded-For9azAZ" + rest, 0), 20);
  EXPECT_EQ(plain_name_end("ab@" + rest, 1), 2);
  EXPECT_EQ(plain_name_end(rest, 0), 0);
}
#endif

}  // namespace
}  // namespace simdjwt::http
