// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include <absl/status/status.h>
#include <simdjwt/limits.h>
#include <simdjwt/token.h>

#include "bytes/kernels.h"
#include "jose/json_reader.h"
#include "jose/token_split.h"

namespace simdjwt {
namespace {

absl::Status rejected(Verdict verdict) {
  return absl::InvalidArgumentError(std::string(describe(verdict)));
}

// Decodes one part; false if it is not canonical base64url.
bool decode_part(const bytes::Base64urlKernel& kernel, std::string_view part, std::string& out) {
  const size_t num_bytes = bytes::base64url_decoded_bytes(part.size());
  out.resize(num_bytes + bytes::kBase64urlDecodeSlackBytes);
  const bool canonical = kernel.decode(reinterpret_cast<uint8_t*>(out.data()), part);
  out.resize(num_bytes);
  return canonical;
}

Verdict check_header_json(const bytes::JsonIndexKernel& kernel, const std::string& json) {
  std::string room = json;
  room.resize(jose::json_room_bytes(json.size()));
  jose::JsonReader reader(kernel);
  jose::JsonMembers members;
  jose::JsonObject object;
  return jose::verdict_of(reader.read(room.data(), json.size(), members, object),
                          Verdict::kBadHeaderJson, Verdict::kDuplicateHeaderName);
}

}  // namespace

Verdict internal::TokenSplitter::split(const bytes::Base64urlKernel& kernel, std::string_view token,
                                       TokenView& view) noexcept {
  if (token.size() > kTokenBytesMax) return Verdict::kTokenTooLarge;
  uint32_t dots[4];
  const size_t num_dots = kernel.find_dots(dots, token);
  if (num_dots == 4) return Verdict::kEncryptedToken;
  if (num_dots != 2) return Verdict::kNotCompactJws;
  if (dots[0] == 0 || dots[1] == dots[0] + 1 || dots[1] + 1 == token.size()) {
    return Verdict::kNotCompactJws;
  }
  view = TokenView(token, dots[0], dots[1]);
  return Verdict::kValid;
}

Verdict TokenView::split(std::string_view token, TokenView& view) noexcept {
  return internal::TokenSplitter::split(*bytes::available_base64url_kernels().back(), token, view);
}

absl::StatusOr<UnverifiedToken> decode_unverified(std::string_view token) {
  const bytes::Kernels kernels = bytes::selected_kernels();
  TokenView view;
  Verdict verdict = internal::TokenSplitter::split(*kernels.base64url, token, view);
  if (verdict != Verdict::kValid) return rejected(verdict);
  if (view.header().size() > kHeaderCharsMax) return rejected(Verdict::kHeaderTooLarge);
  UnverifiedToken decoded;
  if (!decode_part(*kernels.base64url, view.header(), decoded.header_json) ||
      !decode_part(*kernels.base64url, view.claims(), decoded.payload) ||
      !decode_part(*kernels.base64url, view.signature(), decoded.signature)) {
    return rejected(Verdict::kBadBase64url);
  }
  verdict = check_header_json(*kernels.json, decoded.header_json);
  if (verdict != Verdict::kValid) return rejected(verdict);
  return decoded;
}

}  // namespace simdjwt
