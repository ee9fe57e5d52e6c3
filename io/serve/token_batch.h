// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// TokenBatch: the tokens of a turn, whatever their policies, verified as many at once as can be.

#ifndef SIMDJWT_IO_SERVE_TOKEN_BATCH_H_
#define SIMDJWT_IO_SERVE_TOKEN_BATCH_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "serve/metrics.h"
#include "serve/policy_set.h"
#include "simdjwt/verifier.h"

namespace simdjwt::serve {

// Each policy has a verifier of its own, and a verified token lives until its Scratch is used
// again. So every policy of a batch gets a Scratch, of which there are kGroupsMax (some 200 KiB
// each, made when first used); a policy finds the one it had before, which remembers its tokens'
// headers, unless others took it.
//
//   add()      tokens_  a b a c a b        groups_  A: 3, B: 2, C: 1
//   verify()   sorted_  a a a b b c        one verify_batch() for each
//   result(i)  in the order of add()
class TokenBatch {
 public:
  // Few enough for their texts and claims, some 100 KiB, to be in the second-level cache all the
  // while: with 256, a request by 16 took 8 % more user time, with 64, as much as with this.
  static constexpr size_t kTokensMax = 128;
  static constexpr size_t kGroupsMax = 16;

  // Whether a token of this policy can still be added.
  [[nodiscard]] bool has_room_for(const ServedPolicy& policy) noexcept {
    return num_tokens_ < kTokensMax && find_group(policy) != kGroupsMax;
  }
  // Returns the token's number. Views and policies must live until clear().
  uint32_t add(const ServedPolicy& policy, std::string_view token);

  // Returns when it was done, in steady_nanoseconds().
  uint64_t verify(int64_t now, ReactorMetrics& metrics);
  // What verify() took, of the policies' token_work.
  [[nodiscard]] uint32_t work_done() const noexcept { return work_done_; }

  [[nodiscard]] std::string_view token(uint32_t number) const noexcept { return tokens_[number]; }
  // After verify(), until clear().
  [[nodiscard]] const VerifyResult& result(uint32_t number) const noexcept {
    return results_[positions_[number]];
  }
  void clear() noexcept;

 private:
  struct Group {
    const ServedPolicy* policy = nullptr;
    uint32_t num_tokens = 0;
    uint32_t begin = 0;
    std::optional<Scratch> scratch = {};
  };

  // The group of this policy, or one that nobody has in this batch; kGroupsMax if there is none.
  size_t find_group(const ServedPolicy& policy) noexcept;

  std::array<Group, kGroupsMax> groups_;
  std::array<std::string_view, kTokensMax> tokens_;
  std::array<std::string_view, kTokensMax> sorted_;
  std::array<VerifyResult, kTokensMax> results_;  // of sorted_
  std::array<uint32_t, kTokensMax> positions_;    // in sorted_; until verify(), the group
  size_t num_tokens_ = 0;
  uint32_t work_done_ = 0;
  size_t last_group_ = 0;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_TOKEN_BATCH_H_
