// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Keys, policies and scratches that tests make again and again; each must succeed.

#ifndef SIMDJWT_TESTS_SUPPORT_FIXTURES_H_
#define SIMDJWT_TESTS_SUPPORT_FIXTURES_H_

#include <simdjwt/simdjwt.h>

#include <string>
#include <string_view>
#include <vector>

#include "support/reference_verifier.h"
#include "support/token_forge.h"

namespace simdjwt::testing {

Key make_key(std::string_view secret = kSecret, std::string kid = "",
             Algorithm algorithm = Algorithm::kHs256, KeyPeriod period = {});

KeySet make_keys(std::vector<Key> keys);

// Demands nothing but what can never be turned off.
PolicyBuilder lenient();

// Core's verifier for what the reference was told.
Verifier make_verifier(const ReferenceVerifier& reference);

// A Scratch for each kernel that this CPU can run, forced, the other families at their default.
// The first entry is the default of all families.
struct KernelScratch {
  std::string kernel;
  Scratch scratch;
};
std::vector<KernelScratch> make_kernel_scratches();

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_SUPPORT_FIXTURES_H_
