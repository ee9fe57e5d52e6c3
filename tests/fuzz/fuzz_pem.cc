// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Keys in PEM and DER: any bytes give a key, which can be written and read again, or a reason.

#include <simdjwt/key.h>

#include "fuzz/require.h"

using namespace simdjwt;

namespace {

void check(Algorithm algorithm, const absl::StatusOr<Key>& key) {
  if (!key.ok()) return require(!key.status().message().empty());
  for (const KeyHalf half : {KeyHalf::kPublic, KeyHalf::kPrivate}) {
    if (half == KeyHalf::kPrivate && !key->can_sign()) continue;
    const auto of_pem = Key::from_pem(algorithm, key->to_pem(half).value());
    const auto of_jwk = Key::from_jwk(key->to_jwk(half).value());
    require(of_pem.ok() && of_pem->thumbprint().value() == key->thumbprint().value());
    require(of_jwk.ok() && of_jwk->thumbprint().value() == key->thumbprint().value());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ExactInput input(data, size);
  for (const Algorithm algorithm : {Algorithm::kPs256, Algorithm::kEs256, Algorithm::kEdDsa}) {
    check(algorithm, Key::from_pem(algorithm, input.text()));
    check(algorithm, Key::from_der(algorithm, input.text()));
  }
  return 0;
}
