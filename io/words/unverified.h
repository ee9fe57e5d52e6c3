// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Why a token was rejected before its signature was known to be right. Anyone can have written
// such a token: its claims are never looked at, its header only as far as the check went.

#ifndef SIMDJWT_IO_WORDS_UNVERIFIED_H_
#define SIMDJWT_IO_WORDS_UNVERIFIED_H_

#include <string_view>

#include "simdjwt/key_set.h"
#include "simdjwt/verdict.h"
#include "words/finding.h"

namespace simdjwt::words {

// For any verdict up to kBadSignature.
Finding explain_unverified(Verdict verdict, const KeySet& keys, std::string_view token);

}  // namespace simdjwt::words

#endif  // SIMDJWT_IO_WORDS_UNVERIFIED_H_
