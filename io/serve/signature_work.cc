// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/signature_work.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "simdjwt/limits.h"

namespace simdjwt::serve {
namespace {

constexpr size_t kNumAlgorithms = static_cast<size_t>(Algorithm::kEd448) + 1;

uint32_t work_of(const Key& key) noexcept {
  constexpr size_t kRsa2048Bytes = 256;
  constexpr size_t kEd25519Bytes = 64;
  switch (key.algorithm()) {
    case Algorithm::kHs256:
    case Algorithm::kHs384:
    case Algorithm::kHs512:
      return 0;
    case Algorithm::kRs256:
    case Algorithm::kRs384:
    case Algorithm::kRs512:
    case Algorithm::kPs256:
    case Algorithm::kPs384:
    case Algorithm::kPs512: {
      // With the square of the length, as e is small.
      const size_t length = (key.signature_bytes() + kRsa2048Bytes - 1) / kRsa2048Bytes;
      return static_cast<uint32_t>(length * length);
    }
    case Algorithm::kEs256:
      return 4;
    case Algorithm::kEd25519:
    case Algorithm::kEdDsa:
    case Algorithm::kEd448:
      return key.signature_bytes() == kEd25519Bytes ? 5 : 14;
    case Algorithm::kEs512:
    case Algorithm::kEs256k:
      return 32;
    case Algorithm::kEs384:
      return 52;
  }
  return 0;
}

}  // namespace

// See key_set.h for which keys a token is tried against. All of them are of its algorithm.
uint32_t signature_work(const KeySet& keys) noexcept {
  std::array<uint32_t, kNumAlgorithms> of_all{};
  std::array<uint32_t, kNumAlgorithms> of_nameless{};
  uint32_t work_max = 0;  // by one key
  bool has_nameless = false;
  for (size_t i = 0; i < keys.num_keys(); ++i) {
    const Key& key = keys.key(i);
    const auto algorithm = static_cast<size_t>(key.algorithm());
    const uint32_t work = work_of(key);
    work_max = std::max(work_max, work);
    of_all[algorithm] += work;
    if (!key.kid().empty()) continue;
    has_nameless = true;
    of_nameless[algorithm] += work;
  }
  if (!has_nameless && keys.num_keys() > kKeyTriesMax) return work_max;
  const auto& tried = has_nameless ? of_nameless : of_all;
  return std::max(work_max, *std::max_element(tried.begin(), tried.end()));
}

uint32_t SignatureBudget::num_tokens(uint32_t work, uint32_t num_max) const noexcept {
  if (work == 0) return num_max;
  const auto room_in = [work](const Pot& pot) {
    const uint32_t num = (pot.left - std::min(pot.left, pot.promised)) / work;
    return std::max<uint32_t>(num, pot.has_room_for(work));
  };
  return std::min({num_max, room_in(turn_), room_in(share_)});
}

// Of what others were promised, a share knows no more than that it was not its own.
void SignatureBudget::Pot::settle(uint32_t work) noexcept {
  spend(std::min(work, promised));
  promised = 0;
}

void SignatureBudget::Pot::spend(uint32_t work) noexcept {
  left -= std::min(left, work);
  is_touched = is_touched || work > 0;
}

}  // namespace simdjwt::serve
