// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The identifiers of registered tokens (jti): 144 random bits, and the token's index, so that
// nobody has to search for it.
//
//   Zk3vQ0sYB1x9aTtq_2LcR8dE AAAAAAAq      32 characters of base64url
//   `------- random -------' `index'       the index big-endian, in 48 bits

#ifndef SIMDJWT_IO_REGISTRY_JTI_H_
#define SIMDJWT_IO_REGISTRY_JTI_H_

#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <string_view>

#include "registry/model.h"

namespace simdjwt::registry {

inline constexpr size_t kJtiChars = 32;
inline constexpr TokenIndex kTokenIndexMax = (TokenIndex{1} << 48) - 1;

// A new one; begins with a letter or digit, so that no command line takes it for an option. Fails
// when the kernel gives no random bytes.
[[nodiscard]] absl::StatusOr<std::string> make_jti(TokenIndex index);

// Of a text that may be the claims of a token: what follows the first "jti":" in it, if that has
// the length of a jti; else empty. Cheap, and right of all claims that are written without blanks
// and have no such text in a string. Does not allocate.
[[nodiscard]] std::string_view guess_jti(std::string_view claims) noexcept;

// The index in it, or nullopt for what cannot be a jti of a registry. Does not allocate.
[[nodiscard]] std::optional<TokenIndex> index_of_jti(std::string_view jti) noexcept;

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_JTI_H_
