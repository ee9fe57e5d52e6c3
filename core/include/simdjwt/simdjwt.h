// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The whole public interface:
//
//   auto key = simdjwt::Key::hmac(simdjwt::Algorithm::kHs256, secret);
//   auto policy = simdjwt::PolicyBuilder()
//                     .expect_iss("https://issuer.example").expect_aud("api")
//                     .ignore_typ().expect_exp().build();
//   simdjwt::Verifier verifier(simdjwt::KeySet::of(*std::move(key)), *policy);  // all threads
//   simdjwt::Scratch scratch;                                                   // one a thread
//   auto result = verifier.verify(token, scratch, std::time(nullptr));
//   if (result) std::cout << result->sub().value_or("?") << '\n';
//   else std::cout << to_string(result.verdict()) << '\n';

#ifndef SIMDJWT_SIMDJWT_H_
#define SIMDJWT_SIMDJWT_H_

#include "simdjwt/base64url.h"
#include "simdjwt/cpu.h"
#include "simdjwt/document.h"
#include "simdjwt/issuer_keys.h"
#include "simdjwt/key.h"
#include "simdjwt/key_set.h"
#include "simdjwt/limits.h"
#include "simdjwt/policy.h"
#include "simdjwt/revocation.h"
#include "simdjwt/signature_cache.h"
#include "simdjwt/signer.h"
#include "simdjwt/snapshot.h"
#include "simdjwt/token.h"
#include "simdjwt/token_gate.h"
#include "simdjwt/verdict.h"
#include "simdjwt/verified_token.h"
#include "simdjwt/verifier.h"

#endif  // SIMDJWT_SIMDJWT_H_
