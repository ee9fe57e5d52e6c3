// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// TokenView: where the parts of a token are. Reading one proves nothing: see verifier.h for that.

#ifndef SIMDJWT_TOKEN_H_
#define SIMDJWT_TOKEN_H_

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "simdjwt/verdict.h"

namespace simdjwt {

namespace internal {
struct TokenSplitter;
}

// A JWS in compact serialization (RFC 7515 section 7.1), as offsets into the caller's bytes:
//
//   eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.aGVyZSBhcmUgMzIgYnl0ZXM...
//   ^--- header -------^ ^--- claims -------^ ^--- signature ------------^
//   ^--- signing input ---------------------^
//                       ^ header_end         ^ claims_end
//
// All accessors return views of those bytes, allocate nothing and stay valid as long as the bytes
// do.
class TokenView {
 public:
  // Splits `token` and stores the parts in `view`. Returns kValid, kTokenTooLarge, kNotCompactJws
  // or kEncryptedToken; checks neither alphabet nor content. Does not allocate.
  [[nodiscard]] static Verdict split(std::string_view token, TokenView& view) noexcept;

  // Three empty parts.
  TokenView() = default;

  [[nodiscard]] std::string_view text() const noexcept { return token_; }
  [[nodiscard]] std::string_view header() const noexcept { return {token_.data(), header_end_}; }
  [[nodiscard]] std::string_view claims() const noexcept {
    return {token_.data() + header_end_ + 1, size_t{claims_end_} - header_end_ - 1};
  }
  [[nodiscard]] std::string_view signature() const noexcept {
    return {token_.data() + claims_end_ + 1, token_.size() - claims_end_ - 1};
  }
  [[nodiscard]] std::string_view signing_input() const noexcept {
    return {token_.data(), claims_end_};
  }

 private:
  friend struct internal::TokenSplitter;
  TokenView(std::string_view token, uint32_t header_end, uint32_t claims_end) noexcept
      : token_(token), header_end_(header_end), claims_end_(claims_end) {}

  std::string_view token_ = "..";
  uint32_t header_end_ = 0;
  uint32_t claims_end_ = 1;
};

// What a token says, NOT what is true: nothing was verified.
struct UnverifiedToken {
  std::string header_json;
  std::string payload;  // the claims JSON, or any bytes of a JWS that is no JWT
  std::string signature;
};

// Decodes without verifying, for people who look at tokens. Fails with the verdict's sentence for
// anything but three parts of strict base64url whose header is a JSON object without repeated
// names. Allocates.
[[nodiscard]] absl::StatusOr<UnverifiedToken> decode_unverified(std::string_view token);

}  // namespace simdjwt

#endif  // SIMDJWT_TOKEN_H_
