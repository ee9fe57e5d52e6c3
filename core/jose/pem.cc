// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jose/pem.h"

#include <absl/status/status.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <simdjwt/limits.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include "jose/invalid.h"

namespace simdjwt::jose {
namespace {

using Bytes = std::span<const uint8_t>;
using Bio = OpensslPtr<BIO, BIO_free>;
using Certificate = OpensslPtr<X509, X509_free>;
using EncryptedKey = OpensslPtr<X509_SIG, X509_SIG_free>;
using Time = OpensslPtr<ASN1_TIME, ASN1_TIME_free>;

// What one of libcrypto's readers makes of all of `der`, or null.
template <class Owner>
Owner read_whole(Bytes der, typename Owner::pointer (*read)(const uint8_t** at, long num_bytes)) {
  const uint8_t* at = der.data();
  Owner object(read(&at, static_cast<long>(der.size())));
  if (at != der.data() + der.size()) object.reset();
  return object;
}

// --- Certificates ---

std::optional<int64_t> seconds_since_1970(const ASN1_TIME* time) {
  const Time epoch(ASN1_TIME_set(nullptr, 0));
  int days = 0;
  int seconds = 0;
  if (epoch == nullptr || ASN1_TIME_diff(&days, &seconds, epoch.get(), time) != 1) {
    return std::nullopt;
  }
  return int64_t{days} * 86400 + seconds;
}

absl::StatusOr<KeyFile> read_certificate(X509* certificate) {
  // The usage is all bits where the certificate does not say one (RFC 5280 section 4.2.1.3).
  if ((X509_get_key_usage(certificate) & KU_DIGITAL_SIGNATURE) == 0) {
    return invalid("the certificate is not for signatures");
  }
  const auto not_before = seconds_since_1970(X509_get0_notBefore(certificate));
  const auto not_after = seconds_since_1970(X509_get0_notAfter(certificate));
  KeyFile file;
  file.key.reset(X509_get_pubkey(certificate));
  if (file.key == nullptr || !not_before || !not_after) {
    return invalid("the certificate is not valid");
  }
  file.validity = {*not_before, *not_after + 1};  // its last second is included
  return file;
}

// --- Blocks of DER, by the label that PEM gives them ---

EVP_PKEY* read_public(const uint8_t** at, long num_bytes) {
  return d2i_PUBKEY(nullptr, at, num_bytes);
}
EVP_PKEY* read_rsa_public(const uint8_t** at, long num_bytes) {
  return d2i_PublicKey(EVP_PKEY_RSA, nullptr, at, num_bytes);
}
EVP_PKEY* read_private(const uint8_t** at, long num_bytes) {
  return d2i_AutoPrivateKey(nullptr, at, num_bytes);
}
X509* read_x509(const uint8_t** at, long num_bytes) { return d2i_X509(nullptr, at, num_bytes); }
X509_SIG* read_encrypted(const uint8_t** at, long num_bytes) {
  return d2i_X509_SIG(nullptr, at, num_bytes);
}

// The key of a block; one without a key where its content is not what the label says.
absl::StatusOr<KeyFile> read_block(std::string_view label, Bytes der) {
  if (label == "PUBLIC KEY") {
    return KeyFile{read_whole<EvpKey>(der, read_public), KeyHalf::kPublic, {}};
  }
  if (label == "RSA PUBLIC KEY") {
    return KeyFile{read_whole<EvpKey>(der, read_rsa_public), KeyHalf::kPublic, {}};
  }
  if (label == "PRIVATE KEY" || label == "RSA PRIVATE KEY" || label == "EC PRIVATE KEY") {
    return KeyFile{read_whole<EvpKey>(der, read_private), KeyHalf::kPrivate, {}};
  }
  if (label == "CERTIFICATE") {
    const auto certificate = read_whole<Certificate>(der, read_x509);
    return certificate == nullptr ? KeyFile() : read_certificate(certificate.get());
  }
  if (label == "ENCRYPTED PRIVATE KEY") return invalid("the key is encrypted");
  return invalid("a block \"" + std::string(label) + "\" is not a key");
}

struct PemBlock {
  PemBlock() = default;
  PemBlock(const PemBlock&) = delete;
  PemBlock& operator=(const PemBlock&) = delete;
  ~PemBlock() {
    OPENSSL_secure_free(label);
    OPENSSL_secure_free(header);
    OPENSSL_secure_clear_free(data, static_cast<size_t>(num_bytes));
  }

  char* label = nullptr;
  char* header = nullptr;
  uint8_t* data = nullptr;
  long num_bytes = 0;
};

absl::Status check_size(std::string_view text) {
  return text.size() <= kPemBytesMax ? absl::OkStatus() : invalid("the key file is too large");
}

}  // namespace

absl::StatusOr<KeyFile> read_pem(std::string_view pem) {
  if (absl::Status status = check_size(pem); !status.ok()) return status;
  const ErrorQueueGuard guard;
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (bio == nullptr) return absl::InternalError("libcrypto cannot read");
  KeyFile found;
  while (true) {
    PemBlock block;
    if (PEM_read_bio_ex(bio.get(), &block.label, &block.header, &block.data, &block.num_bytes,
                        PEM_FLAG_SECURE) != 1) {
      const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
      if (!at_end) return invalid("the PEM is broken");
      break;
    }
    const std::string_view label = block.label;
    if (label == "EC PARAMETERS") continue;  // which openssl puts ahead of a key that has them, too
    if (block.header[0] != '\0') return invalid("the key is encrypted");
    if (found.key != nullptr) return invalid("the PEM holds more than one key");
    absl::StatusOr<KeyFile> file =
        read_block(label, {block.data, static_cast<size_t>(block.num_bytes)});
    if (!file.ok()) return file.status();
    if (file->key == nullptr) return invalid("the block \"" + std::string(label) + "\" is broken");
    found = *std::move(file);
  }
  if (found.key == nullptr) return invalid("the text holds no PEM");
  return found;
}

absl::StatusOr<KeyFile> read_der(std::string_view der) {
  if (absl::Status status = check_size(der); !status.ok()) return status;
  const ErrorQueueGuard guard;
  const Bytes bytes(reinterpret_cast<const uint8_t*>(der.data()), der.size());
  // No two of these can be mistaken for one another.
  for (const char* label : {"PUBLIC KEY", "PRIVATE KEY", "CERTIFICATE", "RSA PUBLIC KEY"}) {
    absl::StatusOr<KeyFile> file = read_block(label, bytes);
    if (!file.ok() || file->key != nullptr) return file;
  }
  const bool is_encrypted = read_whole<EncryptedKey>(bytes, read_encrypted) != nullptr;
  return invalid(is_encrypted ? "the key is encrypted"
                              : "the bytes are no key or certificate in DER");
}

absl::StatusOr<std::string> write_pem(const EVP_PKEY* key, KeyHalf half) {
  const ErrorQueueGuard guard;
  const Bio bio(BIO_new(BIO_s_secmem()));
  const int written =
      bio == nullptr ? 0
      : half == KeyHalf::kPublic
          ? PEM_write_bio_PUBKEY(bio.get(), key)
          : PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  if (written != 1) return absl::InternalError("libcrypto cannot write the key");
  char* text = nullptr;
  const long num_chars = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<size_t>(num_chars));
}

}  // namespace simdjwt::jose
