// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// TokenGate: the last word on a token, of whoever knows more about it than it says itself.

#ifndef SIMDJWT_TOKEN_GATE_H_
#define SIMDJWT_TOKEN_GATE_H_

#include <cstdint>
#include <string_view>

#include "simdjwt/verdict.h"
#include "simdjwt/verified_token.h"

namespace simdjwt {

class TokenGate {
 public:
  virtual ~TokenGate() = default;

  // The claims of a token that judge() may be asked about, before anything is known of them: not
  // even that they are JSON, let alone who wrote them. Good for nothing but to ask for the memory
  // that judge() would wait for. Called by all threads of a Verifier: wait-free, allocates nothing.
  virtual void foresee(std::string_view /*claims*/) const noexcept {}

  // kValid, or why this token, with which nothing else is wrong, is refused all the same. `now` is
  // what the Verifier was told. Called by all threads of a Verifier: wait-free, allocates nothing.
  [[nodiscard]] virtual Verdict judge(const VerifiedToken& token, int64_t now) const noexcept = 0;
};

}  // namespace simdjwt

#endif  // SIMDJWT_TOKEN_GATE_H_
