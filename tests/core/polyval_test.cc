// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// POLYVAL against RFC 8452, against the GHASH inside libcrypto's AES-GCM, and every kernel against
// its scalar twin, with the text between unreadable pages.

#include "bytes/polyval.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "support/guarded_buffer.h"
#include "support/hex.h"

namespace simdjwt::bytes {

// The kernel's name in the names of its tests.
inline void PrintTo(const PolyvalKernel* kernel, std::ostream* out) {
  *out << kernel->name.substr(kernel->name.find('/') + 1);
}

}  // namespace simdjwt::bytes

namespace simdjwt::testing {
namespace {

using bytes::PolyvalBlock;
using bytes::PolyvalKernel;
using bytes::PolyvalKey;

PolyvalBlock block_of(std::string_view bytes) {
  PolyvalBlock block;
  std::memcpy(&block, bytes.data(), sizeof(block));
  return block;
}

std::string text_of(PolyvalBlock block) {
  return std::string(reinterpret_cast<const char*>(&block), sizeof(block));
}

std::string reversed(std::string text) {
  std::reverse(text.begin(), text.end());
  return text;
}

std::string random_text(std::mt19937_64& random, size_t num_bytes) {
  std::string text(num_bytes, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

class Polyval : public ::testing::TestWithParam<const PolyvalKernel*> {
 protected:
  PolyvalBlock value(std::string_view point, std::string_view bytes) const {
    return GetParam()->update(PolyvalKey(block_of(point)), {}, bytes);
  }
};

INSTANTIATE_TEST_SUITE_P(Kernels, Polyval,
                         ::testing::ValuesIn(bytes::available_polyval_kernels().begin(),
                                             bytes::available_polyval_kernels().end()),
                         ::testing::PrintToStringParamName());

TEST_P(Polyval, GivesTheValueOfRfc8452) {
  EXPECT_EQ(to_hex(text_of(value(from_hex("25629347589242761d31f826ba4b757b"),
                                 from_hex("4f4f95668c83dfb6401762bb2d01a262"
                                          "d1a24ddd2721d006bbe45f20d3c9f362")))),
            "f7a3b47b846119fae5b7866cf5e5b77e");
}

TEST_P(Polyval, OfNothingIsZero) {
  EXPECT_EQ(value(from_hex("25629347589242761d31f826ba4b757b"), ""), PolyvalBlock());
}

// --- libcrypto ---

std::string aes128(std::string_view key, const std::string& block) {
  std::string result(16, '\0');
  int num_bytes = 0;
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  EVP_EncryptInit_ex(context, EVP_aes_128_ecb(), nullptr,
                     reinterpret_cast<const uint8_t*>(key.data()), nullptr);
  EVP_CIPHER_CTX_set_padding(context, 0);
  EVP_EncryptUpdate(context, reinterpret_cast<uint8_t*>(result.data()), &num_bytes,
                    reinterpret_cast<const uint8_t*>(block.data()), 16);
  EVP_CIPHER_CTX_free(context);
  return result;
}

// GHASH over `data` and a block with its length, under the point that the key encrypts zero to: an
// AES-GCM tag of nothing but associated data, without its mask.
std::string ghash(const std::string& key, const std::string& data) {
  const std::string nonce(12, '\0');
  std::string tag(16, '\0');
  int num_bytes = 0;
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  EVP_EncryptInit_ex(context, EVP_aes_128_gcm(), nullptr,
                     reinterpret_cast<const uint8_t*>(key.data()),
                     reinterpret_cast<const uint8_t*>(nonce.data()));
  EVP_EncryptUpdate(context, nullptr, &num_bytes, reinterpret_cast<const uint8_t*>(data.data()),
                    static_cast<int>(data.size()));
  EVP_EncryptFinal_ex(context, reinterpret_cast<uint8_t*>(tag.data()), &num_bytes);
  EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, tag.data());
  EVP_CIPHER_CTX_free(context);
  const std::string mask = aes128(key, nonce + std::string("\0\0\0\1", 4));
  for (size_t i = 0; i < tag.size(); ++i) tag[i] = static_cast<char>(tag[i] ^ mask[i]);
  return tag;
}

// The inverse of mulX_GHASH: in GHASH's order, the coefficient of x^0 is the first byte's highest
// bit.
std::string divided_by_x(std::string element) {
  const bool has_constant = (element[0] & 0x80) != 0;
  if (has_constant) element[0] = static_cast<char>(element[0] ^ 0xe1);  // the polynomial
  for (size_t i = 0; i < element.size(); ++i) {
    const int next = i + 1 < element.size() ? static_cast<uint8_t>(element[i + 1]) >> 7 : 0;
    element[i] = static_cast<char>(static_cast<uint8_t>(element[i]) << 1 | next);
  }
  if (has_constant) element[15] = static_cast<char>(element[15] | 1);  // x^128 / x
  return element;
}

// POLYVAL(H, X...) = ByteReverse(GHASH(mulX_GHASH(ByteReverse(H)), ByteReverse(X)...)), says
// appendix A of the RFC.
TEST_P(Polyval, AgreesWithTheGhashOfLibcrypto) {
  std::mt19937_64 random(1);
  for (size_t num_blocks = 1; num_blocks < 70; ++num_blocks) {
    const std::string key = random_text(random, 16);
    const std::string data = random_text(random, 16 * num_blocks);
    std::string lengths = std::string(8, '\0');
    for (int shift = 56; shift >= 0; shift -= 8) {
      lengths[static_cast<size_t>(56 - shift) / 8] = static_cast<char>(data.size() * 8 >> shift);
    }
    lengths += std::string(8, '\0');
    std::string blocks;
    for (size_t i = 0; i < data.size(); i += 16) blocks += reversed(data.substr(i, 16));
    blocks += reversed(lengths);
    const std::string point = reversed(divided_by_x(aes128(key, std::string(16, '\0'))));
    ASSERT_EQ(to_hex(text_of(value(point, blocks))), to_hex(reversed(ghash(key, data))));
  }
}

// --- Kernels ---

TEST_P(Polyval, AgreesWithTheScalarTwinAtEveryLength) {
  std::mt19937_64 random(2);
  const PolyvalKernel& scalar = *bytes::available_polyval_kernels().front();
  GuardedBuffer buffer(512);
  for (size_t num_bytes = 0; num_bytes <= 400; ++num_bytes) {
    const std::string bytes = random_text(random, num_bytes);
    const PolyvalKey key(block_of(random_text(random, 16)));
    const PolyvalBlock sum = block_of(random_text(random, 16));
    const PolyvalBlock expected = scalar.update(key, sum, bytes);
    ASSERT_EQ(GetParam()->update(key, sum, buffer.at_end(bytes)), expected) << num_bytes;
    ASSERT_EQ(GetParam()->update(key, sum, buffer.at_begin(bytes)), expected) << num_bytes;
  }
}

TEST_P(Polyval, GoesOnWhereItStopped) {
  std::mt19937_64 random(3);
  const PolyvalKey key(block_of(random_text(random, 16)));
  const std::string bytes = random_text(random, 333);
  const PolyvalBlock whole = GetParam()->update(key, {}, bytes);
  for (size_t at = 0; at < bytes.size(); at += 16) {
    const PolyvalBlock front = GetParam()->update(key, {}, bytes.substr(0, at));
    ASSERT_EQ(GetParam()->update(key, front, bytes.substr(at)), whole) << at;
  }
}

TEST_P(Polyval, ChangesWithEveryBit) {
  std::mt19937_64 random(4);
  const PolyvalKey key(block_of(random_text(random, 16)));
  std::string bytes = random_text(random, 200);
  const PolyvalBlock value = GetParam()->update(key, {}, bytes);
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ 1 << bit % 8);
    ASSERT_NE(GetParam()->update(key, {}, bytes), value) << bit;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ 1 << bit % 8);
  }
}

}  // namespace
}  // namespace simdjwt::testing
