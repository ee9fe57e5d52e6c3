// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// Whoever holds a VerifiedToken holds one that a Verifier accepted: nobody else can make one.

#include <simdjwt/verifier.h>

simdjwt::VerifiedToken token_of(const simdjwt::VerifyResult& result) { return *result; }

#if defined(SIMDJWT_BAD)
simdjwt::VerifiedToken out_of_nothing() { return simdjwt::VerifiedToken(); }
#endif
