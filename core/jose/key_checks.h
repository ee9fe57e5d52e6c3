// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What libcrypto would let pass: keys of the wrong kind, too weak, too large, or malformed.

#ifndef SIMDJWT_CORE_JOSE_KEY_CHECKS_H_
#define SIMDJWT_CORE_JOSE_KEY_CHECKS_H_

#include <absl/status/status.h>
#include <simdjwt/key.h>

#include "jose/key_parts.h"

namespace simdjwt::jose {

// Whether these are the parameters of a key for the algorithm, as Key::from_jwk demands. That a
// point of an "EC" key is on its curve, libcrypto checks when the key is built; that private
// parameters belong to the public ones, only their use shows.
absl::Status check_key_parts(Algorithm algorithm, const KeyParts& parts);

}  // namespace simdjwt::jose

#endif  // SIMDJWT_CORE_JOSE_KEY_CHECKS_H_
