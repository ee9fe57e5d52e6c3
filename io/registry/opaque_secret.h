// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Secrets that say nothing, and are known by their hash alone.

#ifndef SIMDJWT_IO_REGISTRY_OPAQUE_SECRET_H_
#define SIMDJWT_IO_REGISTRY_OPAQUE_SECRET_H_

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

namespace simdjwt::registry {

// 264 random bits in base64url behind a prefix that says what they are for, and what is kept of
// them. A fast hash is enough: nobody can guess the text, so that to look it up by its hash tells
// nothing by the time that takes.
struct OpaqueSecret {
  std::string text;
  std::string hash;
};
[[nodiscard]] absl::StatusOr<OpaqueSecret> make_opaque(std::string_view prefix);

// 32 bytes.
[[nodiscard]] std::string sha256_of(std::string_view text);

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_OPAQUE_SECRET_H_
