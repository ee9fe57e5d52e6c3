// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/token_table.h"

#include <cstring>

namespace simdjwt::registry {
namespace {

constexpr int64_t kNumberMax = UINT32_MAX;
constexpr int64_t kServerMax = INT32_MAX;

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
  const uint32_t first = record->servers.load(std::memory_order_acquire);
  if ((first & kIsBlock) == 0) return first == server ? &record->servers : nullptr;
  uint32_t number = first & ~kIsBlock;
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
  return server > 0 && server <= kServerMax &&
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
  if (index > kNumberMax || server <= 0 || server > kServerMax) return too_many();
  const auto wanted = static_cast<uint32_t>(server);
  if (find_association(index, wanted) != nullptr) return absl::OkStatus();
  std::atomic<uint32_t>& servers = records_.at(static_cast<uint32_t>(index)).servers;
  const uint32_t first = servers.load(std::memory_order_relaxed);
  if (first == 0) {
    servers.store(wanted, std::memory_order_relaxed);
  } else if ((first & kIsBlock) == 0) {
    if (num_blocks_ == kIsBlock) return too_many();
    Block& block = blocks_.at(num_blocks_);
    block.servers[0].store(first, std::memory_order_relaxed);
    block.servers[1].store(wanted, std::memory_order_relaxed);
    servers.store(kIsBlock | num_blocks_++, std::memory_order_release);
  } else {
    return insert_in_blocks(first & ~kIsBlock, wanted);
  }
  return absl::OkStatus();
}

absl::Status TokenTable::insert_in_blocks(uint32_t first, uint32_t server) {
  std::atomic<uint32_t>* link = nullptr;
  for (uint32_t number = first; number != 0; number = link->load(std::memory_order_relaxed)) {
    Block& block = blocks_.at(number);
    for (std::atomic<uint32_t>& one : block.servers) {
      if (one.load(std::memory_order_relaxed) != 0) continue;
      one.store(server, std::memory_order_relaxed);
      return absl::OkStatus();
    }
    link = &block.next;
  }
  if (num_blocks_ == kIsBlock) return too_many();
  blocks_.at(num_blocks_).servers[0].store(server, std::memory_order_relaxed);
  link->store(num_blocks_++, std::memory_order_release);
  return absl::OkStatus();
}

void TokenTable::dissociate(TokenIndex index, ServerId server) {
  if (server <= 0 || server > kServerMax) return;
  // Found through a table that is ours to write to.
  auto* const found =
      const_cast<std::atomic<uint32_t>*>(find_association(index, static_cast<uint32_t>(server)));
  if (found != nullptr) found->store(0, std::memory_order_relaxed);
}

}  // namespace simdjwt::registry
