// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// HashedBegin: the blocks that all tokens with one header begin with, hashed once.

#ifndef SIMDJWT_CORE_VERIFY_HASHED_BEGIN_H_
#define SIMDJWT_CORE_VERIFY_HASHED_BEGIN_H_

#include <cstddef>
#include <string_view>

#include "bytes/hmac.h"
#include "bytes/kernels.h"
#include "jose/key_material.h"

namespace simdjwt::internal {

// The tokens of one issuer share the header and mostly the first claim, if that is iss: one or two
// blocks of their signing inputs, whose hash under the key is then known.
//
//   eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lkLm V4YW1wbGUiLCJzdWIiOi...
//   ^---------------------- 64 characters, one block --------------^
//
// No secret: a state behind a block of message does not lead back to the midstate, and signs
// nothing without the outer one (see bytes/hmac.cc).
struct HashedBegin {
  static constexpr size_t kCharsMax = 256;

  // Hashes the whole blocks of `text` under `key`.
  void hash(std::string_view text, const bytes::Kernels& kernels,
            const KeyMaterial& hash_key) noexcept {
    key = &hash_key;
    num_chars = 0;
    if (!is_hmac(key->algorithm)) return;  // their hash is the least of what a signature costs
    const bool is_sha256 = key->algorithm == Algorithm::kHs256;
    const size_t block = is_sha256 ? bytes::Sha256::kBlockBytes : bytes::Sha512::kBlockBytes;
    num_chars = text.size() / block * block;
    if (num_chars == 0) return;  // the state would be the midstate, which is a secret
    if (is_sha256) {
      sha256 = bytes::hmac_begin(*kernels.sha256, key->sha256(), text.substr(0, num_chars));
    } else {
      sha512 = bytes::hmac_begin(*kernels.sha512, key->sha512(), text.substr(0, num_chars));
    }
  }

  const KeyMaterial* key = nullptr;
  size_t num_chars = 0;
  // The state of the key's hash, unless there are no blocks.
  bytes::Sha2State<bytes::Sha256> sha256{};
  bytes::Sha2State<bytes::Sha512> sha512{};
};

}  // namespace simdjwt::internal

#endif  // SIMDJWT_CORE_VERIFY_HASHED_BEGIN_H_
