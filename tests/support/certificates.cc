// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "support/certificates.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>

namespace simdjwt::testing {
namespace {

void add_extension(X509* certificate, int nid, const char* value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

template <class Write>
std::string pem_of(Write write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
  write(bio.get());
  char* data = nullptr;
  const long num_bytes = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<size_t>(num_bytes)};
}

}  // namespace

Identity::Identity(const std::string& name, Validity validity, const Identity* issuer)
    : key_(EVP_EC_gen("P-256"), EVP_PKEY_free), certificate_(X509_new(), X509_free) {
  static std::atomic<long> serial{1};
  X509* certificate = certificate_.get();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate), validity.from_seconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate), validity.to_seconds);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_pubkey(certificate, key_.get());
  if (issuer == nullptr) {
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
  } else {
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer->certificate()));
    add_extension(certificate, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
  }
  X509_sign(certificate, issuer == nullptr ? key_.get() : issuer->key(), EVP_sha256());
}

Identity Identity::authority(const std::string& name) { return {name, Validity{}, nullptr}; }

Identity Identity::issue(const std::string& name, Validity validity) const {
  return {name, validity, this};
}

std::string Identity::certificate_pem() const {
  return pem_of([this](BIO* bio) { PEM_write_bio_X509(bio, certificate()); });
}

std::string Identity::key_pem() const {
  return pem_of([this](BIO* bio) {
    PEM_write_bio_PrivateKey(bio, key(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

std::string Identity::encrypted_key_pem() const {
  return pem_of([this](BIO* bio) {
    PEM_write_bio_PKCS8PrivateKey(bio, key(), EVP_aes_128_cbc(), "secret", 6, nullptr, nullptr);
  });
}

}  // namespace simdjwt::testing
