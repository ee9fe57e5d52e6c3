// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include <absl/status/status.h>
#include <simdjson.h>
#include <simdjwt/base64url.h>
#include <simdjwt/limits.h>
#include <simdjwt/signer.h>

#include <algorithm>
#include <array>

#include "bytes/base64url.h"
#include "bytes/hmac.h"
#include "bytes/kernels.h"
#include "jose/claims.h"
#include "jose/invalid.h"
#include "jose/json_reader.h"
#include "jose/json_text.h"
#include "jose/key_material.h"

namespace simdjwt {
namespace {

using jose::invalid;

std::string header_json(const Key& key, std::string_view typ) {
  std::string json = "{\"alg\":\"" + std::string(to_string(key.algorithm())) + '"';
  if (!typ.empty()) {
    json += ",\"typ\":";
    jose::append_json_string(json, typ);
  }
  if (!key.kid().empty()) {
    json += ",\"kid\":";
    jose::append_json_string(json, key.kid());
  }
  return json + '}';
}

bool is_printable_ascii(char c) { return c >= ' ' && c <= '~'; }

std::string compute_tag(const internal::KeyMaterial& material, const bytes::Kernels& kernels,
                        std::string_view signing_input) {
  const size_t tag_bytes = signature_bytes(material.algorithm);
  std::array<uint8_t, bytes::kHmacTagBytesMax> tag;
  if (material.algorithm == Algorithm::kHs256) {
    bytes::hmac<bytes::Sha256>(*kernels.sha256,
                               {&material.sha256(), signing_input, tag_bytes, tag.data()});
  } else {
    bytes::hmac<bytes::Sha512>(*kernels.sha512,
                               {&material.sha512(), signing_input, tag_bytes, tag.data()});
  }
  return std::string(reinterpret_cast<const char*>(tag.data()), tag_bytes);
}

absl::StatusOr<std::string> compute_signature(const Key& key, std::string_view signing_input) {
  const internal::KeyMaterial& material = internal::KeyAccess::material(key);
  const bytes::Kernels kernels = bytes::selected_kernels();
  if (const jose::AsymmetricKey* asymmetric = material.asymmetric()) {
    return asymmetric->sign(kernels, signing_input);
  }
  return compute_tag(material, kernels, signing_input);
}

// Whether a verifier could accept these claims, policy aside.
absl::Status check_claims(std::string_view claims_json) {
  if (claims_json.size() > kTokenBytesMax) return invalid("the claims are too large");
  std::string room(claims_json);
  room.resize(jose::json_room_bytes(claims_json.size()));
  jose::JsonReader reader(*bytes::selected_kernels().json, jose::kClaimNames);
  jose::JsonMembers members;
  jose::Claims claims;
  Verdict verdict = jose::verdict_of(claims.read(reader, room.data(), claims_json.size(), members),
                                     Verdict::kBadClaimsJson, Verdict::kDuplicateClaim);
  if (verdict == Verdict::kValid) {
    VerdictSet malformed;
    claims.check_strings(malformed);
    claims.read_dates(malformed);
    verdict = malformed.first();
  }
  return verdict == Verdict::kValid ? absl::OkStatus() : invalid(std::string(describe(verdict)));
}

}  // namespace

Signer::Signer(std::shared_ptr<const Key> key, std::string encoded_header) noexcept
    : key_(std::move(key)), encoded_header_(std::move(encoded_header)) {}

absl::StatusOr<Signer> Signer::create(Key key, std::string_view typ) {
  if (!key.can_sign()) return invalid("the key cannot sign: it is public, or not there for it");
  if (!std::all_of(typ.begin(), typ.end(), is_printable_ascii)) {
    return invalid("the typ is not printable ASCII");
  }
  if (!simdjson::validate_utf8(key.kid().data(), key.kid().size())) {
    return invalid("the kid is not valid UTF-8");
  }
  std::string header = base64url_encode(header_json(key, typ));
  if (header.size() > kHeaderCharsMax) return invalid("the header is too large");
  return Signer(std::make_shared<const Key>(std::move(key)), std::move(header));
}

absl::StatusOr<std::string> Signer::sign_claims(std::string_view claims_json) const {
  if (absl::Status status = check_claims(claims_json); !status.ok()) return status;
  return sign_payload(claims_json);
}

absl::StatusOr<std::string> Signer::sign_payload(std::string_view payload) const {
  return sign(payload, kTokenBytesMax);
}

absl::StatusOr<std::string> Signer::sign_document(std::string_view payload) const {
  if (is_hmac(key_->algorithm())) return invalid("a document is not signed by a shared secret");
  return sign(payload, kDocumentBytesMax);
}

absl::StatusOr<std::string> Signer::sign(std::string_view payload, size_t bytes_max) const {
  if (payload.empty()) return invalid("the payload is empty");
  const size_t token_bytes = encoded_header_.size() + 1 +
                             bytes::base64url_encoded_chars(payload.size()) + 1 +
                             bytes::base64url_encoded_chars(key_->signature_bytes());
  if (token_bytes > bytes_max) {
    return invalid("the token would have " + std::to_string(token_bytes) +
                   " characters, more than " + std::to_string(bytes_max));
  }
  std::string token = encoded_header_;
  token.reserve(token_bytes);
  token += '.';
  base64url_append(token, payload);
  const absl::StatusOr<std::string> signature = compute_signature(*key_, token);
  if (!signature.ok()) return signature.status();
  token += '.';
  base64url_append(token, *signature);
  return token;
}

}  // namespace simdjwt
