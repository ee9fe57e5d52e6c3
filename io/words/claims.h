// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Why a token was rejected whose signature is right: its claims may be looked at.

#ifndef SIMDJWT_IO_WORDS_CLAIMS_H_
#define SIMDJWT_IO_WORDS_CLAIMS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "simdjwt/verifier.h"
#include "words/finding.h"
#include "words/json_members.h"

namespace simdjwt::words {

struct TokenContents {
  std::string payload = {};  // empty: the signature is wrong
  std::vector<JsonMember> claims = {};
  std::vector<JsonMember> header = {};
};

// Of a token that `verifier`, whose policy is signature_only(), accepts; of any other, nothing.
TokenContents read_signed(const Verifier& verifier, std::string_view token, Scratch& scratch,
                          int64_t now);

// What a verdict says was expected, where that is the same for all policies of this leeway; else
// empty.
std::string expected_by_all(Verdict verdict, int64_t now, int64_t leeway_seconds);

// What kTooOld expected of iat.
std::string expected_age(int64_t max_age_seconds, int64_t now, int64_t leeway_seconds);

// For a verdict on claims or typ.
Finding explain_claim(Verdict verdict, std::string expected, const TokenContents& contents,
                      int64_t now);

// What there is: its JSON, or "none".
void set_found(Finding& finding, const JsonMember* member);

}  // namespace simdjwt::words

#endif  // SIMDJWT_IO_WORDS_CLAIMS_H_
