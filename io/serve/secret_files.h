// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The files of keys and secrets that a configuration names. `warnings` receives a line for each
// thing that is legal but looks like a mistake: a key that is skipped, or a file of secrets that
// everybody may read.

#ifndef SIMDJWT_IO_SERVE_SECRET_FILES_H_
#define SIMDJWT_IO_SERVE_SECRET_FILES_H_

#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "simdjwt/key.h"
#include "simdjwt/key_set.h"

namespace simdjwt::serve {

// Reads a file of keys for these algorithms, as JwksOptions has them.
[[nodiscard]] absl::StatusOr<KeySet> load_keys(const std::string& path,
                                               const std::vector<Algorithm>& algorithms,
                                               std::vector<std::string>& warnings);

// Reads the secret, without the end of its line; empty if `path` is.
[[nodiscard]] absl::StatusOr<std::string> load_introspection_secret(
    const std::string& path, std::vector<std::string>& warnings);

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_SECRET_FILES_H_
