// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Splitting and unverified reading: three parts that make up the token, or a verdict.

#include <simdjwt/limits.h>
#include <simdjwt/token.h>

#include <algorithm>
#include <string>

#include "fuzz/require.h"

using namespace simdjwt;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ExactInput input(data, size);
  const std::string_view token = input.text();
  const auto num_dots = std::count(token.begin(), token.end(), '.');

  TokenView view;
  const Verdict verdict = TokenView::split(token, view);
  const auto decoded = decode_unverified(token);
  if (verdict == Verdict::kValid) {
    require(num_dots == 2 && token.size() <= kTokenBytesMax);
    require(!view.header().empty() && !view.claims().empty() && !view.signature().empty());
    const std::string whole = std::string(view.header()) + '.' + std::string(view.claims()) + '.' +
                              std::string(view.signature());
    require(whole == token);
    require(view.signing_input() == token.substr(0, token.rfind('.')));
  } else {
    require(!decoded.ok());
    require((verdict == Verdict::kTokenTooLarge) == (token.size() > kTokenBytesMax));
    require((verdict == Verdict::kEncryptedToken) ==
            (num_dots == 4 && token.size() <= kTokenBytesMax));
  }
  return 0;
}
