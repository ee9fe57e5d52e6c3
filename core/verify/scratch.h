// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What a Scratch holds: kernels, readers and memory of one thread.

#ifndef SIMDJWT_CORE_VERIFY_SCRATCH_H_
#define SIMDJWT_CORE_VERIFY_SCRATCH_H_

#include <simdjwt/limits.h>
#include <simdjwt/verifier.h>

#include <array>
#include <cstdint>

#include "bytes/base64url.h"
#include "bytes/hmac_lanes.h"
#include "bytes/kernels.h"
#include "bytes/rsa_lanes.h"
#include "jose/claims.h"
#include "jose/header.h"
#include "jose/json_reader.h"
#include "verify/arena.h"
#include "verify/header_memo.h"
#include "verify/pending.h"

namespace simdjwt::internal {

// Tokens that verify_batch has open at a time: one in every lane of either hash family and of RSA
// for each length of moduli, and the one that comes next.
inline constexpr size_t kPendingMax =
    2 * bytes::kSha2LanesMax + bytes::RsaModulus::kLengths * bytes::kRsaLanesMax + 1;

class ScratchMemory {
 public:
  ScratchMemory()
      : kernels(bytes::selected_kernels()),
        sha256_lanes(*kernels.sha256),
        sha512_lanes(*kernels.sha512),
        rsa_lanes{bytes::RsaLanes(*kernels.rsa), bytes::RsaLanes(*kernels.rsa),
                  bytes::RsaLanes(*kernels.rsa)},
        header_reader(*kernels.json, jose::kHeaderNames, jose::JsonConstants::kNone),
        claims_reader(*kernels.json, jose::kClaimNames),
        unsigned_reader(*kernels.json, jose::kClaimNames) {}

  // Gives back what the tokens of the last call were left in.
  void release() noexcept {
    arena.reset();
    claims_reader.release_objects();
    unsigned_reader.release_objects();
  }

  const bytes::Kernels kernels;
  bytes::HmacLanes<bytes::Sha256> sha256_lanes;
  bytes::HmacLanes<bytes::Sha512> sha512_lanes;
  bytes::RsaLanes rsa_lanes[bytes::RsaModulus::kLengths];  // by length_index()
  // What repeats is the memo's: the reader has what does not, unknown keys and algorithms among it.
  jose::JsonReader header_reader;
  jose::JsonReader claims_reader;  // one each, so that they keep different shapes
  // Of claims that are read before the signature: whoever writes such makes only them slower.
  jose::JsonReader unsigned_reader;
  HeaderMemo memo;
  Arena arena;
  SignatureLookups signature_lookups;

  // A header being read, with room for its strings unescaped.
  std::array<char, jose::json_room_bytes(kHeaderCharsMax)> header;

  std::array<PendingToken, kPendingMax> pending;
};

}  // namespace simdjwt::internal

#endif  // SIMDJWT_CORE_VERIFY_SCRATCH_H_
