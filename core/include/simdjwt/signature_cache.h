// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// SignatureCache: remembers which tokens an asymmetric signature was good for, so that a token that
// is shown again costs no more than an HMAC one.

#ifndef SIMDJWT_SIGNATURE_CACHE_H_
#define SIMDJWT_SIGNATURE_CACHE_H_

#include <absl/status/statusor.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace simdjwt {

namespace internal {
class SignatureTable;
struct SignatureCacheAccess;
}  // namespace internal

// It replaces the signature check and nothing else: what it holds is "this key has verified exactly
// these bytes", and of that only a fingerprint of 127 bits. So whether the key is still in the set,
// whether the token has expired, what the policy demands and what was revoked is judged anew each
// time. Only a token that was accepted is remembered: any other leaves no trace, so neither who has
// no key nor who has nothing but expired tokens can fill it or evict from it. HMAC tokens do not
// use it: to hash them costs as much as to look them up.
//
// Of fixed size; a full one forgets tokens at random. Any number of verifiers and threads may use
// one at a time: it has no locks, and both reading and writing are wait-free.
class SignatureCache {
 public:
  // Random bytes that nobody else knows, for instance from getrandom(2): a different 64 for each
  // cache. Who knew them could look for tokens with the fingerprint of another.
  using Seed = std::array<uint8_t, 64>;

  // Room for `num_tokens` (1 to 2^32), at 24 bytes each. Fails for any other number. The
  // seed is the caller's to wipe.
  [[nodiscard]] static absl::StatusOr<std::shared_ptr<SignatureCache>> create(size_t num_tokens,
                                                                              const Seed& seed);
  ~SignatureCache();

  // Of what it remembers, in bytes.
  [[nodiscard]] size_t size_bytes() const noexcept;

 private:
  friend struct internal::SignatureCacheAccess;
  explicit SignatureCache(std::unique_ptr<internal::SignatureTable> table) noexcept;
  std::unique_ptr<internal::SignatureTable> table_;
};

}  // namespace simdjwt

#endif  // SIMDJWT_SIGNATURE_CACHE_H_
