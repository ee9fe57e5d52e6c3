// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Keys and certificates in PEM (RFC 7468) and DER.

#ifndef SIMDJWT_CORE_JOSE_PEM_H_
#define SIMDJWT_CORE_JOSE_PEM_H_

#include <absl/status/statusor.h>
#include <simdjwt/key.h>

#include <string>
#include <string_view>

#include "jose/evp.h"

namespace simdjwt::jose {

// A key as it was found.
struct KeyFile {
  EvpKey key;
  KeyHalf half = KeyHalf::kPublic;
  KeyPeriod validity = {};  // a certificate's
};

// The one key, or certificate for signatures, in the text. Wipes what it copied.
absl::StatusOr<KeyFile> read_pem(std::string_view pem);
absl::StatusOr<KeyFile> read_der(std::string_view der);

// PUBLIC KEY or PRIVATE KEY.
absl::StatusOr<std::string> write_pem(const EVP_PKEY* key, KeyHalf half);

}  // namespace simdjwt::jose

#endif  // SIMDJWT_CORE_JOSE_PEM_H_
