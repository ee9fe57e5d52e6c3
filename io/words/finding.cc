// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "words/finding.h"

#include <algorithm>

namespace simdjwt::words {
namespace {

constexpr size_t kAlternativesShown = 5;

}  // namespace

std::string alternatives(const std::vector<std::string>& words) {
  std::string text;
  const size_t num_shown = std::min(words.size(), kAlternativesShown);
  for (size_t i = 0; i < num_shown; ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  if (num_shown < words.size()) {
    text += " or " + std::to_string(words.size() - num_shown) + " others";
  }
  return text;
}

}  // namespace simdjwt::words
