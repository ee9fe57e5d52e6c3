// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// JSON Web Keys (RFC 7517) as they come from files: read once, at load, where time does not matter.

#ifndef SIMDJWT_CORE_JOSE_JWK_H_
#define SIMDJWT_CORE_JOSE_JWK_H_

#include <absl/status/statusor.h>
#include <simdjwt/key_set.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace simdjwt::jose {

// What a document held. Keys that cannot be used are `skipped` with the reason.
struct JwkDocument {
  std::vector<Key> keys;
  std::vector<std::string> skipped;
};

// Reads a JWK Set, or a single JWK, for these algorithms, as JwksOptions has them. The keys it
// gives fit into one KeySet. Fails for text that is neither, and for a set that mixes shared
// secrets with public keys. Wipes what it copied of the secrets.
absl::StatusOr<JwkDocument> read_jwks(std::string_view json, std::span<const Algorithm> algorithms,
                                      const KeyOptions& options,
                                      SecretKeys secret_keys = SecretKeys::kAccept);

}  // namespace simdjwt::jose

#endif  // SIMDJWT_CORE_JOSE_JWK_H_
