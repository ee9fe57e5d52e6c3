// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// Secrets have one home.

#include <simdjwt/key.h>

#include <utility>

simdjwt::Key take(simdjwt::Key& key) {
#if defined(SIMDJWT_BAD)
  return key;
#endif
  return std::move(key);
}
