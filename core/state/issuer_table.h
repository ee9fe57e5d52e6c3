// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The table behind IssuerKeys: one change copies a shard, not the world.

#ifndef SIMDJWT_CORE_STATE_ISSUER_TABLE_H_
#define SIMDJWT_CORE_STATE_ISSUER_TABLE_H_

#include <absl/container/flat_hash_map.h>
#include <absl/hash/hash.h>
#include <simdjwt/issuer_keys.h>

#include <array>
#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace simdjwt::internal {

//   shards --> [ 0 ] [ 1 ] [ 2 ] ... [255]        null where nobody is
//                |           |
//                v           v
//              issuer, KeySet; issuer, KeySet; ...    shared with the tables before and after
//
// Immutable.
class IssuerTable {
 public:
  // Abseil's own for strings takes no std::string_view where it was built for C++14.
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view issuer) const noexcept {
      return absl::Hash<std::string_view>()(issuer);
    }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const noexcept { return a == b; }
  };
  using Shard = absl::flat_hash_map<std::string, KeySet, Hash, Equal>;
  using Entry = Shard::value_type;

  // Null for an issuer that is not known. Lives as long as the table.
  [[nodiscard]] const Entry* find(std::string_view issuer) const noexcept {
    const Shard* const shard = shards_[shard_of(issuer)].get();
    if (shard == nullptr) return nullptr;
    const auto found = shard->find(issuer);
    return found == shard->end() ? nullptr : &*found;
  }

  [[nodiscard]] static std::shared_ptr<const IssuerTable> of(
      std::vector<std::pair<std::string, KeySet>> issuers);

  // A table in which the issuer has these keys, or is not known.
  [[nodiscard]] std::shared_ptr<const IssuerTable> with(std::string_view issuer,
                                                        std::optional<KeySet> keys) const;

  [[nodiscard]] size_t num_issuers() const noexcept { return num_issuers_; }

 private:
  static constexpr size_t kNumShards = 256;

  // By the bits of the hash that a table as small as a shard's makes no use of.
  static size_t shard_of(std::string_view issuer) noexcept {
    static_assert(kNumShards == 1 << 8);
    return Hash()(issuer) >> (std::numeric_limits<size_t>::digits - 8);
  }

  std::array<std::shared_ptr<const Shard>, kNumShards> shards_;
  size_t num_issuers_ = 0;
};

struct IssuerKeysAccess {
  static const IssuerTable& table(const IssuerKeys& issuers) noexcept { return *issuers.table_; }
};

}  // namespace simdjwt::internal

#endif  // SIMDJWT_CORE_STATE_ISSUER_TABLE_H_
