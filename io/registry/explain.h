// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Why a token is accepted or refused at a server, for those who own it: check by check.

#ifndef SIMDJWT_IO_REGISTRY_EXPLAIN_H_
#define SIMDJWT_IO_REGISTRY_EXPLAIN_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/store.h"
#include "serve/outcome.h"
#include "simdjwt/verifier.h"

namespace simdjwt::registry {

// What a token goes through, in this order.
enum class Check : uint8_t {
  kAuthorization,  // the field that should carry it
  kFormat,
  kHeader,
  kSignature,
  kClaims,
  kDates,
  kRevocation,
  kKind,          // no refresh token
  kRegistration,  // whether the registry issued it
  kAssociation,   // with the server
};

// "authorization": stable. Static storage.
[[nodiscard]] std::string_view to_string(Check check) noexcept;

// Texts are printable, and empty where there is nothing to say.
struct Step {
  enum class State : uint8_t { kPassed, kFailed, kNotReached };

  Check check;
  State state = State::kNotReached;
  std::string subject = {};  // the claim or header parameter that failed
  std::string expected = {};
  std::string found = {};
};

// "passed", "failed" or "not reached". Static storage.
[[nodiscard]] std::string_view to_string(Step::State state) noexcept;

struct Explanation {
  serve::Outcome outcome = serve::Outcome::kMissing;  // what a check comes to, and logs call it
  std::optional<Verdict> verdict = {};                // nullopt: there was no token
  std::string_view heading = {};                      // "Token expired". Static storage
  std::string_view advice = {};                       // what to do; empty: nothing. Likewise
  std::vector<Step> steps = {};
  std::string claims_json = {};            // of a token whose signature is right
  std::optional<TokenSigner> signer = {};  // whom one may be told of
  std::optional<Token> token = {};         // the registry's, of this account

  [[nodiscard]] bool is_accepted() const noexcept { return serve::is_allowed(outcome); }
};

struct Question {
  const Account& account;
  const Server& server;          // of the account
  const Verifier& verifier;      // that checks the server's tokens
  std::string_view text;         // a token, or what is_field says
  bool is_field = false;         // "Authorization: Bearer TOKEN", or its value alone
  bool tells_of_others = false;  // whether the answer may name other accounts
};

// The verdict is the verifier's, and what `store` holds only tells more about it: that may be
// newer. Changes nothing. Fails where the store does. Allocates.
[[nodiscard]] absl::StatusOr<Explanation> explain(Store& store, const Question& question,
                                                  int64_t now);

// {"accepted":false,"reason":"expired","verdict":"expired","heading":...,"advice":...,
//  "message":...,"server":...,"account":...,"authentication":true,"now":...,
//  "secret":{"account":...,"generation":1,"valid_until":null,"alg":"HS256","kid":null},
//  "token":{"jti":...,"description":...},
//  "steps":[{"check":"dates","state":"failed","claim":"exp","expected":...,"found":...},...],
//  "claims":{...}}
// On one line without its end. "claims" is there where the signature is right; what does not apply
// is null.
[[nodiscard]] std::string explanation_json(const Explanation& explanation, const Question& question,
                                           int64_t now);

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_EXPLAIN_H_
