// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// TokenGate: the last word on a token, of whoever knows more about it than it says itself.

#ifndef SIMDJWT_TOKEN_GATE_H_
#define SIMDJWT_TOKEN_GATE_H_

#include <cstdint>
#include <optional>
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

  // The number by which whoever keeps the gate knows the token with this jti (empty: it has none),
  // or nullopt of one that they do not know. Asked of each token whose signature is right and whose
  // claims can be read, whether it will be refused or not, for judge() and for
  // VerifyResult::token_number(). Called by all threads of a Verifier: wait-free, allocates
  // nothing.
  [[nodiscard]] virtual std::optional<uint64_t> recognize(std::string_view /*jti*/) const noexcept {
    return std::nullopt;
  }

  // kValid, or why this token, with which nothing else is wrong, is refused all the same. `number`
  // is what recognize() said, `now` what the Verifier was told. Called by all threads of a
  // Verifier: wait-free, allocates nothing.
  [[nodiscard]] virtual Verdict judge(const VerifiedToken& token, std::optional<uint64_t> number,
                                      int64_t now) const noexcept = 0;
};

}  // namespace simdjwt

#endif  // SIMDJWT_TOKEN_GATE_H_
