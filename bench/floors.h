// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The floors: what the libraries' cryptography alone takes for the same tokens, with everything
// prepared that can be. Neither base64url nor JSON is looked at.

#ifndef SIMDJWT_BENCH_FLOORS_H_
#define SIMDJWT_BENCH_FLOORS_H_

#include <memory>

#include "subject.h"

namespace simdjwt::bench {

// HMAC-SHA-256 of the HS256 tokens, and nothing else: from two saved hash states, copied for each
// token, the fastest that OpenSSL's interface allows; or by HMAC(), which most libraries call.
std::unique_ptr<Subject> midstate_floor();
std::unique_ptr<Subject> oneshot_floor();

// Verifies signatures that were decoded before, with a prepared key and one context for all.
std::unique_ptr<Subject> openssl_floor(Algorithm algorithm);
std::unique_ptr<Subject> libsodium_floor();  // of EdDSA

}  // namespace simdjwt::bench

#endif  // SIMDJWT_BENCH_FLOORS_H_
