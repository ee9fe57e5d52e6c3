// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Key files: any text gives keys or a reason.

#include <simdjwt/key_set.h>
#include <simdjwt/limits.h>

#include "fuzz/require.h"

using namespace simdjwt;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const JwksOptions kOptions = {
      .algorithms = {Algorithm::kHs256, Algorithm::kRs256, Algorithm::kEs256, Algorithm::kEdDsa}};
  const ExactInput input(data, size);
  std::vector<std::string> skipped;
  const auto keys = KeySet::from_jwks(input.text(), kOptions, &skipped);
  if (keys.ok()) {
    require(keys->num_keys() > 0);
    for (size_t i = 0; i < keys->num_keys(); ++i) {
      require(keys->key(i).kid().size() <= kKidBytesMax);
    }
  } else {
    require(!keys.status().message().empty());
  }
  return 0;
}
