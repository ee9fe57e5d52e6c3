// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// HMAC is two hashes: the message after the inner key block, then the 32 to 64 bytes of that digest
// after the outer key block. An HmacStream takes one message through both, as fast as whoever
// drives it gets blocks hashed. Nobody beside hmac.cc and HmacLanes needs this.

#ifndef SIMDJWT_CORE_BYTES_HMAC_STREAM_H_
#define SIMDJWT_CORE_BYTES_HMAC_STREAM_H_

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "bytes/hmac.h"

namespace simdjwt::bytes {

inline constexpr bool kLittleEndian = std::endian::native == std::endian::little;

inline void store_big_endian(uint8_t* out, uint64_t word) {
  if constexpr (kLittleEndian) word = __builtin_bswap64(word);
  std::memcpy(out, &word, sizeof(word));
}

// In pieces of 16 bytes, as the kernels store a state and load a message: a load that spans several
// younger stores has to wait until they reach the cache.
template <class Hash>
void store_digest(uint8_t* out, const Sha2State<Hash>& state, size_t digest_bytes) {
  using Piece [[gnu::vector_size(16)]] = uint16_t;
  for (size_t i = 0; i < digest_bytes; i += sizeof(Piece)) {
    Piece piece;
    std::memcpy(&piece, reinterpret_cast<const char*>(state.data()) + i, sizeof(piece));
    if constexpr (kLittleEndian) {
      piece = piece << 8 | piece >> 8;
      if constexpr (sizeof(typename Hash::Word) == 4) {
        piece = __builtin_shufflevector(piece, piece, 1, 0, 3, 2, 5, 4, 7, 6);
      } else {
        piece = __builtin_shufflevector(piece, piece, 3, 2, 1, 0, 7, 6, 5, 4);
      }
    }
    std::memcpy(out + i, &piece, sizeof(piece));
  }
}

// memset in steps that compilers turn into plain stores. Of 128 bytes at once GCC 12 makes a `rep
// stos`, and its start costs more than all else here: 20 ns a tag.
template <size_t kNumBytes>
void store_zeros(uint8_t* out) {
  static_assert(kNumBytes % 16 == 0);
  for (size_t i = 0; i < kNumBytes / 64 * 64; i += 64) std::memset(out + i, 0, 64);
  std::memset(out + kNumBytes / 64 * 64, 0, kNumBytes % 64);
}

// The end of a message as whole blocks (FIPS 180-4 section 5.1): its last partial block, the bit
// behind the message, zeros, and the length in bits. The last block-size bytes of the message are
// copied whole, so that the copy has a fixed size, and the result begins among them:
//
//   buffer_  [ . . . . . r r r r r ][ 80 00 00 .. length ][ 00 .. length ]
//            0         ^ begin()     kBlock                 2 * kBlock
//
template <class Hash>
class PaddedEnd {
 public:
  // `bytes_before` were hashed ahead of `message`; they count in the length.
  void build(std::string_view message, size_t bytes_before) {
    rest_bytes_ = message.size() % kBlock;
    if (message.size() >= kBlock) {
      std::memcpy(buffer_, message.data() + message.size() - kBlock, kBlock);
    } else if (!message.empty()) {
      std::memcpy(buffer_ + kBlock - rest_bytes_, message.data(), rest_bytes_);
    }
    store_zeros<2 * kBlock>(buffer_ + kBlock);
    buffer_[kBlock] = 0x80;
    uint8_t* end = buffer_ + kBlock - rest_bytes_ + num_blocks() * kBlock;
    store_big_endian(end - 8, (bytes_before + message.size()) * 8);
  }

  const uint8_t* begin() const { return buffer_ + kBlock - rest_bytes_; }
  size_t num_blocks() const { return rest_bytes_ + 1 + Hash::kLengthBytes > kBlock ? 2 : 1; }

 private:
  static constexpr size_t kBlock = Hash::kBlockBytes;

  alignas(64) uint8_t buffer_[3 * kBlock];
  size_t rest_bytes_;
};

// One message on its way through the inner and the outer hash. The lane that it is given is what
// remains to be hashed in the present phase.
template <class Hash>
class HmacStream {
 public:
  // A lane that hashes into this stream's state, for want of a job.
  Sha2Lane<Hash> idle_lane() {
    state_ = {};
    return {&state_, nullptr, 0, nullptr};
  }

  void begin(Sha2Lane<Hash>& lane, const HmacJob<Hash>& job) {
    outer_midstate_ = &job.midstates->outer;
    tag_ = job.tag;
    tag_bytes_ = job.tag_bytes;
    state_ = job.begun_bytes != 0 ? *job.begun : job.midstates->inner;
    const std::string_view rest(job.message.data() + job.begun_bytes,
                                job.message.size() - job.begun_bytes);
    end_.build(rest, kBlock + job.begun_bytes);
    store_zeros<kBlock - Hash::kDigestBytesMin>(outer_block_ + Hash::kDigestBytesMin);
    outer_block_[tag_bytes_] = 0x80;
    store_big_endian(outer_block_ + kBlock - 8, (kBlock + tag_bytes_) * 8);
    const size_t data_blocks = rest.size() / kBlock;
    lane = {&state_, reinterpret_cast<const uint8_t*>(rest.data()), data_blocks, end_.begin()};
    blocks_left_ = data_blocks + end_.num_blocks();
    in_outer_hash_ = false;
  }

  size_t blocks_left() const { return blocks_left_; }

  // Notes that `num_blocks` of the lane were hashed. Returns true when that finished the tag.
  bool advance(Sha2Lane<Hash>& lane, size_t num_blocks) {
    if (num_blocks < blocks_left_) {
      const size_t from_data = std::min(num_blocks, lane.data_blocks);
      lane.data += from_data * kBlock;
      lane.data_blocks -= from_data;
      lane.tail += (num_blocks - from_data) * kBlock;
      blocks_left_ -= num_blocks;
      return false;
    }
    if (in_outer_hash_) {
      store_digest<Hash>(tag_, state_, tag_bytes_);
      return true;
    }
    begin_outer_hash(lane);
    return false;
  }

  // Hashes all that is left.
  void run_alone(const Sha2Kernel<Hash>& kernel, Sha2Lane<Hash>& lane) {
    do {
      kernel.compress(&lane, blocks_left_);
    } while (!advance(lane, blocks_left_));
  }

 private:
  static constexpr size_t kBlock = Hash::kBlockBytes;

  void begin_outer_hash(Sha2Lane<Hash>& lane) {
    store_digest<Hash>(outer_block_, state_, tag_bytes_);
    state_ = *outer_midstate_;
    lane.data_blocks = 0;
    lane.tail = outer_block_;
    blocks_left_ = 1;
    in_outer_hash_ = true;
  }

  Sha2State<Hash> state_;
  PaddedEnd<Hash> end_;
  alignas(64) uint8_t outer_block_[kBlock];
  const Sha2State<Hash>* outer_midstate_;
  uint8_t* tag_;
  size_t tag_bytes_;
  size_t blocks_left_;
  bool in_outer_hash_;
};

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_CORE_BYTES_HMAC_STREAM_H_
