// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// A token on its way through the pipeline.

#ifndef SIMDJWT_CORE_VERIFY_PENDING_H_
#define SIMDJWT_CORE_VERIFY_PENDING_H_

#include <simdjwt/key.h>
#include <simdjwt/token.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "bytes/base64url.h"
#include "bytes/hmac.h"
#include "jose/key_material.h"
#include "state/signature_table.h"
#include "verify/hashed_begin.h"
#include "verify/header_memo.h"

namespace simdjwt::internal {

struct AcceptedToken;

struct PendingToken {
  TokenView view;
  char* payload;  // decoded, in the arena
  size_t payload_bytes;
  // Where there are issuers: the one it names, and its claims, which had to be read for that. Null
  // if it names none.
  const std::string* issuer;
  AcceptedToken* read_ahead;
  HeaderFacts facts;
  bool from_memo;
  bool is_new_header;          // if not from memo: something may be learnt from it
  const KeyMaterial* key;      // of the candidate being tried
  std::span<const Key> later;  // candidates after it
  // What the token begins with, hashed under the key; null if that is not known. Not to be read
  // once the hash has begun, because the memo forgets.
  const HashedBegin* begin;
  // Of a signature that is longer than any tag: in the arena, decoded.
  const uint8_t* long_signature;
  bool is_signed;    // by an asymmetric key: what its verification said, now or before
  bool is_in_doubt;  // there was no memory to ask one of the keys
  // Of the token, and of it by the first key, if the signature may be remembered.
  bool may_be_known;
  bool is_new;  // it may be, and is not
  bytes::PolyvalBlock digest;
  SignatureFingerprint fingerprint;
  // As the token has it, with room for the decoder's slack.
  alignas(16)
      std::array<uint8_t, bytes::kHmacTagBytesMax + bytes::kBase64urlDecodeSlackBytes> signature;
  alignas(16) std::array<uint8_t, bytes::kHmacTagBytesMax> tag;  // as the key gives it
};

}  // namespace simdjwt::internal

#endif  // SIMDJWT_CORE_VERIFY_PENDING_H_
