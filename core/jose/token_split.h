// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// TokenView::split with a kernel of the caller's.

#ifndef SIMDJWT_CORE_JOSE_TOKEN_SPLIT_H_
#define SIMDJWT_CORE_JOSE_TOKEN_SPLIT_H_

#include <simdjwt/token.h>

#include <string_view>

#include "bytes/base64url.h"

namespace simdjwt::internal {

struct TokenSplitter {
  static Verdict split(const bytes::Base64urlKernel& kernel, std::string_view token,
                       TokenView& view) noexcept;

  // The view of a token whose dots are known to be at `header_end` and `claims_end`.
  static TokenView at(std::string_view token, size_t header_end, size_t claims_end) noexcept {
    return TokenView(token, static_cast<uint32_t>(header_end), static_cast<uint32_t>(claims_end));
  }
};

}  // namespace simdjwt::internal

#endif  // SIMDJWT_CORE_JOSE_TOKEN_SPLIT_H_
