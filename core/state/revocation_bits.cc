// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "state/revocation_bits.h"

namespace simdjwt::internal {

RevocationBits::~RevocationBits() {
  for (const auto& segment : segments_) delete[] segment.load(std::memory_order_relaxed);
}

bool RevocationBits::insert(uint32_t number) {
  const Place place = place_of(number);
  Word* words = segments_[place.segment].load(std::memory_order_relaxed);  // nobody else's to store
  if (words == nullptr) {
    words = new Word[num_words(place.segment)]();
    segments_[place.segment].store(words, std::memory_order_release);
  }
  return (words[place.word].fetch_or(place.bit, std::memory_order_relaxed) & place.bit) == 0;
}

}  // namespace simdjwt::internal
