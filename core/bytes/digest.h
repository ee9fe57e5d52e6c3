// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Plain SHA-2 of one message.

#ifndef SIMDJWT_CORE_BYTES_DIGEST_H_
#define SIMDJWT_CORE_BYTES_DIGEST_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "bytes/kernels.h"

namespace simdjwt::bytes {

inline constexpr size_t kDigestBytesMax = 64;

// Writes the SHA-256, SHA-384 or SHA-512 digest of `message`, as `digest_bytes` is 32, 48 or 64.
// Neither allocates nor reads outside the message.
void digest(const Kernels& kernels, size_t digest_bytes, std::string_view message,
            uint8_t* out) noexcept;

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_CORE_BYTES_DIGEST_H_
