// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The blocks that RSA signatures hold, written down here from RFC 8017: which are the right ones,
// and how little may differ.

#include "jose/rsa_block.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <string>
#include <vector>

#include "support/hex.h"

namespace simdjwt::testing {
namespace {

constexpr size_t kSizes[] = {2048 / 8, 3072 / 8, 4096 / 8};

struct Hash {
  const EVP_MD* md;
  const char* info;  // DigestInfo up to the digest (section 9.2, note 1)
};

std::vector<Hash> hashes() {
  return {{EVP_sha256(), "3031300d060960864801650304020105000420"},
          {EVP_sha384(), "3041300d060960864801650304020205000430"},
          {EVP_sha512(), "3051300d060960864801650304020305000440"}};
}

std::string hash_of(const EVP_MD* md, const std::string& message) {
  std::string digest(static_cast<size_t>(EVP_MD_get_size(md)), '\0');
  EVP_Digest(message.data(), message.size(), reinterpret_cast<uint8_t*>(digest.data()), nullptr, md,
             nullptr);
  return digest;
}

std::span<const uint8_t> as_span(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

bool is_pkcs1(const std::string& block, const std::string& digest) {
  return jose::is_pkcs1_block(as_span(block), as_span(digest));
}

bool is_pss(const std::string& block, const std::string& digest) {
  return jose::is_pss_block(bytes::selected_kernels(), as_span(block), as_span(digest));
}

// `begin`, as many bytes of `filling` as there is room for, `end`.
std::string filled(size_t num_bytes, const std::string& begin, char filling,
                   const std::string& end) {
  return begin + std::string(num_bytes - begin.size() - end.size(), filling) + end;
}

std::string pkcs1_block(size_t num_bytes, const std::string& digest_info) {
  return filled(num_bytes, std::string("\0\1", 2), '\xff', '\0' + digest_info);
}

// What goes into EMSA-PSS, and can be wrong in it.
struct PssParts {
  const EVP_MD* md;
  const EVP_MD* mask_md = nullptr;  // null: the same
  std::string salt;
  std::string padding = {};   // before the salt; empty: zeros and 01
  uint8_t first_bits = 0x7f;  // those that are kept of the first byte
  char last = '\xbc';
};

std::string pss_block(size_t num_bytes, const std::string& digest, const PssParts& parts) {
  const std::string hash = hash_of(parts.md, std::string(8, '\0') + digest + parts.salt);
  const size_t db_bytes = num_bytes - hash.size() - 1;
  std::string db = parts.padding + parts.salt;
  if (parts.padding.empty()) db = filled(db_bytes, "", '\0', '\1' + parts.salt);
  const EVP_MD* const mask_md = parts.mask_md != nullptr ? parts.mask_md : parts.md;
  std::string mask;
  for (char i = 0; mask.size() < db_bytes; ++i) {
    mask += hash_of(mask_md, hash + std::string(3, '\0') + i);
  }
  for (size_t i = 0; i < db_bytes; ++i) db[i] = static_cast<char>(db[i] ^ mask[i]);
  db[0] = static_cast<char>(static_cast<uint8_t>(db[0]) & parts.first_bits);
  return db + hash + parts.last;
}

// Whether any single changed bit makes `is_right` false.
template <class IsRight>
void expect_every_bit_matters(std::string block, IsRight is_right) {
  ASSERT_TRUE(is_right(block));
  for (size_t i = 0; i < 8 * block.size(); ++i) {
    char& byte = block[i / 8];
    byte = static_cast<char>(byte ^ 1 << i % 8);
    ASSERT_FALSE(is_right(block)) << "bit " << i;
    byte = static_cast<char>(byte ^ 1 << i % 8);
  }
}

TEST(Pkcs1Block, IsRightWithEveryBitAndWithNoOtherDigest) {
  for (const size_t num_bytes : kSizes) {
    for (const Hash& hash : hashes()) {
      const std::string digest = hash_of(hash.md, "m");
      expect_every_bit_matters(pkcs1_block(num_bytes, from_hex(hash.info) + digest),
                               [&](const std::string& block) { return is_pkcs1(block, digest); });
      EXPECT_FALSE(
          is_pkcs1(pkcs1_block(num_bytes, from_hex(hash.info) + digest), hash_of(hash.md, "n")));
    }
  }
}

TEST(Pkcs1Block, HasOnePaddingOneIdentifierAndNothingBehindTheDigest) {
  for (const size_t num_bytes : kSizes) {
    const std::string digest = hash_of(EVP_sha256(), "m");
    const std::string info = from_hex(hashes()[0].info);
    const std::string end = '\0' + info + digest;
    const std::string begin("\0\1", 2);
    EXPECT_TRUE(is_pkcs1(filled(num_bytes, begin, '\xff', end), digest));
    const std::vector<std::string> others = {
        filled(num_bytes, std::string("\0\2", 2), '\xff', end),
        filled(num_bytes, std::string("\0\0", 2), '\xff', end),
        filled(num_bytes, std::string("\1\1", 2), '\xff', end),
        filled(num_bytes, begin, '\xfe', end),
        filled(num_bytes, begin, '\0', end),
        filled(num_bytes, begin + std::string(8, '\xff') + end, '\0', ""),  // at the left
        filled(num_bytes, begin + std::string(8, '\xff') + end, '\xff', ""),
        filled(num_bytes, begin, '\xff', end.substr(1)),  // no zero
        filled(num_bytes, begin, '\xff', '\0' + end),
        filled(num_bytes, begin, '\xff', end + '\0'),
        pkcs1_block(num_bytes, digest),
        pkcs1_block(num_bytes, info),
        pkcs1_block(num_bytes, from_hex("302f300b06096086480165030402010420") + digest),  // no NULL
        pkcs1_block(num_bytes, from_hex("3031300d060960864801650304020205000420") + digest),
        pkcs1_block(num_bytes, from_hex("3031300d060960864801650304020405000420") + digest),
        pkcs1_block(num_bytes, from_hex("30813330810d06096086480165030402010500048120") + digest),
        pkcs1_block(num_bytes, from_hex("3021300906052b0e03021a05000414") + digest.substr(12)),
    };
    for (size_t i = 0; i < others.size(); ++i) EXPECT_FALSE(is_pkcs1(others[i], digest)) << i;
  }
}

TEST(Pkcs1Block, OfOneHashIsNotThatOfAnother) {
  for (const Hash& signed_with : hashes()) {
    for (const Hash& hash : hashes()) {
      const std::string digest = hash_of(signed_with.md, "m");
      EXPECT_EQ(
          is_pkcs1(pkcs1_block(256, from_hex(signed_with.info) + digest), hash_of(hash.md, "m")),
          hash.md == signed_with.md);
    }
  }
}

TEST(PssBlock, IsRightWithEveryBitAndWithNoOtherDigest) {
  for (const size_t num_bytes : kSizes) {
    for (const Hash& hash : hashes()) {
      const std::string digest = hash_of(hash.md, "m");
      const std::string block =
          pss_block(num_bytes, digest, {.md = hash.md, .salt = std::string(digest.size(), 's')});
      expect_every_bit_matters(block, [&](const std::string& one) { return is_pss(one, digest); });
      EXPECT_FALSE(is_pss(block, hash_of(hash.md, "n")));
    }
  }
}

TEST(PssBlock, IsRightWithAnySaltOfTheDigestsLengthAlone) {
  for (const Hash& hash : hashes()) {
    const std::string digest = hash_of(hash.md, "m");
    for (size_t salt_bytes = 0; salt_bytes <= 256 - 2 - digest.size(); ++salt_bytes) {
      const std::string salt(salt_bytes, static_cast<char>(salt_bytes));
      EXPECT_EQ(is_pss(pss_block(256, digest, {.md = hash.md, .salt = salt}), digest),
                salt_bytes == digest.size())
          << salt_bytes;
    }
  }
}

TEST(PssBlock, HasZerosAOneTheSameHashInItsMaskAndATrailer) {
  for (const size_t num_bytes : kSizes) {
    const std::string digest = hash_of(EVP_sha256(), "m");
    const std::string salt(32, 's');
    const auto is_right = [&](const PssParts& parts) {
      return is_pss(pss_block(num_bytes, digest, parts), digest);
    };
    const std::string zeros(num_bytes - 32 - 1 - 32 - 1, '\0');
    const EVP_MD* const md = EVP_sha256();
    EXPECT_TRUE(is_right({.md = md, .salt = salt}));
    EXPECT_TRUE(is_right({.md = md, .salt = salt, .padding = zeros + '\1'}));
    EXPECT_FALSE(is_right({.md = md, .salt = salt, .padding = zeros + '\0'}));
    EXPECT_FALSE(is_right({.md = md, .salt = salt, .padding = zeros + '\2'}));
    EXPECT_FALSE(is_right({.md = md, .salt = salt, .padding = zeros + '\x81'}));
    EXPECT_FALSE(is_right({.md = md, .salt = salt, .padding = '\1' + zeros}));
    EXPECT_FALSE(is_right({.md = md, .salt = salt, .padding = '\1' + zeros.substr(1) + '\1'}));
    EXPECT_FALSE(is_right({.md = md, .salt = salt, .padding = zeros.substr(1) + "\1\1"}));
    EXPECT_FALSE(is_right({.md = md, .salt = salt, .last = '\xcc'}));
    EXPECT_FALSE(is_right({.md = md, .salt = salt, .last = '\0'}));
    for (const EVP_MD* other : {EVP_sha1(), EVP_sha384(), EVP_sha512()}) {
      EXPECT_FALSE(is_right({.md = md, .mask_md = other, .salt = salt}));
      EXPECT_FALSE(is_right({.md = other, .mask_md = md, .salt = salt}));
    }
  }
}

TEST(PssBlock, BeginsWithAZeroBit) {
  // Of the mask, of which the first bit is not used: whatever it is, the block's is 0.
  const std::string digest = hash_of(EVP_sha256(), "m");
  size_t num_refused = 0;
  for (char i = 0; i < 32; ++i) {
    const std::string salt(32, i);
    EXPECT_TRUE(is_pss(pss_block(256, digest, {.md = EVP_sha256(), .salt = salt}), digest));
    const std::string whole =
        pss_block(256, digest, {.md = EVP_sha256(), .salt = salt, .first_bits = 0xff});
    num_refused += is_pss(whole, digest) ? 0 : 1;
  }
  EXPECT_GT(num_refused, 4u);
  EXPECT_LT(num_refused, 28u);
}

}  // namespace
}  // namespace simdjwt::testing
