// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Published vectors sign messages, not tokens: this verifies them through the code that verifies a
// token's signing input.

#ifndef SIMDJWT_TESTS_CONFORMANCE_RAW_VERIFICATION_H_
#define SIMDJWT_TESTS_CONFORMANCE_RAW_VERIFICATION_H_

#include <simdjwt/key.h>

#include <string_view>

#include "jose/key_material.h"

namespace simdjwt::testing {

inline bool verifies(const Key& key, std::string_view message, std::string_view signature) {
  if (signature.size() != key.signature_bytes()) return false;
  const jose::AsymmetricKey& asymmetric = *internal::KeyAccess::material(key).asymmetric();
  return asymmetric.verify(bytes::selected_kernels(), message,
                           reinterpret_cast<const uint8_t*>(signature.data())) == Verdict::kValid;
}

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_CONFORMANCE_RAW_VERIFICATION_H_
