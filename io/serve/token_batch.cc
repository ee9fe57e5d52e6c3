// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/token_batch.h"

namespace simdjwt::serve {

size_t TokenBatch::find_group(const ServedPolicy& policy) noexcept {
  if (groups_[last_group_].policy == &policy) return last_group_;
  size_t unused = kGroupsMax;
  for (size_t i = 1; i <= kGroupsMax; ++i) {
    const size_t group = (last_group_ + i) % kGroupsMax;
    if (groups_[group].policy == &policy) return last_group_ = group;
    // Behind the last one: the first that comes is the one that has rested longest.
    if (unused == kGroupsMax && groups_[group].num_tokens == 0) unused = group;
  }
  if (unused == kGroupsMax) return kGroupsMax;
  groups_[unused].policy = &policy;
  return last_group_ = unused;
}

uint32_t TokenBatch::add(const ServedPolicy& policy, std::string_view token) {
  const size_t group = find_group(policy);
  ++groups_[group].num_tokens;
  tokens_[num_tokens_] = token;
  positions_[num_tokens_] = static_cast<uint32_t>(group);
  return static_cast<uint32_t>(num_tokens_++);
}

uint64_t TokenBatch::verify(int64_t now, ReactorMetrics& metrics) {
  uint32_t begin = 0;
  for (Group& group : groups_) {
    group.begin = begin;
    begin += group.num_tokens;
  }
  for (size_t i = 0; i < num_tokens_; ++i) {
    const uint32_t position = groups_[positions_[i]].begin++;
    sorted_[position] = tokens_[i];
    positions_[i] = position;
  }
  work_done_ = 0;
  uint64_t began = steady_nanoseconds();
  for (Group& group : groups_) {
    if (group.num_tokens == 0) continue;
    const uint32_t first = group.begin - group.num_tokens;
    if (!group.scratch) group.scratch.emplace();
    group.policy->verifier.verify_batch({&sorted_[first], group.num_tokens},
                                        {&results_[first], group.num_tokens}, *group.scratch, now);
    const uint64_t ended = steady_nanoseconds();
    metrics.count_batch(group.policy->key_kind, ended - began, group.num_tokens);
    const SignatureLookups lookups = group.scratch->take_signature_lookups();
    metrics.count_lookups(lookups);
    work_done_ += group.policy->work_done(group.num_tokens, lookups);
    began = ended;
  }
  return began;
}

void TokenBatch::clear() noexcept {
  for (Group& group : groups_) group.num_tokens = 0;
  num_tokens_ = 0;
}

}  // namespace simdjwt::serve
