// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Key from and to texts other than JWKs, and to JWKs.

#include <absl/status/status.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <simdjson.h>
#include <simdjwt/base64url.h>
#include <simdjwt/key.h>

#include <algorithm>
#include <array>
#include <utility>

#include "bytes/digest.h"
#include "jose/json_text.h"
#include "jose/key_material.h"
#include "jose/pem.h"

namespace simdjwt {
namespace {

using jose::AsymmetricKey;
using jose::KeyFile;
using jose::KeyParameter;
using jose::KeyParts;

// A private RSA key of kRsaBitsMax bits has 6.1 thousand characters of base64url, a kid at most 1.5
// thousand.
constexpr size_t kJwkCharsMax = 8192;

const EVP_MD* pss_digest_of(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kPs256:
      return EVP_sha256();
    case Algorithm::kPs384:
      return EVP_sha384();
    case Algorithm::kPs512:
      return EVP_sha512();
    default:
      return nullptr;
  }
}

// A key of type RSASSA-PSS says itself what it is for, and may restrict its hash, that of the mask
// and the shortest salt (RFC 4055 section 3.1), all of which the algorithm fixes (RFC 7518 section
// 3.5).
absl::Status check_pss(const EVP_PKEY* key, Algorithm algorithm) {
  if (EVP_PKEY_is_a(key, "RSA-PSS") != 1) return absl::OkStatus();
  std::string refusal = "the key says that it is not for " + std::string(to_string(algorithm));
  const EVP_MD* const wanted = pss_digest_of(algorithm);
  if (wanted == nullptr) return absl::InvalidArgumentError(refusal);
  std::array<char, 32> digest{};
  const bool is_restricted = EVP_PKEY_get_default_digest_name(const_cast<EVP_PKEY*>(key),
                                                              digest.data(), digest.size()) == 2;
  if (!is_restricted) return absl::OkStatus();
  std::array<char, 32> mask_digest = {"SHA1"};  // where nothing else is said
  int salt_bytes_min = 0;
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_MGF1_DIGEST, mask_digest.data(),
                                       mask_digest.size()),
      OSSL_PARAM_construct_int(OSSL_PKEY_PARAM_RSA_PSS_SALTLEN, &salt_bytes_min),
      OSSL_PARAM_construct_end()};
  if (EVP_PKEY_get_params(key, parameters) == 1 && EVP_MD_is_a(wanted, digest.data()) == 1 &&
      EVP_MD_is_a(wanted, mask_digest.data()) == 1 && salt_bytes_min <= EVP_MD_get_size(wanted)) {
    return absl::OkStatus();
  }
  refusal.append(", but for ").append(digest.data());
  refusal.append(", a mask of ").append(mask_digest.data());
  refusal.append(" and a salt of ").append(std::to_string(salt_bytes_min)).append(" bytes");
  return absl::InvalidArgumentError(refusal);
}

absl::StatusOr<Key> make_key(Algorithm algorithm, absl::StatusOr<KeyFile> file,
                             KeyOptions options) {
  if (!file.ok()) return file.status();
  if (absl::Status status = check_pss(file->key.get(), algorithm); !status.ok()) return status;
  const absl::StatusOr<KeyParts> parts = jose::read_evp_key(file->key.get(), file->half);
  if (!parts.ok()) return parts.status();
  options.period.not_before = std::max(options.period.not_before, file->validity.not_before);
  options.period.not_after = std::min(options.period.not_after, file->validity.not_after);
  return internal::KeyAccess::make(algorithm, *parts, /*may_sign=*/true, std::move(options));
}

absl::StatusOr<const AsymmetricKey*> asymmetric_of(const internal::KeyMaterial& material,
                                                   KeyHalf half) {
  const AsymmetricKey* const key = material.asymmetric();
  if (key == nullptr) return absl::FailedPreconditionError("an HMAC key keeps no secret to show");
  if (half == KeyHalf::kPrivate && !key->has_private()) {
    return absl::FailedPreconditionError("the key has no private half");
  }
  return key;
}

void append_member(std::string& json, std::string_view name, std::string_view value) {
  json += json.empty() ? '{' : ',';
  jose::append_json_string(json, name);
  json += ':';
  jose::append_json_string(json, value);
}

void append_member(std::string& json, const KeyParameter& parameter,
                   const bytes::SecretBytes& value) {
  json += json.empty() ? "{\"" : ",\"";
  json += parameter.name;
  json += "\":\"";
  base64url_append(json, {reinterpret_cast<const char*>(value.data()), value.size()});
  json += '"';
}

}  // namespace

absl::StatusOr<Key> Key::from_pem(Algorithm algorithm, std::string_view pem, KeyOptions options) {
  return make_key(algorithm, jose::read_pem(pem), std::move(options));
}

absl::StatusOr<Key> Key::from_der(Algorithm algorithm, std::string_view der, KeyOptions options) {
  return make_key(algorithm, jose::read_der(der), std::move(options));
}

absl::StatusOr<std::string> Key::to_pem(KeyHalf half) const {
  const absl::StatusOr<const AsymmetricKey*> key = asymmetric_of(*material_, half);
  if (!key.ok()) return key.status();
  return jose::write_pem((*key)->evp_key(half), half);
}

absl::StatusOr<std::string> Key::to_jwk(KeyHalf half) const {
  const absl::StatusOr<const AsymmetricKey*> key = asymmetric_of(*material_, half);
  if (!key.ok()) return key.status();
  if (!simdjson::validate_utf8(kid().data(), kid().size())) {
    return absl::InvalidArgumentError("the kid is not valid UTF-8");
  }
  const absl::StatusOr<KeyParts> parts = jose::read_evp_key((*key)->evp_key(half), half);
  if (!parts.ok()) return parts.status();
  std::string json;
  json.reserve(kJwkCharsMax);  // so that no copy of a secret is left behind
  append_member(json, "kty", parts->kty);
  if (!kid().empty()) append_member(json, "kid", kid());
  append_member(json, "alg", to_string(algorithm()));
  append_member(json, "use", "sig");
  if (parts->curve != nullptr) append_member(json, "crv", parts->curve->name);
  const auto parameters = jose::key_parameters(parts->kty);
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (!parts->values[i].empty()) append_member(json, parameters[i], parts->values[i]);
  }
  json += '}';
  return json;
}

absl::StatusOr<std::string> Key::thumbprint() const {
  const absl::StatusOr<const AsymmetricKey*> key = asymmetric_of(*material_, KeyHalf::kPublic);
  if (!key.ok()) return key.status();
  const auto parts = jose::read_evp_key((*key)->evp_key(KeyHalf::kPublic), KeyHalf::kPublic);
  if (!parts.ok()) return parts.status();
  // The members that are needed, in the order of their names (RFC 7638 section 3): crv, e, kty, n,
  // x, y.
  std::string json;
  if (parts->curve != nullptr) append_member(json, "crv", parts->curve->name);
  const auto parameters = jose::key_parameters(parts->kty);
  for (size_t i = 0; i < parameters.size() && !parameters[i].is_private; ++i) {
    if (parameters[i].name == "n" || parameters[i].name == "x") {
      append_member(json, "kty", parts->kty);
    }
    append_member(json, parameters[i], parts->values[i]);
  }
  json += '}';
  std::array<uint8_t, 32> digest;
  bytes::digest(bytes::selected_kernels(), digest.size(), json, digest.data());
  return base64url_encode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace simdjwt
