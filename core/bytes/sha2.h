// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// SHA-2 compression functions (FIPS 180-4) as kernels: one message at a time, and several
// independent messages side by side. Padding, lengths and HMAC live in hmac.h; a kernel sees whole
// blocks only.

#ifndef SIMDJWT_CORE_BYTES_SHA2_H_
#define SIMDJWT_CORE_BYTES_SHA2_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace simdjwt::bytes {

// The hash state between blocks, in the word order of FIPS 180-4 (a..h), native endianness.
// SHA-384 is SHA-512 with another initial value and a truncated result.
struct Sha256 {
  using Word = uint32_t;
  static constexpr size_t kBlockBytes = 64;
  static constexpr size_t kLengthBytes = 8;  // of the message length at the end of the padding
  static constexpr size_t kDigestBytesMin = 32;
};

struct Sha512 {
  using Word = uint64_t;
  static constexpr size_t kBlockBytes = 128;
  static constexpr size_t kLengthBytes = 16;
  static constexpr size_t kDigestBytesMin = 48;  // SHA-384
};

template <class Hash>
using Sha2State = std::array<typename Hash::Word, 8>;

inline constexpr size_t kSha2LanesMax = 16;

// One message to be hashed: `data_blocks` whole blocks at `data`, then blocks at `tail` (the padded
// end of the message, built elsewhere).
template <class Hash>
struct Sha2Lane {
  Sha2State<Hash>* state;
  const uint8_t* data;
  size_t data_blocks;
  const uint8_t* tail;

  const uint8_t* block(size_t index) const {
    return index < data_blocks ? data + index * Hash::kBlockBytes
                               : tail + (index - data_blocks) * Hash::kBlockBytes;
  }
};

// One instruction-set variant. All kernels agree bit for bit with `openssl`, which is the baseline.
template <class Hash>
struct Sha2Kernel {
  std::string_view name;  // for instance "sha256/sha-ni-x3"

  // Feeds the first `num_blocks` blocks of `lane` into its state. `lane` itself is not changed.
  void (*compress)(const Sha2Lane<Hash>* lane, size_t num_blocks) noexcept;

  // The same for exactly `num_lanes` lanes side by side, each with at least `num_blocks` blocks.
  // Lanes may share input, never a state.
  void (*compress_lanes)(const Sha2Lane<Hash>* lanes, size_t num_blocks) noexcept;

  // How many lanes compress_lanes takes: 1 (then compress_lanes is null) to kSha2LanesMax.
  size_t num_lanes;

  // From how many busy lanes on compress_lanes is faster than compress for one after the other.
  size_t busy_lanes_min;
};

// The kernels this CPU can run, slowest first; `openssl` is always there.
std::span<const Sha2Kernel<Sha256>* const> available_sha256_kernels();
std::span<const Sha2Kernel<Sha512>* const> available_sha512_kernels();

// Initial values, FIPS 180-4 section 5.3.
inline constexpr Sha2State<Sha256> kSha256InitialState = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
inline constexpr Sha2State<Sha512> kSha384InitialState = {
    0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939,
    0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4};
inline constexpr Sha2State<Sha512> kSha512InitialState = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_CORE_BYTES_SHA2_H_
