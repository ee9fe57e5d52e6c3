// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What is wiped: everything that derive_hmac_midstates() leaves behind, since from a midstate one
// can sign. Not wiped: the streams. A stream's copy of a midstate is overwritten by the hash of the
// first block behind it, and neither that nor any later state leads back to the key (Davies-Meyer:
// the block function is not invertible). Copies that a block function spilled for its final
// addition live on in dead stack until the next calls overwrite them; wiping them per token would
// protect against nobody who cannot also read the key set itself.

#include "bytes/hmac.h"

#include <algorithm>

#include "bytes/hmac_stream.h"

namespace simdjwt::bytes {
namespace {

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
[[gnu::noinline]] void derive(HmacMidstates<Hash>& midstates, const Sha2State<Hash>& initial,
                              size_t digest_bytes, std::string_view key) {
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

// Overwrites the vector registers with those of a hash of zeros. The outer midstate would be in
// them still, and the dynamic linker saves them, wherever the stack then is, when a function is
// called for the first time.
template <class Hash>
[[gnu::noinline]] void wipe_registers() {
  static constexpr uint8_t kZeros[Hash::kBlockBytes] = {};
  Sha2State<Hash> state = {};
  const Sha2Lane<Hash> lane = {&state, kZeros, 1, nullptr};
  baseline_kernel(Hash{}).compress(&lane, 1);
}

// Overwrites what the functions called before it at the same depth left on the stack: also the
// frames of libcrypto, whose message schedule begins with the key block itself. The deepest needs
// less than half of this.
[[gnu::noinline]] void wipe_dead_stack() {
  volatile uint64_t dead[1024];
  for (volatile uint64_t& word : dead) word = 0;
}

}  // namespace

template <class Hash>
void derive_hmac_midstates(HmacMidstates<Hash>& midstates, const Sha2State<Hash>& initial,
                           size_t digest_bytes, std::string_view key) {
  derive(midstates, initial, digest_bytes, key);
  wipe_registers<Hash>();
  wipe_dead_stack();
}

template <class Hash>
Sha2State<Hash> hmac_begin(const Sha2Kernel<Hash>& kernel, const HmacMidstates<Hash>& midstates,
                           std::string_view blocks) noexcept {
  Sha2State<Hash> state = midstates.inner;
  const size_t num_blocks = blocks.size() / Hash::kBlockBytes;
  const Sha2Lane<Hash> lane = {&state, reinterpret_cast<const uint8_t*>(blocks.data()), num_blocks,
                               nullptr};
  kernel.compress(&lane, num_blocks);
  return state;
}

template <class Hash>
void hmac(const Sha2Kernel<Hash>& kernel, const HmacJob<Hash>& job) noexcept {
  HmacStream<Hash> stream;
  Sha2Lane<Hash> lane;
  stream.begin(lane, job);
  stream.run_alone(kernel, lane);
}

template <class Hash>
bool hmac_beside(const Sha2Kernel<Hash>& kernel, const HmacJob<Hash>& job,
                 absl::FunctionRef<bool()> meanwhile) noexcept {
  HmacStream<Hash> stream;
  Sha2Lane<Hash> lane;
  stream.begin(lane, job);
  kernel.compress(&lane, 1);
  stream.advance(lane, 1);
  if (!meanwhile()) return false;
  stream.run_alone(kernel, lane);
  return true;
}

template void derive_hmac_midstates(HmacMidstates<Sha256>&, const Sha2State<Sha256>&, size_t,
                                    std::string_view);
template void derive_hmac_midstates(HmacMidstates<Sha512>&, const Sha2State<Sha512>&, size_t,
                                    std::string_view);
template Sha2State<Sha256> hmac_begin(const Sha2Kernel<Sha256>&, const HmacMidstates<Sha256>&,
                                      std::string_view) noexcept;
template Sha2State<Sha512> hmac_begin(const Sha2Kernel<Sha512>&, const HmacMidstates<Sha512>&,
                                      std::string_view) noexcept;
template void hmac(const Sha2Kernel<Sha256>&, const HmacJob<Sha256>&) noexcept;
template void hmac(const Sha2Kernel<Sha512>&, const HmacJob<Sha512>&) noexcept;
template bool hmac_beside(const Sha2Kernel<Sha256>&, const HmacJob<Sha256>&,
                          absl::FunctionRef<bool()>) noexcept;
template bool hmac_beside(const Sha2Kernel<Sha512>&, const HmacJob<Sha512>&,
                          absl::FunctionRef<bool()>) noexcept;

}  // namespace simdjwt::bytes
