// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Finding: one failed check of a token, in words for people.

#ifndef SIMDJWT_IO_WORDS_FINDING_H_
#define SIMDJWT_IO_WORDS_FINDING_H_

#include <string>
#include <vector>

#include "simdjwt/verdict.h"

namespace simdjwt::words {

// Texts are printable, and empty where there is nothing to say beyond describe(verdict).
struct Finding {
  Verdict verdict;
  std::string subject = {};     // the claim or header parameter
  std::string expected = {};    // in words
  std::string found = {};       // in words
  std::string found_json = {};  // the subject's value as JSON; empty if there is none
  bool in_header = false;       // where the subject is
};

// "a", "a or b", "a, b or c", "a, b, c, d, e or 3 others".
std::string alternatives(const std::vector<std::string>& words);

}  // namespace simdjwt::words

#endif  // SIMDJWT_IO_WORDS_FINDING_H_
