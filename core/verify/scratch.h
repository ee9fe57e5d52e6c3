// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What a Scratch holds: kernels, readers and memory of one thread.

#ifndef SIMDJWT_CORE_VERIFY_SCRATCH_H_
#define SIMDJWT_CORE_VERIFY_SCRATCH_H_

#include <simdjwt/limits.h>

#include <array>
#include <cstdint>

#include "bytes/base64url.h"
#include "bytes/hmac.h"
#include "bytes/kernels.h"
#include "jose/claims.h"
#include "jose/header.h"
#include "jose/json_reader.h"
#include "verify/arena.h"
#include "verify/header_memo.h"
#include "verify/pending.h"

namespace simdjwt::internal {

// Tokens that verify_batch takes through the pipeline together. Enough to keep every lane of the
// widest kernel busy, few enough that their bytes stay in the first-level cache between the steps.
inline constexpr size_t kBatchStepTokens = 32;

class ScratchMemory {
 public:
  ScratchMemory()
      : kernels(bytes::selected_kernels()),
        header_reader(*kernels.json, jose::kHeaderNames),
        claims_reader(*kernels.json, jose::kClaimNames) {}

  const bytes::Kernels kernels;
  jose::JsonReader header_reader;
  jose::JsonReader claims_reader;  // one each, so that they keep different shapes
  HeaderMemo memo;
  Arena arena;

  // A header being read, with room for its strings unescaped.
  std::array<char, jose::json_room_bytes(kHeaderCharsMax)> header;
  // A signature that is longer than any is.
  std::array<uint8_t, kTokenBytesMax + bytes::kBase64urlDecodeSlackBytes> long_signature;

  std::array<PendingToken, kBatchStepTokens> pending;
  std::array<bytes::HmacJob<bytes::Sha256>, kBatchStepTokens> sha256_jobs;
  std::array<bytes::HmacJob<bytes::Sha512>, kBatchStepTokens> sha512_jobs;
};

}  // namespace simdjwt::internal

#endif  // SIMDJWT_CORE_VERIFY_SCRATCH_H_
