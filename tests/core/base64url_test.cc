// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Every kernel against the RFC, against Abseil and against its scalar twin, with the text between
// unreadable pages and the output ending at one. Built twice: for the kernels of this CPU, and with
// the AVX-512 kernel emulated.

#include "bytes/base64url.h"

#include <absl/strings/escaping.h>
#include <gtest/gtest.h>
#include <simdjwt/base64url.h>

#include <algorithm>
#include <optional>
#include <ostream>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bytes/base64url_kernels.h"
#include "support/guarded_buffer.h"

namespace simdjwt::bytes {

// The kernel's name in the names of its tests.
inline void PrintTo(const Base64urlKernel* kernel, std::ostream* out) {
  *out << kernel->name.substr(kernel->name.find('/') + 1);
}

namespace {

using Kernels = std::vector<const Base64urlKernel*>;

Kernels kernels_under_test() {
#ifdef SIMDJWT_EMULATED_ISA
  return {&kBase64urlAvx512Vbmi};
#else
  const auto available = available_base64url_kernels();
  return {available.begin(), available.end()};
#endif
}

// The bytes that `kernel` decodes `text` to, or nothing if it refuses. `text` is given once behind
// and once in front of an unreadable page.
std::optional<std::string> decode(const Base64urlKernel& kernel, std::string_view text) {
  static testing::GuardedBuffer input(8192);
  static testing::GuardedBuffer output(8192);
  const size_t num_bytes = base64url_decoded_bytes(text.size());
  uint8_t* out = output.room_at_end(num_bytes + kBase64urlDecodeSlackBytes);
  out[-1] = 0x5a;
  const bool valid_at_end = kernel.decode(out, input.at_end(text));
  const std::string bytes(reinterpret_cast<const char*>(out), num_bytes);
  const bool valid_at_begin = kernel.decode(out, input.at_begin(text));
  EXPECT_EQ(valid_at_end, valid_at_begin) << text;
  EXPECT_EQ(out[-1], 0x5a);
  if (!valid_at_end) return std::nullopt;
  EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), reinterpret_cast<const char*>(out))) << text;
  return bytes;
}

// What must come out, from a lenient decoder: canonical is what its encoder would have written.
std::optional<std::string> expected(std::string_view text) {
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(std::string(text), &bytes)) return std::nullopt;
  if (absl::WebSafeBase64Escape(bytes) != text) return std::nullopt;
  return bytes;
}

std::vector<uint32_t> find_dots(const Base64urlKernel& kernel, std::string_view text) {
  static testing::GuardedBuffer input(8192);
  uint32_t at_end[4] = {};
  uint32_t at_begin[4] = {};
  const size_t num_dots = kernel.find_dots(at_end, input.at_end(text));
  EXPECT_EQ(kernel.find_dots(at_begin, input.at_begin(text)), num_dots);
  EXPECT_TRUE(std::equal(at_end, at_end + 4, at_begin));
  std::vector<uint32_t> found(at_end, at_end + std::min<size_t>(num_dots, 4));
  if (num_dots >= 5) found.push_back(static_cast<uint32_t>(num_dots));  // the count stands for it
  return found;
}

std::vector<uint32_t> expected_dots(std::string_view text) {
  std::vector<uint32_t> found;
  for (uint32_t i = 0; i < text.size(); ++i) {
    if (text[i] != '.') continue;
    if (found.size() == 4) {
      found.push_back(5);
      break;
    }
    found.push_back(i);
  }
  return found;
}

class Random {
 public:
  size_t below(size_t bound) {
    return std::uniform_int_distribution<size_t>(0, bound - 1)(engine_);
  }
  std::string bytes(size_t num_bytes) {
    std::string result(num_bytes, '\0');
    for (char& byte : result) byte = static_cast<char>(below(256));
    return result;
  }
  // Canonical for every length but 4n + 1.
  std::string text(size_t num_chars) {
    std::string result = absl::WebSafeBase64Escape(bytes(base64url_decoded_bytes(num_chars)));
    result.resize(num_chars, 'A');
    return result;
  }

 private:
  std::mt19937_64 engine_{7515};
};

class Base64urlKernels : public ::testing::TestWithParam<const Base64urlKernel*> {
 protected:
  const Base64urlKernel& kernel() const { return *GetParam(); }
  Random random_;
};

TEST_P(Base64urlKernels, DecodesTheVectorsOfRfc4648) {
  EXPECT_EQ(decode(kernel(), ""), "");
  EXPECT_EQ(decode(kernel(), "Zg"), "f");
  EXPECT_EQ(decode(kernel(), "Zm8"), "fo");
  EXPECT_EQ(decode(kernel(), "Zm9v"), "foo");
  EXPECT_EQ(decode(kernel(), "Zm9vYg"), "foob");
  EXPECT_EQ(decode(kernel(), "Zm9vYmE"), "fooba");
  EXPECT_EQ(decode(kernel(), "Zm9vYmFy"), "foobar");
}

TEST_P(Base64urlKernels, DecodesTheSignatureOfRfc7515A1) {
  EXPECT_EQ(
      decode(kernel(), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
      absl::HexStringToBytes("7418dfb49799e0254ffa607dd8adbbba16d4254d69d6bff05b58055853848d79"));
}

TEST_P(Base64urlKernels, DecodesTheWholeAlphabetAtEveryOffset) {
  std::string alphabet(kBase64urlAlphabet);
  for (size_t i = 0; i < 64; ++i) {
    EXPECT_EQ(decode(kernel(), alphabet), expected(alphabet)) << alphabet;
    std::rotate(alphabet.begin(), alphabet.begin() + 1, alphabet.end());
  }
}

TEST_P(Base64urlKernels, DecodesEveryLengthBetweenUnreadablePages) {
  for (size_t size = 0; size <= 300; ++size) {
    for (int round = 0; round < 8; ++round) {
      const std::string text = random_.text(size);
      ASSERT_EQ(decode(kernel(), text), expected(text)) << text;
      ASSERT_EQ(decode(kernel(), text).has_value(), size % 4 != 1) << text;
    }
  }
  constexpr size_t kLongSizes[] = {511, 512, 1000, 4000, 4095, 8190, 8192};
  for (size_t size : kLongSizes) {
    const std::string text = random_.text(size);
    ASSERT_EQ(decode(kernel(), text), expected(text));
  }
}

TEST_P(Base64urlKernels, TellsEveryByteAtEveryPosition) {
  constexpr size_t kSizes[] = {2, 3, 4, 6, 15, 16, 18, 20, 31, 32, 34, 43, 64, 66, 86, 100, 130};
  for (size_t size : kSizes) {
    const std::string text = random_.text(size);
    for (size_t position = 0; position < size; ++position) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string changed = text;
        changed[position] = static_cast<char>(byte);
        ASSERT_EQ(decode(kernel(), changed), expected(changed))
            << "byte " << byte << " at " << position << " of " << size;
      }
    }
  }
}

TEST_P(Base64urlKernels, AgreesOnNoise) {
  for (int round = 0; round < 20'000; ++round) {
    std::string text = random_.text(random_.below(140));
    // None, one or two bytes changed, sometimes to a neighbour of the alphabet's ranges.
    for (size_t changes = text.empty() ? 0 : random_.below(3); changes > 0; --changes) {
      constexpr std::string_view kNeighbours = "+,./:;@[\\]^`{|}\x7f\x80\xff =";
      text[random_.below(text.size())] = random_.below(2) == 0
                                             ? static_cast<char>(random_.below(256))
                                             : kNeighbours[random_.below(kNeighbours.size())];
    }
    ASSERT_EQ(decode(kernel(), text), decode(kBase64urlScalar, text)) << text;
    ASSERT_EQ(decode(kernel(), text), expected(text)) << text;
  }
}

TEST_P(Base64urlKernels, RefusesUnusedBitsThatAreNotZero) {
  for (size_t size = 2; size <= 140; ++size) {
    if (size % 4 < 2) continue;
    const size_t unused_values = size % 4 == 2 ? 16 : 4;
    for (size_t value = 0; value < 64; ++value) {
      std::string text(size, '_');
      text.back() = kBase64urlAlphabet[value];
      ASSERT_EQ(decode(kernel(), text).has_value(), value % unused_values == 0)
          << text.back() << " ends a text of " << size;
    }
  }
}

TEST_P(Base64urlKernels, RefusesLengthsThatNoEncoderMakes) {
  for (size_t size = 1; size <= 301; size += 4) {
    EXPECT_EQ(decode(kernel(), std::string(size, 'A')), std::nullopt) << size;
  }
}

TEST_P(Base64urlKernels, RefusesPadding) {
  for (std::string_view text : {"Zg==", "Zm8=", "Zg=", "=", "====", "Zm9v=", "Zm9v===="}) {
    EXPECT_EQ(decode(kernel(), text), std::nullopt) << text;
  }
  for (size_t size = 4; size <= 140; size += 4) {
    EXPECT_EQ(decode(kernel(), std::string(size - 1, 'A') + "="), std::nullopt) << size;
    EXPECT_EQ(decode(kernel(), std::string(size - 2, 'A') + "=="), std::nullopt) << size;
  }
}

TEST_P(Base64urlKernels, RefusesWhitespaceDotsAndTheOtherAlphabet) {
  constexpr size_t kSizes[] = {4, 20, 43, 64, 96};
  for (char stranger : {' ', '\t', '\n', '\r', '\v', '\f', '\0', '.', '+', '/', '\x80', '\xff'}) {
    for (size_t size : kSizes) {
      for (size_t position : {size_t{0}, size / 2, size - 1}) {
        std::string text(size, 'A');
        text[position] = stranger;
        EXPECT_EQ(decode(kernel(), text), std::nullopt) << int{stranger} << " at " << position;
      }
    }
  }
}

TEST_P(Base64urlKernels, FindsOneOrTwoDotsAtEveryPosition) {
  constexpr size_t kSize = 200;
  EXPECT_EQ(find_dots(kernel(), std::string(kSize, 'e')), std::vector<uint32_t>{});
  for (uint32_t first = 0; first < kSize; ++first) {
    for (uint32_t second = first; second < kSize; ++second) {
      std::string text(kSize, 'e');
      text[first] = text[second] = '.';
      const auto found = find_dots(kernel(), text);
      ASSERT_EQ(found, expected_dots(text)) << first << " and " << second;
    }
  }
}

TEST_P(Base64urlKernels, CountsNoFurtherThanFiveDotsAtAnyLength) {
  for (size_t size = 0; size <= 300; ++size) {
    EXPECT_EQ(find_dots(kernel(), std::string(size, '.')), expected_dots(std::string(size, '.')));
    for (size_t num_dots = 0; num_dots <= 7 && num_dots <= size; ++num_dots) {
      std::string text = random_.text(size);
      for (size_t i = 0; i < num_dots; ++i) text[random_.below(size)] = '.';
      ASSERT_EQ(find_dots(kernel(), text), expected_dots(text)) << text;
    }
  }
}

TEST_P(Base64urlKernels, TakesNoOtherByteForADot) {
  std::string text;
  for (int byte = 0; byte < 256; ++byte) {
    if (byte != '.') text += static_cast<char>(byte);
  }
  EXPECT_EQ(find_dots(kernel(), text), std::vector<uint32_t>{});
}

INSTANTIATE_TEST_SUITE_P(, Base64urlKernels, ::testing::ValuesIn(kernels_under_test()));

#ifndef SIMDJWT_EMULATED_ISA

TEST(Base64url, EncodesTheVectorsOfRfc4648) {
  EXPECT_EQ(base64url_encode(""), "");
  EXPECT_EQ(base64url_encode("f"), "Zg");
  EXPECT_EQ(base64url_encode("fo"), "Zm8");
  EXPECT_EQ(base64url_encode("foo"), "Zm9v");
  EXPECT_EQ(base64url_encode("foob"), "Zm9vYg");
  EXPECT_EQ(base64url_encode("fooba"), "Zm9vYmE");
  EXPECT_EQ(base64url_encode("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64url_encode("\xfb\xff\xfe"), "-__-");
}

TEST(Base64url, EncodesLikeAbseilAndDecodesItsOwnText) {
  Random random;
  for (size_t size = 0; size <= 300; ++size) {
    const std::string data = random.bytes(size);
    const std::string text = base64url_encode(data);
    ASSERT_EQ(text, absl::WebSafeBase64Escape(data));
    ASSERT_EQ(text.size(), base64url_encoded_chars(size));
    ASSERT_EQ(base64url_decoded_bytes(text.size()), size);
    ASSERT_EQ(decode(kBase64urlScalar, text), data);
  }
}

TEST(Base64url, AppendsBehindWhatIsThere) {
  std::string token = "eyJhbGciOiJIUzI1NiJ9.";
  base64url_append(token, "{}");
  EXPECT_EQ(token, "eyJhbGciOiJIUzI1NiJ9.e30");
}

TEST(Base64url, WritesIntoMemoryOfItsCallers) {
  const std::vector<uint8_t> data = {0xfb, 0xff, 0xfe, 0x00};
  std::string text = "[______]";
  base64url_write(std::span(text).subspan(1, 6), data);
  EXPECT_EQ(text, "[-__-AA]");
}

TEST(Base64url, DecodesWhatEncodesToTheSameTextAndNothingElse) {
  EXPECT_EQ(base64url_decode(""), "");
  EXPECT_EQ(base64url_decode("-__-Zg"), "\xfb\xff\xfe\x66");
  for (const char* text : {"Z", "Zh", "Zg==", "Zg=", "Z g", "Zm9v\n", "+//+", "Zm9v.", "Zm9vZ"}) {
    EXPECT_EQ(base64url_decode(text), std::nullopt) << text;
  }
}

TEST(Base64url, OffersScalarFirstAndOnlyWhatTheCpuRuns) {
  const auto available = available_base64url_kernels();
  ASSERT_GE(available.size(), 1u);
  EXPECT_EQ(available[0]->name, "base64url/scalar");
  const std::vector<std::string_view> order = {"base64url/scalar", "base64url/avx2",
                                               "base64url/avx512vbmi"};
  ASSERT_LE(available.size(), order.size());
  for (size_t i = 0; i < available.size(); ++i) EXPECT_EQ(available[i]->name, order[i]);
}

#endif  // !SIMDJWT_EMULATED_ISA

}  // namespace
}  // namespace simdjwt::bytes
