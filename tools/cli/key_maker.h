// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// New asymmetric keys.

#ifndef SIMDJWT_TOOLS_CLI_KEY_MAKER_H_
#define SIMDJWT_TOOLS_CLI_KEY_MAKER_H_

#include <simdjwt/key.h>

#include <string>

namespace simdjwt::cli {

// Whether `rsa_bits` matters for the algorithm.
bool is_rsa(Algorithm algorithm);

// A random key of the algorithm's type and curve ("EdDSA": Ed25519), whose kid is its thumbprint if
// `kid` is empty. Throws Failure.
Key make_key(Algorithm algorithm, unsigned rsa_bits, const std::string& kid);

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_KEY_MAKER_H_
