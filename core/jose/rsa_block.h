// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What an RSA signature holds: the block that s^e mod n has to be (RFC 8017 section 9).

#ifndef SIMDJWT_CORE_JOSE_RSA_BLOCK_H_
#define SIMDJWT_CORE_JOSE_RSA_BLOCK_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "bytes/kernels.h"

namespace simdjwt::jose {

// Whether a block, as long as the modulus, is EMSA-PKCS1-v1_5 of the digest (section 9.2). All of
// it is compared, nothing in it is looked for: there is one right block (RFC 8017 section 8.2.2,
// note 2). The digest is one of SHA-256, SHA-384 or SHA-512, as its length says.
bool is_pkcs1_block(std::span<const uint8_t> block, std::span<const uint8_t> digest) noexcept;

// Whether a block is EMSA-PSS of the digest (section 9.1.2), under a modulus of as many bits as the
// block has. The mask is of the same hash, and the salt as long as the digest (RFC 7518 section
// 3.5).
bool is_pss_block(const bytes::Kernels& kernels, std::span<const uint8_t> block,
                  std::span<const uint8_t> digest) noexcept;

}  // namespace simdjwt::jose

#endif  // SIMDJWT_CORE_JOSE_RSA_BLOCK_H_
