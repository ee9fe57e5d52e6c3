// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// The verdict kValid is 0, so that it must not be usable as a condition.

#include <simdjwt/verdict.h>

bool is_valid(simdjwt::Verdict verdict) {
#if defined(SIMDJWT_BAD)
  if (verdict) return true;
#endif
  return verdict == simdjwt::Verdict::kValid;
}
