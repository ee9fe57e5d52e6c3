// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// HMAC (RFC 2104) from precomputed midstates: the hash states after the key's inner and outer
// block. A tag then costs the message's blocks plus one, and no key schedule, fetch or allocation.

#ifndef SIMDJWT_CORE_BYTES_HMAC_H_
#define SIMDJWT_CORE_BYTES_HMAC_H_

#include <absl/functional/function_ref.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "bytes/sha2.h"

namespace simdjwt::bytes {

inline constexpr size_t kHmacTagBytesMax = 64;

// As secret as the key itself: whoever holds them can sign. Keep them in a Secret (secret.h).
template <class Hash>
struct HmacMidstates {
  Sha2State<Hash> inner;
  Sha2State<Hash> outer;

  // Of the same secret. Takes a time that depends on both: for loading, not for verifying.
  friend bool operator==(const HmacMidstates&, const HmacMidstates&) = default;
};

// Writes the midstates of `key` (any length; longer than a block, it is hashed first, RFC 2104
// section 2) and leaves no copy of anything secret behind, which is why it does not return them.
// `initial` selects SHA-256, SHA-384 or SHA-512; `digest_bytes` is 32, 48 or 64 accordingly.
template <class Hash>
void derive_hmac_midstates(HmacMidstates<Hash>& midstates, const Sha2State<Hash>& initial,
                           size_t digest_bytes, std::string_view key);

// One message to be tagged.
template <class Hash>
struct HmacJob {
  const HmacMidstates<Hash>* midstates;
  std::string_view message;
  size_t tag_bytes;  // 32 for SHA-256; 48 or 64 for SHA-384 and SHA-512
  uint8_t* tag;      // receives tag_bytes bytes
  // Where messages begin alike, what hmac_begin made of their first `begun_bytes`, if any.
  const Sha2State<Hash>* begun = nullptr;
  size_t begun_bytes = 0;
};

// The inner hash's state behind whole blocks that a message begins with.
template <class Hash>
Sha2State<Hash> hmac_begin(const Sha2Kernel<Hash>& kernel, const HmacMidstates<Hash>& midstates,
                           std::string_view blocks) noexcept;

// Tags one message. Neither allocates nor reads outside the message.
template <class Hash>
void hmac(const Sha2Kernel<Hash>& kernel, const HmacJob<Hash>& job) noexcept;

// The same, and calls `meanwhile` when the first block is under way: a lone message leaves most of
// the core idle, so that some hundred instructions cost nothing there. Gives up, without a tag, if
// that returns false; else returns true.
template <class Hash>
bool hmac_beside(const Sha2Kernel<Hash>& kernel, const HmacJob<Hash>& job,
                 absl::FunctionRef<bool()> meanwhile) noexcept;

// All are instantiated in hmac.cc for Sha256 and Sha512. Many messages at once: hmac_lanes.h.

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_CORE_BYTES_HMAC_H_
