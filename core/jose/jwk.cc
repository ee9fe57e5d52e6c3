// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jose/jwk.h"

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <absl/status/status.h>
#include <simdjson.h>
#include <simdjwt/limits.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <optional>
#include <utility>

#include "bytes/base64url.h"
#include "jose/algorithm.h"
#include "jose/invalid.h"
#include "jose/key_material.h"
#include "jose/key_parts.h"

namespace simdjwt {
namespace jose {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

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

// Whether its keys are of this type, and on this curve where they are on one.
bool is_for(Algorithm algorithm, std::string_view kty, std::string_view crv) {
  const Curve* const curve = facts_of(algorithm).curve;
  return key_type_of(algorithm) == kty && (curve == nullptr || curve->name == crv);
}

std::string listed(std::span<const Algorithm> algorithms) {
  std::string list;
  for (const Algorithm algorithm : algorithms) {
    if (!list.empty()) list += " or ";
    list += to_string(algorithm);
  }
  return list;
}

// Of a JWK that names none. That one which was given alone fits, is checked with everything else.
absl::StatusOr<Algorithm> choose_algorithm(const object& jwk, std::string_view kty,
                                           std::span<const Algorithm> given) {
  if (given.empty()) return invalid("it names no \"alg\", and none was given for it");
  if (given.size() == 1) return given.front();
  absl::Status status;
  const std::string_view crv = string_member(jwk, "crv", status).value_or("");
  if (!status.ok()) return status;
  std::vector<Algorithm> fitting;
  std::ranges::copy_if(given, std::back_inserter(fitting),
                       [&](Algorithm algorithm) { return is_for(algorithm, kty, crv); });
  if (fitting.size() == 1) return fitting.front();
  return invalid("it names no \"alg\", and could be for " +
                 (fitting.empty() ? "none of " + listed(given) : listed(fitting)));
}

absl::StatusOr<Algorithm> read_algorithm(const object& jwk, std::string_view kty,
                                         std::span<const Algorithm> given) {
  absl::Status status;
  const auto name = string_member(jwk, "alg", status);
  if (!status.ok()) return status;
  if (!name) return choose_algorithm(jwk, kty, given);
  const std::optional<Algorithm> algorithm = parse_algorithm(*name);
  if (!algorithm) return invalid("the alg \"" + std::string(*name) + "\" is not supported");
  if (!given.empty() && std::ranges::find(given, *algorithm) == given.end()) {
    return invalid("its alg is \"" + std::string(*name) + "\", expected was " + listed(given));
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

absl::StatusOr<Key> read_jwk(const object& jwk, std::span<const Algorithm> algorithms,
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
  const absl::StatusOr<Algorithm> algorithm = read_algorithm(jwk, *kty, algorithms);
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

// What a token's header chooses a key by.
using KeyName = std::pair<std::string, Algorithm>;

// Of a key for signatures that cannot be used, if it says so much.
std::optional<KeyName> name_of_unusable(const object& jwk) {
  std::string_view kid;
  std::string_view alg;
  std::string_view use;
  if (jwk.at_key("use").get(use) == simdjson::SUCCESS && use != "sig") return std::nullopt;
  if (jwk.at_key("kid").get(kid) != simdjson::SUCCESS ||
      jwk.at_key("alg").get(alg) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  const std::optional<Algorithm> algorithm = parse_algorithm(alg);
  if (!algorithm) return std::nullopt;
  return KeyName(kid, *algorithm);
}

// RFC 7517 section 4.5 lets keys that are alternatives share a kid, and the token's alg chooses one
// of them. Where it could not, none of them stays: which was meant is anybody's guess, also where
// one of them is broken.
void skip_ambiguous(std::span<absl::StatusOr<Key>> entries, std::span<const KeyName> unusable) {
  struct Claim {
    size_t first;
    bool is_disputed = false;
  };
  absl::flat_hash_map<KeyName, Claim> claims;
  const auto name_of = [](const Key& key) {
    return KeyName(std::string(key.kid()), key.algorithm());
  };
  const auto is_named = [](const absl::StatusOr<Key>& key) {
    return key.ok() && !key->kid().empty();
  };
  for (size_t i = 0; i < entries.size(); ++i) {
    if (!is_named(entries[i])) continue;
    using internal::KeyAccess;
    Claim& claim = claims.try_emplace(name_of(*entries[i]), Claim{i}).first->second;
    claim.is_disputed |=
        !KeyAccess::material(*entries[i]).is_same_key(KeyAccess::material(*entries[claim.first]));
  }
  for (const KeyName& name : unusable) {
    if (const auto claim = claims.find(name); claim != claims.end()) {
      claim->second.is_disputed = true;
    }
  }
  for (size_t i = 0; i < entries.size(); ++i) {
    if (!is_named(entries[i])) continue;
    const auto& [name, claim] = *claims.find(name_of(*entries[i]));
    if (claim.is_disputed) {
      entries[i] = invalid("another key for " + std::string(to_string(name.second)) +
                           " has its kid, \"" + name.first + '"');
    } else if (claim.first != i) {
      entries[i] = invalid("it is keys[" + std::to_string(claim.first) + "] again");
    }
  }
}

// A token without kid is tried against all of these.
void skip_surplus(std::span<absl::StatusOr<Key>> entries) {
  size_t num_without_kid = 0;
  for (absl::StatusOr<Key>& key : entries) {
    if (key.ok() && key->kid().empty() && ++num_without_kid > kKeyTriesMax) {
      key = invalid("it has no kid, as have " + std::to_string(kKeyTriesMax) + " before it");
    }
  }
}

absl::Status read_set(const object& set, std::span<const Algorithm> algorithms,
                      const KeyOptions& options, SecretKeys secret_keys, JwkDocument& document) {
  if (absl::Status status = check_unique_names(set); !status.ok()) return status;
  simdjson::dom::array elements;
  if (set.at_key("keys").get(elements) != simdjson::SUCCESS) {
    return invalid("neither a JWK nor a JWK Set: it has neither \"kty\" nor an array \"keys\"");
  }
  if (secret_keys == SecretKeys::kAccept) {
    if (absl::Status status = check_not_mixed(elements); !status.ok()) return status;
  }
  std::vector<absl::StatusOr<Key>> entries;
  std::vector<KeyName> unusable;
  for (const element entry : elements) {
    object jwk;
    if (entry.get(jwk) != simdjson::SUCCESS) {
      entries.push_back(invalid("it is not an object"));
      continue;
    }
    entries.push_back(read_jwk(jwk, algorithms, options, secret_keys));
    if (entries.back().ok()) continue;
    if (auto name = name_of_unusable(jwk)) unusable.push_back(*std::move(name));
  }
  skip_ambiguous(entries, unusable);
  skip_surplus(entries);
  for (size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].ok()) {
      document.keys.push_back(*std::move(entries[i]));
    } else {
      document.skipped.push_back("keys[" + std::to_string(i) +
                                 "]: " + std::string(entries[i].status().message()));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<JwkDocument> read_jwks(std::string_view json, std::span<const Algorithm> algorithms,
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
    absl::StatusOr<Key> key = read_jwk(root, algorithms, options, secret_keys);
    if (key.ok()) {
      document.keys.push_back(*std::move(key));
    } else {
      status = key.status();
    }
  } else {
    status = read_set(root, algorithms, options, secret_keys, document);
  }
  wipe(copy, parser);
  if (!status.ok()) return status;
  return document;
}

}  // namespace jose

absl::StatusOr<Key> Key::from_jwk(std::string_view json, std::optional<Algorithm> algorithm,
                                  KeyOptions options) {
  const auto algorithms =
      algorithm ? std::span<const Algorithm>(&*algorithm, 1) : std::span<const Algorithm>();
  absl::StatusOr<jose::JwkDocument> document = jose::read_jwks(json, algorithms, options);
  if (!document.ok()) return document.status();
  if (document->keys.size() != 1) {
    return absl::InvalidArgumentError("the document holds " +
                                      std::to_string(document->keys.size()) + " usable keys");
  }
  return std::move(document->keys.front());
}

}  // namespace simdjwt
