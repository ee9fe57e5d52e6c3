// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "http/scan.h"

#include <gtest/gtest.h>

#include <cctype>
#include <string>

#include "support/guarded_buffer.h"

namespace simdjwt::http {
namespace {

TEST(FindControl, AgreesWithItsTwinOnEveryByteAtEveryOffset) {
  testing::GuardedBuffer buffer(64);
  for (int byte = 0; byte < 256; ++byte) {
    for (size_t length = 1; length <= 50; ++length) {
      for (size_t offset = 0; offset < length; ++offset) {
        std::string text(length, 'a');
        text[offset] = static_cast<char>(byte);
        const std::string_view guarded = buffer.at_end(text);
        ASSERT_EQ(find_control(guarded, 0), find_control_scalar(guarded, 0))
            << byte << " at " << offset << " of " << length;
      }
    }
  }
}

TEST(FindControl, RefusesControlsAndDelButNotTab) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text(1, static_cast<char>(byte));
    const bool is_refused = (byte < 32 && byte != '\t') || byte == 127;
    EXPECT_EQ(find_control(text, 0), is_refused ? 0 : 1) << byte;
  }
}

TEST(FindControl, FindsTheFirstOneBehindTheStart) {
  const std::string text = "\r" + std::string(20, 'a') + "\n" + std::string(20, 'a') + "\r";
  EXPECT_EQ(find_control(text, 0), 0);
  EXPECT_EQ(find_control(text, 1), 21);
  EXPECT_EQ(find_control(text, 22), 42);
  EXPECT_EQ(find_control(text, 43), 43);
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
