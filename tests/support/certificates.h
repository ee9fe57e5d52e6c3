// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Certificates: made when a test runs, so that none ever expires in the tree.

#ifndef SIMDJWT_TESTS_SUPPORT_CERTIFICATES_H_
#define SIMDJWT_TESTS_SUPPORT_CERTIFICATES_H_

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace simdjwt::testing {

// A P-256 key and the certificate that names its holder.
class Identity {
 public:
  struct Validity {
    int from_seconds = -3600;  // from now
    int to_seconds = 3600;
  };

  // Signs for itself, and may sign for others.
  [[nodiscard]] static Identity authority(const std::string& name);
  // For "localhost" and 127.0.0.1 as a server, or for a client.
  [[nodiscard]] Identity issue(const std::string& name, Validity validity) const;
  [[nodiscard]] Identity issue(const std::string& name) const { return issue(name, Validity{}); }

  [[nodiscard]] std::string certificate_pem() const;
  [[nodiscard]] std::string key_pem() const;
  [[nodiscard]] std::string encrypted_key_pem() const;

  [[nodiscard]] EVP_PKEY* key() const { return key_.get(); }
  [[nodiscard]] X509* certificate() const { return certificate_.get(); }

 private:
  Identity(const std::string& name, Validity validity, const Identity* issuer);

  std::shared_ptr<EVP_PKEY> key_;
  std::shared_ptr<X509> certificate_;
};

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_SUPPORT_CERTIFICATES_H_
