// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "state/issuer_table.h"

#include <utility>

namespace simdjwt {
namespace internal {

std::shared_ptr<const IssuerTable> IssuerTable::of(
    std::vector<std::pair<std::string, KeySet>> issuers) {
  std::array<std::shared_ptr<Shard>, kNumShards> shards;
  for (auto& [issuer, keys] : issuers) {
    std::shared_ptr<Shard>& shard = shards[shard_of(issuer)];
    if (shard == nullptr) shard = std::make_shared<Shard>();
    shard->insert_or_assign(std::move(issuer), std::move(keys));
  }
  auto table = std::make_shared<IssuerTable>();
  for (size_t i = 0; i < kNumShards; ++i) {
    if (shards[i] != nullptr) table->num_issuers_ += shards[i]->size();
    table->shards_[i] = std::move(shards[i]);
  }
  return table;
}

std::shared_ptr<const IssuerTable> IssuerTable::with(std::string_view issuer,
                                                     std::optional<KeySet> keys) const {
  auto table = std::make_shared<IssuerTable>(*this);
  std::shared_ptr<const Shard>& place = table->shards_[shard_of(issuer)];
  auto shard = place == nullptr ? std::make_shared<Shard>() : std::make_shared<Shard>(*place);
  table->num_issuers_ -= shard->size();
  if (keys) {
    shard->insert_or_assign(std::string(issuer), *std::move(keys));
  } else {
    shard->erase(std::string(issuer));
  }
  table->num_issuers_ += shard->size();
  place = std::move(shard);
  return table;
}

}  // namespace internal

IssuerKeys::IssuerKeys() : table_(std::make_shared<const internal::IssuerTable>()) {}

IssuerKeys::IssuerKeys(std::shared_ptr<const internal::IssuerTable> table) noexcept
    : table_(std::move(table)) {}

IssuerKeys IssuerKeys::of(std::vector<std::pair<std::string, KeySet>> issuers) {
  return IssuerKeys(internal::IssuerTable::of(std::move(issuers)));
}

IssuerKeys IssuerKeys::with(std::string_view issuer, KeySet keys) const {
  return IssuerKeys(table_->with(issuer, std::move(keys)));
}

IssuerKeys IssuerKeys::without(std::string_view issuer) const {
  return IssuerKeys(table_->with(issuer, std::nullopt));
}

size_t IssuerKeys::num_issuers() const noexcept { return table_->num_issuers(); }

const KeySet* IssuerKeys::find(std::string_view issuer) const noexcept {
  const internal::IssuerTable::Entry* const entry = table_->find(issuer);
  return entry == nullptr ? nullptr : &entry->second;
}

}  // namespace simdjwt
