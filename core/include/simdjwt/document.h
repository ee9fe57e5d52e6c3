// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Signed documents: JWS (RFC 7515) that many fetch now and then, such as lists of revoked tokens,
// and that are larger than any token. Signer::sign_document makes them.

#ifndef SIMDJWT_DOCUMENT_H_
#define SIMDJWT_DOCUMENT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "simdjwt/key_set.h"
#include "simdjwt/verdict.h"

namespace simdjwt {

// kValid if one of `keys` has signed `document`, found by its kid as those of tokens are, and its
// header names the type `typ`; then `payload` holds what was signed, which may be any bytes. Else
// the first verdict that applies. At most kDocumentBytesMax; an HMAC key signs no document, since
// whoever can verify it could have made it. `now` is the time in seconds since 1970. Allocates;
// thread-safe.
[[nodiscard]] Verdict verify_document(const KeySet& keys, std::string& payload,
                                      std::string_view document, std::string_view typ, int64_t now);

}  // namespace simdjwt

#endif  // SIMDJWT_DOCUMENT_H_
