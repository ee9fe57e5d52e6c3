// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// TokenTable: the tokens that a registry has issued, and the servers they are for; read while it
// changes.

#ifndef SIMDJWT_IO_REGISTRY_TOKEN_TABLE_H_
#define SIMDJWT_IO_REGISTRY_TOKEN_TABLE_H_

#include <absl/status/status.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

#include "registry/growing_array.h"
#include "registry/jti.h"
#include "registry/model.h"

namespace simdjwt::registry {

//   record of a token, 32 bytes
//   | random part of jti | account | server |        of none or one
//   | random part of jti | account | block | -->     of more
//                                            block, 16 bytes
//                                            | server | server | server | next | --> ...
//
// 32 bytes for a token of one server, 48 for one of two or three. Readers are wait-free, and see
// what whoever they learnt of has done.
class TokenTable {
 public:
  TokenTable() = default;

  // --- Any thread ---

  // Asks for the memory that the questions about the token will look at.
  void prefetch(TokenIndex index) const noexcept {
    if (index <= UINT32_MAX) __builtin_prefetch(records_.find(static_cast<uint32_t>(index)));
  }
  // Whether `jti`, which says `index`, is that of a token of this account.
  [[nodiscard]] bool holds(TokenIndex index, std::string_view jti,
                           AccountId account) const noexcept;
  [[nodiscard]] bool is_associated(TokenIndex index, ServerId server) const noexcept;

  // --- One writer. Each may allocate, and changes nothing if it was done before. ---

  // kResourceExhausted for numbers of more than 32 bits, and servers of more than 31.
  absl::Status insert(TokenIndex index, std::string_view jti, AccountId account);
  absl::Status associate(TokenIndex index, ServerId server);
  void dissociate(TokenIndex index, ServerId server);

 private:
  static constexpr size_t kRandomChars = kJtiChars - 8;  // the others are the index
  struct Record {
    std::array<char, kRandomChars> random{};  // written once, before the account
    std::atomic<uint32_t> account{0};         // 0: there is no such token
    std::atomic<uint32_t> servers{0};         // 0, a server, or a block with kIsBlock
  };
  static_assert(sizeof(Record) == 32);

  static constexpr uint32_t kIsBlock = uint32_t{1} << 31;

  // A server that is taken away leaves a zero, for another.
  struct Block {
    std::array<std::atomic<uint32_t>, 3> servers{};
    std::atomic<uint32_t> next{0};
  };
  static_assert(sizeof(Block) == 16);

  [[nodiscard]] const std::atomic<uint32_t>* find_association(TokenIndex index,
                                                              uint32_t server) const noexcept;

  // Into the blocks of a token, from the first on.
  absl::Status insert_in_blocks(uint32_t first, uint32_t server);

  GrowingArray<Record> records_;
  GrowingArray<Block> blocks_;
  uint32_t num_blocks_ = 1;  // the first is none
};

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_TOKEN_TABLE_H_
