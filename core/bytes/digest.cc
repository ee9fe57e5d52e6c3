// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "bytes/digest.h"

#include "bytes/hmac_stream.h"

namespace simdjwt::bytes {
namespace {

template <class Hash>
void hash(const Sha2Kernel<Hash>& kernel, Sha2State<Hash> state, size_t digest_bytes,
          std::string_view message, uint8_t* out) noexcept {
  PaddedEnd<Hash> end;
  end.build(message, 0);
  const Sha2Lane<Hash> lane = {&state, reinterpret_cast<const uint8_t*>(message.data()),
                               message.size() / Hash::kBlockBytes, end.begin()};
  kernel.compress(&lane, lane.data_blocks + end.num_blocks());
  store_digest<Hash>(out, state, digest_bytes);
}

}  // namespace

void digest(const Kernels& kernels, size_t digest_bytes, std::string_view message,
            uint8_t* out) noexcept {
  switch (digest_bytes) {
    case 48:
      return hash<Sha512>(*kernels.sha512, kSha384InitialState, digest_bytes, message, out);
    case 64:
      return hash<Sha512>(*kernels.sha512, kSha512InitialState, digest_bytes, message, out);
    default:
      return hash<Sha256>(*kernels.sha256, kSha256InitialState, digest_bytes, message, out);
  }
}

}  // namespace simdjwt::bytes
