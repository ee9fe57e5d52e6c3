// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// HMAC is two hashes: the message after the inner key block, then the 32 to 64 bytes of that digest
// after the outer key block. A Stream takes one message through both; hmac() runs one stream to its
// end, hmac_batch() keeps as many going as the kernel has lanes.
//
// What is wiped: everything that hmac_midstates() leaves behind, since from a midstate one can
// sign. Not wiped: the streams. A stream's copy of a midstate is overwritten by the hash of the
// first block behind it, and neither that nor any later state leads back to the key (Davies-Meyer:
// the block function is not invertible). Copies that a block function spilled for its final
// addition live on in dead stack until the next calls overwrite them; wiping them per token would
// protect against nobody who cannot also read the key set itself.

#include "bytes/hmac.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <iterator>
#include <utility>

namespace simdjwt::bytes {
namespace {

constexpr bool kLittleEndian = std::endian::native == std::endian::little;

void store_big_endian(uint8_t* out, uint64_t word) {
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
class Stream {
 public:
  // A lane that hashes into this stream's state, for want of a job.
  Sha2Lane<Hash> idle_lane() {
    state_ = {};
    return {&state_, nullptr, 0, nullptr};
  }

  void begin(Sha2Lane<Hash>& lane, const HmacJob<Hash>& job) {
    job_ = &job;
    state_ = job.midstates->inner;
    end_.build(job.message, kBlock);
    store_zeros<kBlock - Hash::kDigestBytesMin>(outer_block_ + Hash::kDigestBytesMin);
    outer_block_[job.tag_bytes] = 0x80;
    store_big_endian(outer_block_ + kBlock - 8, (kBlock + job.tag_bytes) * 8);
    const size_t data_blocks = job.message.size() / kBlock;
    lane = {&state_, reinterpret_cast<const uint8_t*>(job.message.data()), data_blocks,
            end_.begin()};
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
      store_digest<Hash>(job_->tag, state_, job_->tag_bytes);
      return true;
    }
    begin_outer_hash(lane);
    return false;
  }

  void run_alone(const Sha2Kernel<Hash>& kernel, Sha2Lane<Hash>& lane) {
    do {
      kernel.compress(&lane, blocks_left_);
    } while (!advance(lane, blocks_left_));
  }

 private:
  static constexpr size_t kBlock = Hash::kBlockBytes;

  void begin_outer_hash(Sha2Lane<Hash>& lane) {
    store_digest<Hash>(outer_block_, state_, job_->tag_bytes);
    state_ = job_->midstates->outer;
    lane.data_blocks = 0;
    lane.tail = outer_block_;
    blocks_left_ = 1;
    in_outer_hash_ = true;
  }

  Sha2State<Hash> state_;
  PaddedEnd<Hash> end_;
  alignas(64) uint8_t outer_block_[kBlock];
  const HmacJob<Hash>* job_;
  size_t blocks_left_;
  bool in_outer_hash_;
};

const Sha2Kernel<Sha256>& baseline_kernel(Sha256) { return *available_sha256_kernels().front(); }
const Sha2Kernel<Sha512>& baseline_kernel(Sha512) { return *available_sha512_kernels().front(); }

// The key as one block: padded with zeros, or hashed first if it is longer (RFC 2104 section 2).
template <class Hash>
void write_key_block(uint8_t* block, const Sha2State<Hash>& initial, size_t digest_bytes,
                     std::string_view key) {
  std::fill_n(block, Hash::kBlockBytes, uint8_t{0});
  if (key.size() <= Hash::kBlockBytes) {
    std::copy(key.begin(), key.end(), block);
    return;
  }
  Sha2State<Hash> state = initial;
  PaddedEnd<Hash> end;
  end.build(key, 0);
  const size_t data_blocks = key.size() / Hash::kBlockBytes;
  const Sha2Lane<Hash> lane = {&state, reinterpret_cast<const uint8_t*>(key.data()), data_blocks,
                               end.begin()};
  baseline_kernel(Hash{}).compress(&lane, data_blocks + end.num_blocks());
  store_digest<Hash>(block, state, digest_bytes);
}

template <class Hash>
[[gnu::noinline]] void derive_midstates(HmacMidstates<Hash>& midstates,
                                        const Sha2State<Hash>& initial, size_t digest_bytes,
                                        std::string_view key) {
  uint8_t block[Hash::kBlockBytes];
  write_key_block<Hash>(block, initial, digest_bytes, key);
  midstates = {initial, initial};
  for (uint8_t& byte : block) byte ^= 0x36;
  const Sha2Lane<Hash> inner = {&midstates.inner, block, 1, nullptr};
  baseline_kernel(Hash{}).compress(&inner, 1);
  for (uint8_t& byte : block) byte ^= 0x36 ^ 0x5c;
  const Sha2Lane<Hash> outer = {&midstates.outer, block, 1, nullptr};
  baseline_kernel(Hash{}).compress(&outer, 1);
}

// Overwrites what the functions called before it at the same depth left on the stack: also the
// frames of libcrypto, whose message schedule begins with the key block itself. The deepest needs
// less than half of this.
[[gnu::noinline]] void wipe_dead_stack() {
  uint8_t dead[8192];
  OPENSSL_cleanse(dead, sizeof(dead));
}

}  // namespace

template <class Hash>
HmacMidstates<Hash> hmac_midstates(const Sha2State<Hash>& initial, size_t digest_bytes,
                                   std::string_view key) {
  HmacMidstates<Hash> midstates;
  derive_midstates(midstates, initial, digest_bytes, key);
  wipe_dead_stack();
  return midstates;
}

template <class Hash>
void hmac(const Sha2Kernel<Hash>& kernel, const HmacJob<Hash>& job) noexcept {
  Stream<Hash> stream;
  Sha2Lane<Hash> lane;
  stream.begin(lane, job);
  stream.run_alone(kernel, lane);
}

// On Zen 3 a 311-byte HS256 message takes 126 ns in a batch (`bench_sha256 hmac_batch`); its six
// blocks alone would take 110. A third of the difference is the start and end of the kernel's two
// calls, the rest 250 instructions here, partly in the kernel's shadow. Tried: two groups of lanes
// in turn, so that no call waits for the digests of the last (1 ns). Building the next job's end
// while the outer hash runs could gain 4 ns at most.
//
// Lanes 0..num_busy-1 carry jobs. While jobs last, a finished lane takes the next one; then it
// changes places with the last busy lane and, since a kernel always runs all its lanes, hashes lane
// 0's input into its own stale state.
template <class Hash>
void hmac_batch(const Sha2Kernel<Hash>& kernel, std::span<const HmacJob<Hash>> jobs) noexcept {
  Stream<Hash> streams[kSha2LanesMax];
  Stream<Hash>* stream_of_lane[kSha2LanesMax];
  Sha2Lane<Hash> lanes[kSha2LanesMax];
  for (size_t lane = 0; lane < kernel.num_lanes; ++lane) {
    stream_of_lane[lane] = &streams[lane];
    lanes[lane] = streams[lane].idle_lane();
  }
  size_t num_busy = std::min(jobs.size(), kernel.num_lanes);
  size_t next_job = num_busy;
  for (size_t lane = 0; lane < num_busy; ++lane) streams[lane].begin(lanes[lane], jobs[lane]);

  while (num_busy >= kernel.busy_lanes_min) {
    size_t num_blocks = stream_of_lane[0]->blocks_left();
    for (size_t lane = 1; lane < num_busy; ++lane) {
      num_blocks = std::min(num_blocks, stream_of_lane[lane]->blocks_left());
    }
    for (size_t lane = num_busy; lane < kernel.num_lanes; ++lane) {
      lanes[lane] = {lanes[lane].state, lanes[0].data, lanes[0].data_blocks, lanes[0].tail};
    }
    kernel.compress_lanes(lanes, num_blocks);
    // Downwards, so that the lane that moves into a finished one's place was already advanced.
    for (size_t lane = num_busy; lane-- > 0;) {
      if (!stream_of_lane[lane]->advance(lanes[lane], num_blocks)) continue;
      if (next_job < jobs.size()) {
        stream_of_lane[lane]->begin(lanes[lane], jobs[next_job++]);
      } else {
        --num_busy;
        std::swap(lanes[lane], lanes[num_busy]);
        std::swap(stream_of_lane[lane], stream_of_lane[num_busy]);
      }
    }
  }
  for (size_t lane = 0; lane < num_busy; ++lane) {
    stream_of_lane[lane]->run_alone(kernel, lanes[lane]);
  }
  // Only a kernel without lanes gets here with jobs left.
  for (const HmacJob<Hash>& job : jobs.subspan(next_job)) hmac(kernel, job);
}

template HmacMidstates<Sha256> hmac_midstates(const Sha2State<Sha256>&, size_t, std::string_view);
template HmacMidstates<Sha512> hmac_midstates(const Sha2State<Sha512>&, size_t, std::string_view);
template void hmac(const Sha2Kernel<Sha256>&, const HmacJob<Sha256>&) noexcept;
template void hmac(const Sha2Kernel<Sha512>&, const HmacJob<Sha512>&) noexcept;
template void hmac_batch(const Sha2Kernel<Sha256>&, std::span<const HmacJob<Sha256>>) noexcept;
template void hmac_batch(const Sha2Kernel<Sha512>&, std::span<const HmacJob<Sha512>>) noexcept;

}  // namespace simdjwt::bytes
