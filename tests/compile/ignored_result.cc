// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// A verification whose result is ignored has verified nothing.

#include <simdjwt/verifier.h>

simdjwt::Verdict check(const simdjwt::Verifier& verifier, simdjwt::Scratch& scratch) {
#if defined(SIMDJWT_BAD)
  verifier.verify("", scratch, 0);
#endif
  return verifier.verify("", scratch, 0).verdict();
}
