// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Identity: claims as response headers, which a proxy hands to the application behind it.

#ifndef SIMDJWT_IO_SERVE_IDENTITY_H_
#define SIMDJWT_IO_SERVE_IDENTITY_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "serve/policy_config.h"
#include "simdjwt/verified_token.h"

namespace simdjson::dom {
class parser;
}

namespace simdjwt::serve {

// nginx takes no head of more than 4 KiB unless told to, and answers the client 500.
inline constexpr size_t kIdentityBytesMax = 3584;

// Renders header lines. Every configured header is always there and never empty: some proxies let a
// client's own header through where we send none. What stands in it is unambiguous:
//
//   string       as it is, but for what is not in 0x21-0x7E, blanks at either end, and '%', which
//                are percent-encoded bytes of UTF-8; no claim can end its line or begin another
//   number       shortest form; an integer has all its digits
//   boolean      true, false
//   array        of these, joined by commas; commas within are percent-encoded
//   all else     "-": absent, null, empty, an object, an array that holds one or an array
//
// A claim that is "-" itself is rendered as "%2D". One of a reactor; its memory grows to the
// largest claim it has seen.
class IdentityWriter {
 public:
  IdentityWriter();
  ~IdentityWriter();

  // Appends a line for each header of the policy; null is a request without a token. What does not
  // fit `bytes_max` becomes "-" and is counted: first the payload, then the longest claims.
  // Returns how many.
  size_t append_lines(std::string& out, const PolicyConfig& policy, const VerifiedToken* token,
                      size_t bytes_max = kIdentityBytesMax);

 private:
  size_t append_claims(std::string& out, const PolicyConfig& policy, const VerifiedToken* token,
                       size_t value_bytes_max);
  void append_claim(std::string& out, const Claim& claim);
  void append_array(std::string& out, std::string_view raw_json);

  std::unique_ptr<simdjson::dom::parser> parser_;
  std::string value_;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_IDENTITY_H_
