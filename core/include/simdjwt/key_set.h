// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// KeySet: the keys a verifier trusts, immutable, found by kid in constant time.

#ifndef SIMDJWT_KEY_SET_H_
#define SIMDJWT_KEY_SET_H_

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simdjwt/key.h"

namespace simdjwt {

namespace internal {
class KeyTable;
struct KeySetAccess;
}  // namespace internal

// Whether a set may hold what only signers should know: shared secrets ("oct") and private keys. In
// one that was published it is known to everybody, so that nothing it signed can be believed.
enum class SecretKeys : uint8_t { kAccept, kSkip };

// How a JWK Set is read.
struct JwksOptions {
  // What the keys may be for; empty: whatever they name. Those that name another are skipped. One
  // that names none is for the one of these that fits its type and curve, and skipped where none
  // does, or several do.
  std::vector<Algorithm> algorithms = {};
  ShortSecrets short_secrets = ShortSecrets::kRefuse;
  SecretKeys secret_keys = SecretKeys::kAccept;  // kSkip: for what comes over a network
};

// Which keys a token is tried against:
//
//   token has a kid   the keys of that kid; if there are none, the keys without a kid
//   token has none    the keys without a kid; if the set has none, all its keys
//
// always in the order they were added, never more than kKeyTriesMax of them: a set with more keys
// without kid does not build, and one with more keys in all refuses tokens without kid. Of these,
// the keys of the header's alg whose period contains `now` are used; of one kid that is one key at
// most. To rotate a secret, publish a set with both keys and give the old one a not-after.
//
// A KeySet is a handle: copies share the keys. Thread-safe, as it never changes.
class KeySet {
 public:
  // The set of one key.
  [[nodiscard]] static KeySet of(Key key);

  // No keys, as they could not be obtained: no token is judged by them, and the verdict says so
  // (kKeysUnavailable). For services that start before the keys they fetch have come.
  [[nodiscard]] static KeySet unavailable();

  // A JWK Set (RFC 7517 section 5), or a single JWK. Keys of unknown type are skipped, as the RFC
  // asks, and so are keys that cannot be used, all keys that share kid and algorithm with another
  // one, different or broken, and keys without kid beyond the first kKeyTriesMax; `skipped`, if
  // given, receives one line for each ("keys[2]: ..."), without secrets. Fails when no key is left,
  // or when the set mixes shared secrets with public keys: then one could pass for the other.
  [[nodiscard]] static absl::StatusOr<KeySet> from_jwks(
      std::string_view json, const JwksOptions& options = {},
      std::vector<std::string>* skipped = nullptr);

  [[nodiscard]] size_t num_keys() const noexcept;
  // 0 <= index < num_keys(); those without kid first, those of one kid together, else in the order
  // of addition. Lives as long as any copy of the set.
  [[nodiscard]] const Key& key(size_t index) const noexcept;

 private:
  friend class KeySetBuilder;
  friend struct internal::KeySetAccess;
  explicit KeySet(std::shared_ptr<const internal::KeyTable> table) noexcept;
  std::shared_ptr<const internal::KeyTable> table_;
};

class KeySetBuilder {
 public:
  KeySetBuilder& add(Key key);

  // Fails without keys, for two keys of the same kid and algorithm, and for more than kKeyTriesMax
  // keys without kid. Leaves the builder empty.
  [[nodiscard]] absl::StatusOr<KeySet> build();

 private:
  std::vector<Key> keys_;
};

}  // namespace simdjwt

#endif  // SIMDJWT_KEY_SET_H_
