// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jose/rsa_block.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "bytes/digest.h"
#include "bytes/rsa.h"

namespace simdjwt::jose {
namespace {

using bytes::kDigestBytesMax;
constexpr size_t kBlockBytesMax = bytes::RsaModulus::kBytesMax;

std::string_view as_text(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The DER of DigestInfo up to the digest: of the three hashes it differs in the last byte of the
// identifier and in two lengths (RFC 8017 section 9.2, note 1).
constexpr size_t kPrefixBytes = 19;
std::array<uint8_t, kPrefixBytes> digest_info_prefix(size_t digest_bytes) {
  const auto length = static_cast<uint8_t>(digest_bytes);
  const uint8_t hash = digest_bytes == 32 ? 1 : digest_bytes == 48 ? 2 : 3;
  return {0x30,  static_cast<uint8_t>(length + kPrefixBytes - 2),
          0x30,  0x0d,
          0x06,  0x09,
          0x60,  0x86,
          0x48,  0x01,
          0x65,  0x03,
          0x04,  0x02,
          hash,  0x05,
          0x00,  0x04,
          length};
}

// MGF1 (RFC 8017 appendix B.2.1) of `seed`, combined with `masked` in place.
void unmask(const bytes::Kernels& kernels, std::span<const uint8_t> seed,
            std::span<uint8_t> masked) noexcept {
  std::array<uint8_t, kDigestBytesMax + 4> counted = {};
  std::ranges::copy(seed, counted.begin());
  const std::span<const uint8_t> input = std::span(counted).first(seed.size() + 4);
  for (size_t done = 0; done < masked.size(); done += seed.size()) {
    std::array<uint8_t, kDigestBytesMax> mask;
    bytes::digest(kernels, seed.size(), as_text(input), mask.data());
    const size_t end = std::min(masked.size(), done + seed.size());
    for (size_t i = done; i < end; ++i) masked[i] ^= mask[i - done];
    ++counted[seed.size() + 3];  // 512 bytes need at most 16 digests
  }
}

}  // namespace

bool is_pkcs1_block(std::span<const uint8_t> block, std::span<const uint8_t> digest) noexcept {
  const auto prefix = digest_info_prefix(digest.size());
  std::array<uint8_t, kBlockBytesMax> expected;
  expected.fill(0xff);
  expected[0] = 0x00;
  expected[1] = 0x01;
  const size_t digest_at = block.size() - digest.size();
  const size_t prefix_at = digest_at - kPrefixBytes;
  expected[prefix_at - 1] = 0x00;
  std::memcpy(&expected[prefix_at], prefix.data(), kPrefixBytes);
  std::memcpy(&expected[digest_at], digest.data(), digest.size());
  return std::ranges::equal(block, std::span(expected).first(block.size()));
}

bool is_pss_block(const bytes::Kernels& kernels, std::span<const uint8_t> block,
                  std::span<const uint8_t> digest) noexcept {
  // masked DB | H | 0xbc, where DB = 0...0 | 0x01 | salt and H = Hash(0 (8 bytes) | digest | salt).
  // The number has a bit less than the modulus, so its highest is 0.
  constexpr size_t kZeros = 8;
  const size_t hash_bytes = digest.size();
  if (block.back() != 0xbc || (block.front() & 0x80) != 0) return false;
  std::array<uint8_t, kBlockBytesMax> unmasked;
  const std::span<uint8_t> db = std::span(unmasked).first(block.size() - hash_bytes - 1);
  const std::span<const uint8_t> hash = block.subspan(db.size(), hash_bytes);
  std::ranges::copy(block.first(db.size()), db.begin());
  unmask(kernels, hash, db);
  db.front() &= 0x7f;

  const std::span<const uint8_t> salt = db.last(hash_bytes);
  const std::span<const uint8_t> padding = db.first(db.size() - hash_bytes);
  if (padding.back() != 0x01) return false;
  for (const uint8_t byte : padding.first(padding.size() - 1)) {
    if (byte != 0) return false;
  }
  std::array<uint8_t, kZeros + 2 * kDigestBytesMax> message = {};
  std::ranges::copy(salt, std::ranges::copy(digest, message.begin() + kZeros).out);
  std::array<uint8_t, kDigestBytesMax> expected;
  bytes::digest(kernels, hash_bytes, as_text(std::span(message).first(kZeros + 2 * hash_bytes)),
                expected.data());
  return std::ranges::equal(hash, std::span(expected).first(hash_bytes));
}

}  // namespace simdjwt::jose
