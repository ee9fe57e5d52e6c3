// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The JSON index of every kernel, against what a loop over the characters finds, with the last
// block at the edge of an unreadable page.

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "bytes/json_index_kernels.h"
#include "support/guarded_buffer.h"

namespace simdjwt::bytes {

// The kernel's name in the names of its tests.
inline void PrintTo(const JsonIndexKernel* kernel, std::ostream* out) {
  *out << kernel->name.substr(kernel->name.find('/') + 1);
}

}  // namespace simdjwt::bytes

namespace simdjwt::testing {
namespace {

using bytes::JsonIndexKernel;
using bytes::JsonTraits;
using bytes::kJsonIndexBlockBytes;

// Under emulation, the kernel that is compiled into the program against it; else those of this CPU.
std::vector<const JsonIndexKernel*> kernels_under_test() {
#if defined(SIMDJWT_EMULATED_ISA)
  return {&bytes::kJsonIndexAvx512};
#else
  const auto kernels = bytes::available_json_kernels();
  return {kernels.begin(), kernels.end()};
#endif
}

class JsonIndex : public ::testing::TestWithParam<const JsonIndexKernel*> {
 protected:
  // `text` is of whole blocks, of which the kernel is told of `num_bytes`.
  void expect_index(std::string_view text, size_t num_bytes) const {
    constexpr uint64_t kStale = 0x5555555555555555;
    std::vector<uint64_t> expected(text.size() / kJsonIndexBlockBytes + 1);
    std::vector<uint64_t> quotes(expected.size(), kStale);
    JsonTraits traits;
    for (size_t i = 0; i < text.size(); ++i) {
      const auto c = static_cast<unsigned char>(text[i]);
      if (c == '"') expected[i / 64] |= uint64_t{1} << i % 64;
      traits.has_backslash |= c == '\\';
      traits.has_control |= c < 0x20;
      traits.has_non_ascii |= c > 0x7f;
    }
    expected.back() = kStale;  // behind the last block nothing is written
    const JsonTraits found = GetParam()->index(quotes.data(), text.data(), num_bytes);
    EXPECT_EQ(quotes, expected);
    EXPECT_EQ(found.has_backslash, traits.has_backslash);
    EXPECT_EQ(found.has_control, traits.has_control);
    EXPECT_EQ(found.has_non_ascii, traits.has_non_ascii);
  }

  // Of `num_bytes` bytes and what fills their last block.
  std::string_view place(std::string text, size_t num_bytes) {
    const size_t num_blocks = (num_bytes + kJsonIndexBlockBytes - 1) / kJsonIndexBlockBytes;
    text.resize(num_blocks * kJsonIndexBlockBytes, ' ');
    return buffer_.at_end(text);
  }

  static constexpr size_t kBytesMax = 5 * kJsonIndexBlockBytes;
  GuardedBuffer buffer_{kBytesMax};
  std::mt19937 random_{3};
};

INSTANTIATE_TEST_SUITE_P(Kernels, JsonIndex, ::testing::ValuesIn(kernels_under_test()),
                         ::testing::PrintToStringParamName());

TEST_P(JsonIndex, FindsEachByteForWhatItIs) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    for (const size_t at :
         {size_t{0}, size_t{31}, size_t{32}, size_t{63}, size_t{64}, size_t{127}}) {
      std::string text(128, 'x');
      text[at] = static_cast<char>(byte);
      SCOPED_TRACE(::testing::Message() << "byte " << byte << " at " << at);
      expect_index(place(text, text.size()), text.size());
      if (HasFailure()) return;
    }
  }
}

TEST_P(JsonIndex, AgreesAtEveryLengthAndReadsNoFurtherThanItsBlocks) {
  constexpr std::string_view kBytes =
      "\"\"\"\\\n\x1f\x20\x7f\x80\xff"
      "abcdefgh{}[]:,0123456789";
  for (size_t num_bytes = 0; num_bytes <= kBytesMax; ++num_bytes) {
    for (int round = 0; round < 8; ++round) {
      // In some rounds only letters and quotes, so that the traits are not always all there.
      const size_t first = round % 2 == 0 ? 0 : 10;
      std::string text(num_bytes, 'x');
      for (char& c : text)
        c = random_() % 5 == 0 ? '"' : kBytes[first + random_() % (kBytes.size() - first)];
      SCOPED_TRACE(::testing::Message() << num_bytes << " bytes, round " << round);
      expect_index(place(text, num_bytes), num_bytes);
      if (HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace simdjwt::testing
