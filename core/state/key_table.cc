// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "state/key_table.h"

#include <absl/status/status.h>
#include <simdjwt/limits.h>

#include <algorithm>
#include <utility>

#include "jose/jwk.h"

namespace simdjwt {
namespace internal {

absl::StatusOr<std::shared_ptr<const KeyTable>> KeyTable::create(std::vector<Key> keys) {
  if (keys.empty()) return absl::InvalidArgumentError("the key set is empty");
  absl::flat_hash_map<std::string_view, size_t> order = {{"", 0}};
  for (const Key& key : keys) order.try_emplace(key.kid(), order.size());
  std::stable_sort(keys.begin(), keys.end(), [&order](const Key& a, const Key& b) {
    return order.find(a.kid())->second < order.find(b.kid())->second;
  });

  std::shared_ptr<KeyTable> table(new KeyTable);
  table->keys_ = std::move(keys);
  table->by_kid_.reserve(table->keys_.size());
  for (const Key& key : table->keys_) {
    if (key.kid().empty()) {
      ++table->num_without_kid_;
      continue;
    }
    const auto index = static_cast<uint32_t>(&key - table->keys_.data());
    Range& range = table->by_kid_.try_emplace(key.kid(), Range{index, 0}).first->second;
    for (const Key& other : table->keys().subspan(range.begin, range.size)) {
      if (other.algorithm() != key.algorithm()) continue;
      return absl::InvalidArgumentError("two keys for " + std::string(to_string(key.algorithm())) +
                                        " have the kid \"" + std::string(key.kid()) + '"');
    }
    ++range.size;
  }
  if (table->num_without_kid_ > kKeyTriesMax) {
    return absl::InvalidArgumentError("more than " + std::to_string(kKeyTriesMax) +
                                      " keys have no kid");
  }
  return table;
}

std::shared_ptr<const KeyTable> KeyTable::none() {
  return std::shared_ptr<const KeyTable>(new KeyTable);
}

std::span<const Key> KeyTable::candidates(std::optional<std::string_view> kid) const noexcept {
  const std::span<const Key> all = keys_;
  if (kid) {
    const auto found = by_kid_.find(*kid);
    if (found != by_kid_.end()) return all.subspan(found->second.begin, found->second.size);
    return all.first(num_without_kid_);
  }
  if (num_without_kid_ > 0) return all.first(num_without_kid_);
  return all.size() <= kKeyTriesMax ? all : std::span<const Key>();
}

}  // namespace internal

KeySet::KeySet(std::shared_ptr<const internal::KeyTable> table) noexcept
    : table_(std::move(table)) {}

KeySet KeySet::of(Key key) {
  std::vector<Key> keys;
  keys.push_back(std::move(key));
  return KeySet(*internal::KeyTable::create(std::move(keys)));  // one key cannot collide
}

KeySet KeySet::unavailable() { return KeySet(internal::KeyTable::none()); }

absl::StatusOr<KeySet> KeySet::from_jwks(std::string_view json, const JwksOptions& options,
                                         std::vector<std::string>* skipped) {
  KeyOptions key_options;
  key_options.short_secrets = options.short_secrets;
  auto document = jose::read_jwks(json, options.algorithms, key_options, options.secret_keys);
  if (!document.ok()) return document.status();
  std::string first_skipped;
  if (!document->skipped.empty()) first_skipped = " (" + document->skipped.front() + ')';
  if (skipped != nullptr) *skipped = std::move(document->skipped);
  if (document->keys.empty()) {
    return absl::InvalidArgumentError("the set holds no usable key" + first_skipped);
  }
  auto table = internal::KeyTable::create(std::move(document->keys));
  if (!table.ok()) return table.status();
  return KeySet(*std::move(table));
}

size_t KeySet::num_keys() const noexcept { return table_->keys().size(); }
const Key& KeySet::key(size_t index) const noexcept { return table_->keys()[index]; }

KeySetBuilder& KeySetBuilder::add(Key key) {
  keys_.push_back(std::move(key));
  return *this;
}

absl::StatusOr<KeySet> KeySetBuilder::build() {
  auto table = internal::KeyTable::create(std::exchange(keys_, {}));
  if (!table.ok()) return table.status();
  return KeySet(*std::move(table));
}

}  // namespace simdjwt
