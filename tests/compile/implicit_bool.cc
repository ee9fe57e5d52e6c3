// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// A result is asked whether it is valid, and never taken for a number: kValid is 0.

#include <simdjwt/verifier.h>

bool is_valid(const simdjwt::VerifyResult& result) {
#if defined(SIMDJWT_BAD)
  return result;
#endif
  return static_cast<bool>(result);
}
