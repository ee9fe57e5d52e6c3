// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include <absl/status/status.h>
#include <openssl/x509.h>
#include <simdjwt/key.h>
#include <simdjwt/limits.h>

#include <array>

#include "jose/evp.h"
#include "jose/key_material.h"

namespace simdjwt {
namespace {

constexpr size_t kHmacKeyBytesMin[] = {kHs256KeyBytesMin, kHs384KeyBytesMin, kHs512KeyBytesMin};

// Whether these bytes are all of a public key, or of a certificate, in DER.
bool is_public_key_der(std::string_view secret) {
  if (!secret.starts_with('\x30')) return false;  // a SEQUENCE
  const jose::ErrorQueueGuard guard;
  const auto* const begin = reinterpret_cast<const uint8_t*>(secret.data());
  const auto length = static_cast<long>(secret.size());
  const uint8_t* end = begin;
  const jose::EvpKey key(d2i_PUBKEY(nullptr, &end, length));
  if (key != nullptr) return end == begin + length;
  end = begin;
  const jose::OpensslPtr<X509, X509_free> certificate(d2i_X509(nullptr, &end, length));
  return certificate != nullptr && end == begin + length;
}

// What a secret evidently is instead of a secret, or empty. The guess is made once, here, and only
// ever to refuse: no key's type is ever guessed from its bytes.
std::string_view mistaken_for_secret(std::string_view secret) {
  if (secret.find("-----BEGIN ") != std::string_view::npos) return "PEM";
  if (secret.starts_with("ssh-") || secret.starts_with("ecdsa-sha2-")) return "an SSH public key";
  const size_t first = secret.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && secret[first] == '{' &&
      secret.find("\"kty\"") != std::string_view::npos) {
    return "a JWK";
  }
  if (is_public_key_der(secret)) return "a public key in DER";
  return {};
}

std::string bytes_text(size_t num_bytes) { return std::to_string(num_bytes) + " bytes"; }

absl::Status check_secret(Algorithm algorithm, std::string_view secret, ShortSecrets policy) {
  if (!is_hmac(algorithm)) {
    return absl::InvalidArgumentError("a secret is not for " + std::string(to_string(algorithm)));
  }
  if (secret.empty()) return absl::InvalidArgumentError("the secret is empty");
  if (secret.size() > kHmacKeyBytesMax) {
    return absl::InvalidArgumentError("the secret has " + bytes_text(secret.size()) +
                                      ", more than " + bytes_text(kHmacKeyBytesMax));
  }
  const size_t key_bytes_min = kHmacKeyBytesMin[static_cast<size_t>(algorithm)];
  if (secret.size() < key_bytes_min && policy != ShortSecrets::kAllowShort) {
    return absl::InvalidArgumentError("the secret has " + bytes_text(secret.size()) + "; " +
                                      std::string(to_string(algorithm)) + " needs at least " +
                                      bytes_text(key_bytes_min) + " (RFC 7518, section 3.2)");
  }
  const std::string_view mistake = mistaken_for_secret(secret);
  if (!mistake.empty()) {
    return absl::InvalidArgumentError("the secret is " + std::string(mistake) +
                                      ": it would make everyone who can read it a signer");
  }
  return absl::OkStatus();
}

absl::Status check_options(const KeyOptions& options) {
  if (options.kid.size() > kKidBytesMax) {
    return absl::InvalidArgumentError("the kid is longer than " + bytes_text(kKidBytesMax));
  }
  if (options.period.not_before >= options.period.not_after) {
    return absl::InvalidArgumentError("the key's not-before does not lie before its not-after");
  }
  return absl::OkStatus();
}

constexpr uint16_t signature_chars(size_t signature_bytes) {
  return static_cast<uint16_t>(bytes::base64url_encoded_chars(signature_bytes));
}

// Derives what the key holds where it holds it: nothing secret passes through the stack.
void compile_secret(internal::KeyMaterial& material, std::string_view secret) {
  using namespace bytes;
  if (material.algorithm == Algorithm::kHs256) {
    auto& compiled = material.secret.emplace<internal::Hs256Secret>();
    derive_hmac_midstates(compiled.value(), kSha256InitialState, 32, secret);
    return;
  }
  auto& compiled = material.secret.emplace<internal::Hs512Secret>();
  const bool is_hs384 = material.algorithm == Algorithm::kHs384;
  derive_hmac_midstates(compiled.value(), is_hs384 ? kSha384InitialState : kSha512InitialState,
                        signature_bytes(material.algorithm), secret);
}

}  // namespace

std::string_view to_string(Algorithm algorithm) noexcept { return jose::facts_of(algorithm).name; }

std::optional<Algorithm> parse_algorithm(std::string_view name) noexcept {
  for (size_t i = 0; i < jose::kAlgorithms.size(); ++i) {
    if (jose::kAlgorithms[i].name == name) return static_cast<Algorithm>(i);
  }
  return std::nullopt;
}

std::string list_algorithms() {
  std::string list;
  for (size_t i = 0; i < jose::kAlgorithms.size(); ++i) {
    if (i > 0) list += i + 1 < jose::kAlgorithms.size() ? ", " : " and ";
    list += jose::kAlgorithms[i].name;
  }
  return list;
}

Key::Key(std::unique_ptr<internal::KeyMaterial> material) noexcept
    : material_(std::move(material)) {}
Key::Key(Key&&) noexcept = default;
Key& Key::operator=(Key&&) noexcept = default;
Key::~Key() = default;

absl::StatusOr<Key> Key::hmac(Algorithm algorithm, std::string_view secret, KeyOptions options) {
  if (absl::Status status = check_secret(algorithm, secret, options.short_secrets); !status.ok()) {
    return status;
  }
  if (absl::Status status = check_options(options); !status.ok()) return status;
  auto material = std::make_unique<internal::KeyMaterial>(
      internal::KeyMaterial{algorithm,
                            options.period,
                            std::move(options.kid),
                            {},
                            /*can_sign=*/true,
                            signature_chars(simdjwt::signature_bytes(algorithm))});
  compile_secret(*material, secret);
  return Key(std::move(material));
}

bool internal::KeyMaterial::is_same_key(const KeyMaterial& other) const noexcept {
  if (algorithm != other.algorithm) return false;
  if (asymmetric() != nullptr) return asymmetric()->identity() == other.asymmetric()->identity();
  return algorithm == Algorithm::kHs256 ? sha256() == other.sha256() : sha512() == other.sha512();
}

absl::StatusOr<Key> internal::KeyAccess::make(Algorithm algorithm, const jose::KeyParts& parts,
                                              bool may_sign, KeyOptions options) {
  if (absl::Status status = check_options(options); !status.ok()) return status;
  absl::StatusOr<jose::AsymmetricKey> key = jose::AsymmetricKey::create(algorithm, parts);
  if (!key.ok()) return key.status();
  const bool can_sign = may_sign && key->has_private();
  const uint16_t chars = signature_chars(key->signature_bytes());
  return Key(std::make_unique<KeyMaterial>(KeyMaterial{
      algorithm, options.period, std::move(options.kid), *std::move(key), can_sign, chars}));
}

Algorithm Key::algorithm() const noexcept { return material_->algorithm; }
std::string_view Key::kid() const noexcept { return material_->kid; }
KeyPeriod Key::period() const noexcept { return material_->period; }
bool Key::can_sign() const noexcept { return material_->can_sign; }
size_t Key::signature_bytes() const noexcept {
  return bytes::base64url_decoded_bytes(material_->signature_chars);
}

}  // namespace simdjwt
