// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// A key that could not be made must not go unnoticed.

#include <simdjwt/key.h>

bool make(std::string_view secret) {
#if defined(SIMDJWT_BAD)
  simdjwt::Key::hmac(simdjwt::Algorithm::kHs256, secret);
#endif
  return simdjwt::Key::hmac(simdjwt::Algorithm::kHs256, secret).ok();
}
