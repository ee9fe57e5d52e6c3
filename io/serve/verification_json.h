// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What /verify says of a token, as JSON.

#ifndef SIMDJWT_IO_SERVE_VERIFICATION_JSON_H_
#define SIMDJWT_IO_SERVE_VERIFICATION_JSON_H_

#include <string>

#include "serve/answers.h"
#include "simdjwt/policy.h"
#include "simdjwt/verifier.h"

namespace simdjwt::serve {

// Appends one line, whatever blanks the claims have, of these forms:
//
//   {"valid":true,"claims":{"sub":"alice","exp":1795420800}}
//   {"valid":false,"reason":"expired","verdict":"expired","claim":"exp","message":"The token ..."}
//   {"valid":false,"reason":"missing","message":"The request carries no token."}
//
// `result` is null if there was no token to judge. "claim" is there if the failure is about one.
void append_verification_json(std::string& out, Outcome outcome, const VerifyResult* result,
                              const Policy& policy);

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_VERIFICATION_JSON_H_
