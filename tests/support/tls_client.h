// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// TlsClient: libssl's client in memory, which moves no byte unless told to.

#ifndef SIMDJWT_TESTS_SUPPORT_TLS_CLIENT_H_
#define SIMDJWT_TESTS_SUPPORT_TLS_CLIENT_H_

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "support/certificates.h"

namespace simdjwt::testing {

struct TlsClientOptions {
  const Identity* trusted = nullptr;   // whose servers are accepted; null: anybody's
  const Identity* identity = nullptr;  // to show if asked
  int version = 0;                     // the only one spoken; 0: all that are sane
  std::string_view protocols = {};     // ALPN, each behind its length
  SSL_SESSION* session = nullptr;      // to resume
};

class TlsClient {
 public:
  explicit TlsClient(const TlsClientOptions& options = {})
      : context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free) {
    SSL_CTX* context = context_.get();
    if (options.trusted != nullptr) {
      X509_STORE_add_cert(SSL_CTX_get_cert_store(context), options.trusted->certificate());
      SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    }
    if (options.identity != nullptr) {
      SSL_CTX_use_certificate(context, options.identity->certificate());
      SSL_CTX_use_PrivateKey(context, options.identity->key());
    }
    if (options.version != 0) {
      SSL_CTX_set_security_level(context, 0);  // or there is no TLS 1.1 to try
      SSL_CTX_set_min_proto_version(context, options.version);
      SSL_CTX_set_max_proto_version(context, options.version);
    }
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT);
    ssl_.reset(SSL_new(context));
    SSL_set_alpn_protos(ssl(), reinterpret_cast<const unsigned char*>(options.protocols.data()),
                        static_cast<unsigned>(options.protocols.size()));
    if (options.session != nullptr) SSL_set_session(ssl(), options.session);
    SSL_set_bio(ssl(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(ssl());
    SSL_do_handshake(ssl());  // writes the ClientHello
  }

  // Bytes from the server: goes on with the handshake, or decrypts to what received() returns.
  void take(std::string_view bytes) {
    BIO_write(SSL_get_rbio(ssl()), bytes.data(), static_cast<int>(bytes.size()));
    char buffer[16384];
    int n;
    while (ERR_clear_error(), (n = SSL_read(ssl(), buffer, sizeof(buffer))) > 0) {
      received_.append(buffer, static_cast<size_t>(n));
    }
    if (SSL_get_error(ssl(), n) == SSL_ERROR_SSL) {
      error_ = ERR_reason_error_string(ERR_peek_last_error());
    }
    ERR_clear_error();
  }
  // What the client has to send.
  std::string output() {
    std::string bytes(BIO_ctrl_pending(SSL_get_wbio(ssl())), '\0');
    if (!bytes.empty()) {
      BIO_read(SSL_get_wbio(ssl()), bytes.data(), static_cast<int>(bytes.size()));
    }
    return bytes;
  }
  void write(std::string_view plain) {
    ERR_clear_error();
    SSL_write(ssl(), plain.data(), static_cast<int>(plain.size()));
  }

  [[nodiscard]] std::string received() { return std::exchange(received_, {}); }
  [[nodiscard]] bool is_open() const { return SSL_is_init_finished(ssl_.get()) != 0; }
  [[nodiscard]] bool has_farewell() const {
    return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0 && error_.empty();
  }
  // libssl's words for why the handshake or the connection failed; empty if it did not.
  [[nodiscard]] const std::string& error() const { return error_; }
  [[nodiscard]] SSL* ssl() const { return ssl_.get(); }

 private:
  std::shared_ptr<SSL_CTX> context_;
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  std::unique_ptr<SSL, Free> ssl_;
  std::string received_;
  std::string error_;
};

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_SUPPORT_TLS_CLIENT_H_
