// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. A lenient base64url decoder gives one token many spellings: with padding, with blanks
// or line ends inside, with '+' for '-', and with any value in the bits that the last character
// does not need (four spellings of a 32-byte signature). All verify. Whoever blocks, caches, counts
// or logs tokens by their text is evaded with another spelling of the same token.
//
// The defence. Each byte string has exactly one spelling, and every other is refused, also where
// the tag was made over it (RFC 7515 section 2; RFC 4648 section 3.5).

#include <gtest/gtest.h>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

struct Parts {
  std::string header;
  std::string payload;
  std::string tag;
};

Parts honest_parts(std::string_view header = kHeader, std::string_view claims = kClaims) {
  Parts parts = {base64url(header), base64url(claims), ""};
  parts.tag = base64url(hmac_tag(Algorithm::kHs256, kSecret, parts.header + '.' + parts.payload));
  return parts;
}

std::string joined(const Parts& parts) {
  return parts.header + '.' + parts.payload + '.' + parts.tag;
}

// Claims whose encoding has 0, 2 or 4 unused bits, by their number of blanks.
std::string claims_with_length_mod_3(size_t remainder) {
  std::string claims = R"({"sub":"alice"})";
  while (claims.size() % 3 != remainder) claims += ' ';
  return claims;
}

TEST(RespelledToken, ASignatureHasFourSpellingsOfWhichOneIsRight) {
  Judge judge;
  Parts parts = honest_parts();
  ASSERT_EQ(num_stray_bits(parts.tag), 2u);
  ASSERT_EQ(judge(joined(parts)), Verdict::kValid);
  const std::string tag = parts.tag;
  for (unsigned bits = 1; bits < 4; ++bits) {
    parts.tag = with_stray_bits(tag, bits);
    EXPECT_EQ(judge(joined(parts)), Verdict::kBadBase64url) << bits;
  }
}

TEST(RespelledToken, StrayBitsOfSignedPartsAreRefusedUnderARightTag) {
  Judge judge;
  for (const size_t remainder : {1u, 2u}) {
    const std::string payload = base64url(claims_with_length_mod_3(remainder));
    ASSERT_EQ(judge(sign_parts(base64url(kHeader), payload)), Verdict::kValid);
    for (unsigned bits = 1; bits < 1u << num_stray_bits(payload); ++bits) {
      EXPECT_EQ(judge(sign_parts(base64url(kHeader), with_stray_bits(payload, bits))),
                Verdict::kBadBase64url)
          << bits;
    }
    std::string header(kHeader);
    while (header.size() % 3 != remainder) header += ' ';
    const std::string encoded = base64url(header);
    ASSERT_EQ(judge(sign_parts(encoded, payload)), Verdict::kValid);
    for (unsigned bits = 1; bits < 1u << num_stray_bits(encoded); ++bits) {
      EXPECT_EQ(judge(sign_parts(with_stray_bits(encoded, bits), payload)), Verdict::kBadBase64url)
          << bits;
    }
  }
}

TEST(RespelledToken, PaddingIsRefusedUnderARightTag) {
  Judge judge;
  for (const size_t remainder : {0u, 1u, 2u}) {
    const std::string payload = base64url(claims_with_length_mod_3(remainder));
    std::string padded = with_padding(payload);
    if (remainder == 0) padded += "====";  // none would be due
    EXPECT_EQ(judge(sign_parts(base64url(kHeader), padded)), Verdict::kBadBase64url) << padded;
    EXPECT_EQ(judge(sign_parts(base64url(kHeader), payload + '=')), Verdict::kBadBase64url);
    EXPECT_EQ(judge(sign_parts(base64url(kHeader) + '=', payload)), Verdict::kBadBase64url);
    EXPECT_EQ(judge(sign_parts('=' + base64url(kHeader), payload)), Verdict::kBadBase64url);
  }
  EXPECT_EQ(judge(joined(honest_parts()) + '='), Verdict::kBadBase64url);
  EXPECT_EQ(judge(joined(honest_parts()) + "=="), Verdict::kBadBase64url);
  EXPECT_EQ(judge(joined(honest_parts()) + "%3D"), Verdict::kBadBase64url);
}

TEST(RespelledToken, TheAlphabetOfPlainBase64IsRefusedUnderARightTag) {
  Judge judge;
  // Text that encodes to both '-' and '_'.
  const std::string claims = "{\"x\":\"?>?>?>~~~\xc3\xbf\xc3\xbe\"}";
  const std::string payload = base64url(claims);
  ASSERT_NE(payload.find_first_of("-_"), payload.npos);
  ASSERT_EQ(judge(sign_parts(base64url(kHeader), payload)), Verdict::kValid);
  EXPECT_EQ(judge(sign_parts(base64url(kHeader), in_standard_alphabet(payload))),
            Verdict::kBadBase64url);
  // The same of signatures; nearly every one has a '-' or '_'.
  size_t num_respelled = 0;
  for (int i = 0; i < 20; ++i) {
    Parts parts = honest_parts(kHeader, R"({"n":)" + std::to_string(i) + "}");
    const std::string respelled = in_standard_alphabet(parts.tag);
    if (respelled == parts.tag) continue;
    parts.tag = respelled;
    EXPECT_EQ(judge(joined(parts)), Verdict::kBadBase64url);
    ++num_respelled;
  }
  EXPECT_GT(num_respelled, 0u);
}

TEST(RespelledToken, BlanksAndLineEndsAreRefusedUnderARightTag) {
  Judge judge;
  const std::string header = base64url(kHeader);
  const std::string payload = base64url(kClaims);
  for (const std::string blank : {" ", "\t", "\n", "\r\n", "\v", "\f", "\xc2\xa0"}) {
    EXPECT_EQ(judge(sign_parts(header, blank + payload)), Verdict::kBadBase64url);
    EXPECT_EQ(judge(sign_parts(header, payload + blank)), Verdict::kBadBase64url);
    EXPECT_EQ(judge(sign_parts(header + blank, payload)), Verdict::kBadBase64url);
    EXPECT_EQ(judge(sign_parts(blank + header, payload)), Verdict::kBadBase64url);
    std::string broken = payload;
    broken.insert(broken.size() / 2, blank);
    EXPECT_EQ(judge(sign_parts(header, broken)), Verdict::kBadBase64url);
    EXPECT_EQ(judge(sign_parts(header, payload) + blank), Verdict::kBadBase64url);
  }
}

TEST(RespelledToken, ALengthThatNothingEncodesToIsRefused) {
  Judge judge;
  const std::string payload = base64url(claims_with_length_mod_3(0));
  for (const std::string extra : {"A", "AAAAA"}) {
    ASSERT_EQ((payload + extra).size() % 4, 1u);
    EXPECT_EQ(judge(sign_parts(base64url(kHeader), payload + extra)), Verdict::kBadBase64url);
  }
  EXPECT_EQ(judge(sign_parts("A", payload)), Verdict::kBadBase64url);
  EXPECT_EQ(judge(base64url(kHeader) + '.' + payload + ".A"), Verdict::kBadBase64url);
}

}  // namespace
}  // namespace simdjwt::testing
