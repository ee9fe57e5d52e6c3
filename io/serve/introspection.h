// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Introspection: POST /introspect/<policy> with token=... (RFC 7662).

#ifndef SIMDJWT_IO_SERVE_INTROSPECTION_H_
#define SIMDJWT_IO_SERVE_INTROSPECTION_H_

#include <string>
#include <string_view>

#include "http/request.h"
#include "serve/upload.h"
#include "simdjwt/verified_token.h"

namespace simdjwt::serve {

// Whether the request shows the policy's introspection secret, as a bearer token or as the password
// of Basic credentials with any user name (RFC 7617), form-encoded as RFC 6749 section 2.3.1 wants
// or as it is. Anybody else could try tokens out (RFC 7662 section 4). Takes the same time for
// every wrong secret of the same length.
[[nodiscard]] bool may_introspect(const http::Request& request, std::string_view secret);

// Appends {"active":true, and the token's claims as its other members}. A claim that is called
// "active" is left out.
void append_introspection_json(std::string& out, const VerifiedToken& token);

// Whatever is wrong with a token, the answer is {"active":false} and nothing else (section 2.2).
class Introspection final : public Upload {
 public:
  explicit Introspection(const UploadRequest& request) : request_(request) {}

  size_t receive(std::string_view content, const UploadTurn& turn) override;
  http::Status complete(const UploadTurn& turn) override;
  [[nodiscard]] bool has_answered() const noexcept override { return false; }

 private:
  const UploadRequest request_;
  std::string form_;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_INTROSPECTION_H_
