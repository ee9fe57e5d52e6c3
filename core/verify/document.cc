// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include <simdjwt/base64url.h>
#include <simdjwt/document.h>
#include <simdjwt/limits.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "bytes/kernels.h"
#include "jose/header.h"
#include "jose/json_reader.h"
#include "state/key_table.h"

namespace simdjwt {
namespace {

struct Parts {
  std::string_view header;
  std::string_view signing_input;
  std::string_view payload;
  std::string_view signature;
};

Verdict split(std::string_view document, Parts& parts) {
  if (document.size() > kDocumentBytesMax) return Verdict::kTokenTooLarge;
  if (std::ranges::count(document, '.') != 2) return Verdict::kNotCompactJws;
  const size_t header_end = document.find('.');
  const size_t payload_end = document.rfind('.');
  parts = {.header = document.substr(0, header_end),
           .signing_input = document.substr(0, payload_end),
           .payload = document.substr(header_end + 1, payload_end - header_end - 1),
           .signature = document.substr(payload_end + 1)};
  if (parts.header.empty() || parts.payload.empty() || parts.signature.empty()) {
    return Verdict::kNotCompactJws;
  }
  return parts.header.size() > kHeaderCharsMax ? Verdict::kHeaderTooLarge : Verdict::kValid;
}

// Whether one of the candidates that the header allows for has made the signature.
Verdict verify_signature(const internal::KeyTable& keys, const bytes::Kernels& kernels,
                         const jose::Header& header, std::string_view signing_input,
                         std::string_view signature, int64_t now) {
  if (keys.keys().empty()) return Verdict::kKeysUnavailable;
  const std::span<const Key> candidates = keys.candidates(header.kid);
  Verdict verdict = candidates.empty() ? Verdict::kNoMatchingKey : Verdict::kAlgMismatch;
  for (const Key& key : candidates) {
    const internal::KeyMaterial& material = internal::KeyAccess::material(key);
    const jose::AsymmetricKey* asymmetric = material.asymmetric();
    if (asymmetric == nullptr || material.algorithm != header.alg) continue;
    if (!material.active_at(now)) {
      verdict = now < material.period.not_before ? Verdict::kKeyNotYetActive : Verdict::kKeyExpired;
    } else if (signature.size() != asymmetric->signature_bytes()) {
      verdict = Verdict::kBadSignatureLength;
    } else {
      verdict = asymmetric->verify(kernels, signing_input,
                                   reinterpret_cast<const uint8_t*>(signature.data()));
      if (verdict == Verdict::kValid) return verdict;
    }
  }
  return verdict;
}

}  // namespace

Verdict verify_document(const KeySet& keys, std::string& payload, std::string_view document,
                        std::string_view typ, int64_t now) {
  Parts parts;
  Verdict verdict = split(document, parts);
  if (verdict != Verdict::kValid) return verdict;
  std::optional<std::string> header_text = base64url_decode(parts.header);
  std::optional<std::string> decoded = base64url_decode(parts.payload);
  const std::optional<std::string> signature = base64url_decode(parts.signature);
  if (!header_text || !decoded || !signature) return Verdict::kBadBase64url;

  const bytes::Kernels kernels = bytes::selected_kernels();
  const size_t header_bytes = header_text->size();
  header_text->resize(jose::json_room_bytes(header_bytes));
  jose::JsonReader reader(*kernels.json, jose::kHeaderNames, jose::JsonConstants::kNone);
  jose::Header header;
  verdict = jose::read_header(reader, header_text->data(), header_bytes, header);
  if (verdict != Verdict::kValid) return verdict;
  verdict = verify_signature(internal::KeySetAccess::table(keys), kernels, header,
                             parts.signing_input, *signature, now);
  if (verdict != Verdict::kValid) return verdict;
  if (!header.typ) return Verdict::kTypMissing;
  if (!jose::typ_equals(*header.typ, typ)) return Verdict::kTypMismatch;
  payload = *std::move(decoded);
  return Verdict::kValid;
}

}  // namespace simdjwt
