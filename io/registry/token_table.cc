// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/token_table.h"

#include <cstring>

namespace simdjwt::registry {
namespace {

constexpr int64_t kNumberMax = UINT32_MAX;

absl::Status too_many() {
  return absl::ResourceExhaustedError("the registry's numbers exceed 32 bits");
}

}  // namespace

bool TokenTable::holds(TokenIndex index, std::string_view jti, AccountId account) const noexcept {
  if (index > kNumberMax || jti.size() != kJtiChars) return false;
  const Record* const record = records_.find(static_cast<uint32_t>(index));
  // Acquire pairs with the release in insert(): with the account, the jti is seen.
  return record != nullptr && account != 0 &&
         record->account.load(std::memory_order_acquire) == account &&
         std::memcmp(record->random.data(), jti.data(), kRandomChars) == 0;
}

// Blocks are neither freed nor given to another token, so that whoever follows them goes not
// astray. Acquire pairs with the release in associate(): blocks are seen as they were filled.
const std::atomic<uint32_t>* TokenTable::find_association(TokenIndex index,
                                                          uint32_t server) const noexcept {
  const Record* const record =
      index > kNumberMax ? nullptr : records_.find(static_cast<uint32_t>(index));
  if (record == nullptr) return nullptr;
  uint32_t number = record->first_block.load(std::memory_order_acquire);
  while (number != 0) {
    const Block& block = *blocks_.find(number);
    for (const std::atomic<uint32_t>& one : block.servers) {
      if (one.load(std::memory_order_relaxed) == server) return &one;
    }
    number = block.next.load(std::memory_order_acquire);
  }
  return nullptr;
}

bool TokenTable::is_associated(TokenIndex index, ServerId server) const noexcept {
  return server > 0 && server <= kNumberMax &&
         find_association(index, static_cast<uint32_t>(server)) != nullptr;
}

absl::Status TokenTable::insert(TokenIndex index, std::string_view jti, AccountId account) {
  if (index > kNumberMax || account <= 0 || account > kNumberMax) return too_many();
  if (jti.size() != kJtiChars) return absl::DataLossError("a token's jti has the wrong length");
  Record& record = records_.at(static_cast<uint32_t>(index));
  if (record.account.load(std::memory_order_relaxed) != 0) return absl::OkStatus();
  std::memcpy(record.random.data(), jti.data(), kRandomChars);
  record.account.store(static_cast<uint32_t>(account), std::memory_order_release);
  return absl::OkStatus();
}

absl::Status TokenTable::associate(TokenIndex index, ServerId server) {
  if (index > kNumberMax || server <= 0 || server > kNumberMax) return too_many();
  const auto wanted = static_cast<uint32_t>(server);
  if (find_association(index, wanted) != nullptr) return absl::OkStatus();
  std::atomic<uint32_t>* link = &records_.at(static_cast<uint32_t>(index)).first_block;
  while (const uint32_t number = link->load(std::memory_order_relaxed)) {
    Block& block = blocks_.at(number);
    for (std::atomic<uint32_t>& one : block.servers) {
      if (one.load(std::memory_order_relaxed) != 0) continue;
      one.store(wanted, std::memory_order_relaxed);
      return absl::OkStatus();
    }
    link = &block.next;
  }
  if (num_blocks_ == kNumberMax) return too_many();
  blocks_.at(num_blocks_).servers[0].store(wanted, std::memory_order_relaxed);
  link->store(num_blocks_++, std::memory_order_release);
  return absl::OkStatus();
}

void TokenTable::dissociate(TokenIndex index, ServerId server) {
  if (server <= 0 || server > kNumberMax) return;
  // Found through a table that is ours to write to.
  auto* const found =
      const_cast<std::atomic<uint32_t>*>(find_association(index, static_cast<uint32_t>(server)));
  if (found != nullptr) found->store(0, std::memory_order_relaxed);
}

}  // namespace simdjwt::registry
