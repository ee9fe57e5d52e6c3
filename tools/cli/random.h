// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Random bytes fit for keys, and names made of them.

#ifndef SIMDJWT_TOOLS_CLI_RANDOM_H_
#define SIMDJWT_TOOLS_CLI_RANDOM_H_

#include <cstddef>
#include <string>

namespace simdjwt::cli {

// From libcrypto's generator. Throws Failure when it has none to give.
std::string random_bytes(size_t num_bytes);

// Lower-case hexadecimal, two digits a byte.
std::string random_hex(size_t num_bytes);

// A random UUID, version 4 (RFC 9562 section 5.4).
std::string random_uuid();

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_RANDOM_H_
