// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The table behind a KeySet: which keys a token is tried against, in constant time.

#ifndef SIMDJWT_CORE_STATE_KEY_TABLE_H_
#define SIMDJWT_CORE_STATE_KEY_TABLE_H_

#include <absl/container/flat_hash_map.h>
#include <absl/status/statusor.h>
#include <simdjwt/key_set.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "jose/key_material.h"

namespace simdjwt::internal {

// Immutable. Keys without kid come first, and those of one kid together: candidates are neighbours.
class KeyTable {
 public:
  // Fails as KeySetBuilder::build() does.
  static absl::StatusOr<std::shared_ptr<const KeyTable>> create(std::vector<Key> keys);

  // Of KeySet::unavailable().
  static std::shared_ptr<const KeyTable> none();

  // The keys a token with this kid (or without one) may be tried against, in order; see key_set.h.
  // At most kKeyTriesMax. Lives as long as the table.
  [[nodiscard]] std::span<const Key> candidates(std::optional<std::string_view> kid) const noexcept;

  [[nodiscard]] std::span<const Key> keys() const noexcept { return keys_; }

 private:
  struct Range {
    uint32_t begin;
    uint32_t size;  // one key for an algorithm
  };

  KeyTable() = default;

  std::vector<Key> keys_;
  size_t num_without_kid_ = 0;
  absl::flat_hash_map<std::string_view, Range> by_kid_;  // views of the keys' own kids
};

struct KeySetAccess {
  static const KeyTable& table(const KeySet& keys) noexcept { return *keys.table_; }
};

}  // namespace simdjwt::internal

#endif  // SIMDJWT_CORE_STATE_KEY_TABLE_H_
