// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jose/jwk.h"

#include <absl/container/flat_hash_set.h>
#include <absl/status/status.h>
#include <simdjson.h>
#include <simdjwt/limits.h>

#include <cstring>
#include <utility>

#include "bytes/base64url.h"
#include "jose/algorithm.h"
#include "jose/key_material.h"
#include "jose/key_parts.h"

namespace simdjwt {
namespace jose {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

absl::Status invalid(std::string message) { return absl::InvalidArgumentError(std::move(message)); }

// Overwrites a text, and in the parser the copies of its strings, however far it was read: with as
// many strings as fit into it, all empty. The parser keeps its memory for a text of the same size.
void wipe(simdjson::padded_string& text, simdjson::dom::parser& parser) {
  constexpr std::string_view kString = R"("",)";
  std::string strings = "[";
  while (strings.size() + kString.size() <= text.size()) strings += kString;
  strings.back() = ']';
  strings.resize(text.size(), ' ');
  std::memcpy(text.data(), strings.data(), text.size());
  (void)parser.parse(text).error();
}

// A string member; nullopt if absent. `status` turns bad for a value that is no string.
std::optional<std::string_view> string_member(const object& jwk, std::string_view name,
                                              absl::Status& status) {
  element value;
  if (jwk.at_key(name).get(value) != simdjson::SUCCESS) return std::nullopt;
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return text;
  status = invalid('"' + std::string(name) + "\" is not a string");
  return std::nullopt;
}

absl::Status check_unique_names(const object& jwk) {
  absl::flat_hash_set<std::string_view> names;
  for (const auto field : jwk) {
    if (!names.insert(field.key).second) {
      return invalid("the member \"" + std::string(field.key) + "\" appears twice");
    }
  }
  return absl::OkStatus();
}

// RFC 7517 sections 4.2 and 4.3: a key that is there for something else verifies nothing. A key
// that is there for signing has a public half that verifies. Tells whether it may sign.
absl::Status check_purpose(const object& jwk, bool is_private, bool& may_sign) {
  absl::Status status;
  const auto use = string_member(jwk, "use", status);
  if (!status.ok()) return status;
  if (use && *use != "sig") return invalid("\"use\" is not \"sig\"");

  element key_ops;
  may_sign = true;
  if (jwk.at_key("key_ops").get(key_ops) != simdjson::SUCCESS) return absl::OkStatus();
  simdjson::dom::array operations;
  if (key_ops.get(operations) != simdjson::SUCCESS) return invalid("\"key_ops\" is not an array");
  absl::flat_hash_set<std::string_view> seen;
  for (const element operation : operations) {
    std::string_view name;
    if (operation.get(name) != simdjson::SUCCESS) {
      return invalid("\"key_ops\" holds something that is not a string");
    }
    if (!seen.insert(name).second) return invalid("\"key_ops\" holds a value twice");
  }
  may_sign = seen.contains("sign");
  const bool fits = seen.contains("verify") || (is_private && may_sign);
  return fits ? absl::OkStatus() : invalid("\"key_ops\" lacks \"verify\"");
}

absl::StatusOr<Algorithm> choose_algorithm(const object& jwk, std::optional<Algorithm> fallback) {
  absl::Status status;
  const auto name = string_member(jwk, "alg", status);
  if (!status.ok()) return status;
  if (!name) {
    if (!fallback) return invalid("it names no \"alg\", and none was given for it");
    return *fallback;
  }
  const std::optional<Algorithm> algorithm = parse_algorithm(*name);
  if (!algorithm) return invalid("the alg \"" + std::string(*name) + "\" is not supported");
  if (fallback && *fallback != *algorithm) {
    return invalid("its alg is \"" + std::string(*name) + "\", expected was \"" +
                   std::string(to_string(*fallback)) + '"');
  }
  return *algorithm;
}

// The bytes of a member; empty if it is absent. `status` turns bad for a value that is no canonical
// base64url, or longer than any key's.
bytes::SecretBytes bytes_member(const object& jwk, std::string_view name, absl::Status& status) {
  bytes::SecretBytes value;
  const auto text = string_member(jwk, name, status);
  if (!text) return value;
  if (text->size() > bytes::base64url_encoded_chars(kHmacKeyBytesMax)) {
    status = invalid('"' + std::string(name) + "\" is too long");
    return value;
  }
  const size_t num_bytes = bytes::base64url_decoded_bytes(text->size());
  value.resize(num_bytes + bytes::kBase64urlDecodeSlackBytes);
  const bytes::Base64urlKernel& scalar = *bytes::available_base64url_kernels().front();
  if (!scalar.decode(value.data(), *text)) {
    status = invalid('"' + std::string(name) + "\" is not canonical base64url");
  }
  value.resize(num_bytes);
  return value;
}

absl::StatusOr<Key> make_hmac_key(const object& jwk, Algorithm algorithm, KeyOptions options) {
  absl::Status status;
  const bytes::SecretBytes secret = bytes_member(jwk, "k", status);
  if (!status.ok()) return status;
  if (jwk.at_key("k").error() != simdjson::SUCCESS) return invalid("it has no \"k\"");
  return Key::hmac(algorithm, {reinterpret_cast<const char*>(secret.data()), secret.size()},
                   std::move(options));
}

absl::StatusOr<const Curve*> read_curve(const object& jwk) {
  absl::Status status;
  const auto name = string_member(jwk, "crv", status);
  if (!status.ok()) return status;
  if (!name) return invalid("it has no \"crv\"");
  for (const Curve* curve : kCurves) {
    if (curve->name == *name) return curve;
  }
  return invalid("the crv \"" + std::string(*name) + "\" is not supported");
}

absl::StatusOr<KeyParts> read_key_parts(const object& jwk, std::string_view kty) {
  KeyParts parts;
  parts.kty = kty;
  absl::Status status;
  if (jwk.at_key("oth").error() == simdjson::SUCCESS) {
    return invalid("RSA keys of more than two primes are not supported");
  }
  if (kty != "RSA") {
    const absl::StatusOr<const Curve*> curve = read_curve(jwk);
    if (!curve.ok()) return curve.status();
    parts.curve = *curve;
  }
  const std::span<const KeyParameter> parameters = key_parameters(kty);
  for (size_t i = 0; i < parameters.size(); ++i) {
    parts.values[i] = bytes_member(jwk, parameters[i].name, status);
    if (!status.ok()) return status;
  }
  return parts;
}

absl::StatusOr<Key> make_asymmetric_key(const object& jwk, Algorithm algorithm, bool may_sign,
                                        KeyOptions options) {
  const absl::StatusOr<KeyParts> parts = read_key_parts(jwk, key_type_of(algorithm));
  if (!parts.ok()) return parts.status();
  return internal::KeyAccess::make(algorithm, *parts, may_sign, std::move(options));
}

absl::StatusOr<Key> read_jwk(const object& jwk, std::optional<Algorithm> fallback,
                             KeyOptions options, SecretKeys secret_keys) {
  if (absl::Status status = check_unique_names(jwk); !status.ok()) return status;
  absl::Status status;
  const auto kty = string_member(jwk, "kty", status);
  const auto kid = string_member(jwk, "kid", status);
  if (!status.ok()) return status;
  if (!kty) return invalid("it has no \"kty\"");
  if (*kty != "oct" && key_parameters(*kty).empty()) {
    return invalid("the kty \"" + std::string(*kty) + "\" is not supported");
  }
  if (kid && !options.kid.empty() && *kid != options.kid) {
    return invalid("its kid is not the one given for it");
  }
  if (kid) options.kid = std::string(*kid);
  bool may_sign = false;
  const bool is_private = jwk.at_key("d").error() == simdjson::SUCCESS;
  if (secret_keys == SecretKeys::kSkip && (is_private || *kty == "oct")) {
    return invalid("it holds a secret, and is no secret where it was published");
  }
  if (status = check_purpose(jwk, is_private, may_sign); !status.ok()) return status;
  const absl::StatusOr<Algorithm> algorithm = choose_algorithm(jwk, fallback);
  if (!algorithm.ok()) return algorithm.status();
  if (*kty != key_type_of(*algorithm)) {
    return invalid("a key of type \"" + std::string(*kty) + "\" is not for " +
                   std::string(to_string(*algorithm)));
  }
  if (is_hmac(*algorithm)) return make_hmac_key(jwk, *algorithm, std::move(options));
  return make_asymmetric_key(jwk, *algorithm, may_sign, std::move(options));
}

bool is_kty(const object& jwk, std::string_view wanted) {
  std::string_view kty;
  return jwk.at_key("kty").get(kty) == simdjson::SUCCESS && kty == wanted;
}

// Rule of RFC 8725 section 2.1 at its root: where secrets and public keys share a set, one may come
// to be used as the other.
absl::Status check_not_mixed(const simdjson::dom::array& elements) {
  bool secrets = false;
  bool public_keys = false;
  for (const element entry : elements) {
    object jwk;
    if (entry.get(jwk) != simdjson::SUCCESS) continue;
    secrets |= is_kty(jwk, "oct");
    public_keys |= is_kty(jwk, "RSA") || is_kty(jwk, "EC") || is_kty(jwk, "OKP");
  }
  if (secrets && public_keys) {
    return invalid("the set mixes shared secrets with public keys");
  }
  return absl::OkStatus();
}

// Also where one of the two keys is to be skipped: which of them was meant is anybody's guess.
// RFC 7517 section 4.5 lets keys of different types share a kid.
absl::Status check_unique_kids(const simdjson::dom::array& elements) {
  absl::flat_hash_set<std::pair<std::string_view, std::string_view>> seen;
  for (const element entry : elements) {
    object jwk;
    std::string_view kty;
    std::string_view kid;
    if (entry.get(jwk) == simdjson::SUCCESS && jwk.at_key("kty").get(kty) == simdjson::SUCCESS &&
        jwk.at_key("kid").get(kid) == simdjson::SUCCESS && !seen.emplace(kty, kid).second) {
      return invalid("two keys have the kid \"" + std::string(kid) + '"');
    }
  }
  return absl::OkStatus();
}

absl::Status read_set(const object& set, std::optional<Algorithm> fallback,
                      const KeyOptions& options, SecretKeys secret_keys, JwkDocument& document) {
  if (absl::Status status = check_unique_names(set); !status.ok()) return status;
  simdjson::dom::array elements;
  if (set.at_key("keys").get(elements) != simdjson::SUCCESS) {
    return invalid("neither a JWK nor a JWK Set: it has neither \"kty\" nor an array \"keys\"");
  }
  if (secret_keys == SecretKeys::kAccept) {
    if (absl::Status status = check_not_mixed(elements); !status.ok()) return status;
  }
  if (absl::Status status = check_unique_kids(elements); !status.ok()) return status;
  size_t index = 0;
  for (const element entry : elements) {
    object jwk;
    absl::StatusOr<Key> key = entry.get(jwk) == simdjson::SUCCESS
                                  ? read_jwk(jwk, fallback, options, secret_keys)
                                  : invalid("it is not an object");
    if (key.ok()) {
      document.keys.push_back(*std::move(key));
    } else {
      document.skipped.push_back("keys[" + std::to_string(index) +
                                 "]: " + std::string(key.status().message()));
    }
    ++index;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<JwkDocument> read_jwks(std::string_view json, std::optional<Algorithm> fallback,
                                      const KeyOptions& options, SecretKeys secret_keys) {
  if (json.size() > kJwksBytesMax) return invalid("the document is too large");
  simdjson::padded_string copy(json);
  simdjson::dom::parser parser;
  object root;
  absl::Status status;
  JwkDocument document;
  if (parser.parse(copy).get(root) != simdjson::SUCCESS) {
    status = invalid("not a valid JSON object");
  } else if (element kty; root.at_key("kty").get(kty) == simdjson::SUCCESS) {
    absl::StatusOr<Key> key = read_jwk(root, fallback, options, secret_keys);
    if (key.ok()) {
      document.keys.push_back(*std::move(key));
    } else {
      status = key.status();
    }
  } else {
    status = read_set(root, fallback, options, secret_keys, document);
  }
  wipe(copy, parser);
  if (!status.ok()) return status;
  return document;
}

}  // namespace jose

absl::StatusOr<Key> Key::from_jwk(std::string_view json, std::optional<Algorithm> fallback,
                                  KeyOptions options) {
  absl::StatusOr<jose::JwkDocument> document = jose::read_jwks(json, fallback, options);
  if (!document.ok()) return document.status();
  if (document->keys.size() != 1) {
    return absl::InvalidArgumentError("the document holds " +
                                      std::to_string(document->keys.size()) + " usable keys");
  }
  return std::move(document->keys.front());
}

}  // namespace simdjwt
