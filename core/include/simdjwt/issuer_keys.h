// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// IssuerKeys: the keys of any number of issuers, immutable, found by iss and kid in constant time.

#ifndef SIMDJWT_ISSUER_KEYS_H_
#define SIMDJWT_ISSUER_KEYS_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "simdjwt/key_set.h"

namespace simdjwt {

namespace internal {
class IssuerTable;
struct IssuerKeysAccess;
}  // namespace internal

// Which issuers are trusted, and by which keys each signs. A token's iss, compared byte for byte,
// chooses the KeySet, and its kid a key of that set (see key_set.h): so a key never verifies tokens
// of another issuer, whatever kids both may use, and even if both have the same key.
//
// To rotate one issuer's keys, or to add or remove an issuer, make another IssuerKeys of this one
// and publish a Verifier with it (see snapshot.h):
//
//   issuers = issuers.with("https://id.example", *std::move(renewed));
//   verifiers.publish(Verifier(issuers, policy));
//
// A handle: copies share everything. Thread-safe, as it never changes.
class IssuerKeys {
 public:
  IssuerKeys();  // of nobody
  // Of all these at once: what with() of one after the other makes, but without its copies; of an
  // issuer that comes twice, the last. Allocates.
  [[nodiscard]] static IssuerKeys of(std::vector<std::pair<std::string, KeySet>> issuers);

  // The same issuers, but that these are the keys of `issuer`, who may be a new one;
  // KeySet::unavailable() if they have yet to be fetched: then its tokens are not judged. Copies
  // the 256th part of the issuers and shares the others. Allocates.
  [[nodiscard]] IssuerKeys with(std::string_view issuer, KeySet keys) const;
  // The same without `issuer`, at the same cost.
  [[nodiscard]] IssuerKeys without(std::string_view issuer) const;

  [[nodiscard]] size_t num_issuers() const noexcept;
  // Null for an issuer that is not known. Lives as long as any copy of this.
  [[nodiscard]] const KeySet* find(std::string_view issuer) const noexcept;

 private:
  friend struct internal::IssuerKeysAccess;
  explicit IssuerKeys(std::shared_ptr<const internal::IssuerTable> table) noexcept;
  std::shared_ptr<const internal::IssuerTable> table_;
};

}  // namespace simdjwt

#endif  // SIMDJWT_ISSUER_KEYS_H_
