// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Signer: makes tokens that a Verifier accepts.

#ifndef SIMDJWT_SIGNER_H_
#define SIMDJWT_SIGNER_H_

#include <absl/status/statusor.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "simdjwt/key.h"

namespace simdjwt {

// The header is fixed at construction: {"alg":"HS256","typ":"JWT"}, then "kid" if the key has one.
// HMAC, RS and EdDSA signatures are deterministic: the same claims give the same token. Those of PS
// and ES take libcrypto's random numbers. Immutable and thread-safe; all members allocate.
class Signer {
 public:
  // `typ` is empty for none. Fails for a key that cannot sign, and for a typ that is not plain
  // printable ASCII.
  [[nodiscard]] static absl::StatusOr<Signer> create(Key key, std::string_view typ = "JWT");

  // A token of these claims, which must be one valid JSON object without duplicate names whose
  // registered claims have the right types: what no Verifier would take is not signed. The bytes
  // are signed as they are.
  [[nodiscard]] absl::StatusOr<std::string> sign_claims(std::string_view claims_json) const;

  // A JWS of any payload but an empty one (RFC 7515), for Policy::signature_only(). Fails when the
  // token would exceed kTokenBytesMax.
  [[nodiscard]] absl::StatusOr<std::string> sign_payload(std::string_view payload) const;

  // The same of up to kDocumentBytesMax, for verify_document(). Fails for an HMAC key.
  [[nodiscard]] absl::StatusOr<std::string> sign_document(std::string_view payload) const;

 private:
  [[nodiscard]] absl::StatusOr<std::string> sign(std::string_view payload, size_t bytes_max) const;

  Signer(std::shared_ptr<const Key> key, std::string encoded_header) noexcept;
  std::shared_ptr<const Key> key_;
  std::string encoded_header_;
};

}  // namespace simdjwt

#endif  // SIMDJWT_SIGNER_H_
