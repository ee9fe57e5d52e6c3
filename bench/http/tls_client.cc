// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "tls_client.h"

#include <openssl/err.h>

namespace simdjwt::bench {
namespace {

constexpr size_t kRecordBytesMax = 16384;

absl::Status failure(std::string_view what) {
  const char* reason = ERR_reason_error_string(ERR_get_error());
  return absl::UnavailableError(std::string(what) + ": " +
                                (reason != nullptr ? reason : "the connection ended"));
}

// One for all connections.
SSL_CTX* context() {
  static SSL_CTX* const shared = SSL_CTX_new(TLS_client_method());
  return shared;
}

}  // namespace

absl::StatusOr<TlsClient> TlsClient::connect(int fd) {
  std::unique_ptr<SSL, Free> ssl(SSL_new(context()));
  if (ssl == nullptr || SSL_set_fd(ssl.get(), fd) != 1 || SSL_connect(ssl.get()) != 1) {
    return failure("no TLS");
  }
  // From here on it is for the caller to send and receive.
  SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  return TlsClient(std::move(ssl));
}

std::string_view TlsClient::encrypt(std::string_view plain) {
  SSL_write(ssl_.get(), plain.data(), static_cast<int>(plain.size()));
  BIO* out = SSL_get_wbio(ssl_.get());
  encrypted_.resize(BIO_ctrl_pending(out));
  BIO_read(out, encrypted_.data(), static_cast<int>(encrypted_.size()));
  return encrypted_;
}

absl::StatusOr<std::string_view> TlsClient::decrypt(std::string_view arrived) {
  BIO_write(SSL_get_rbio(ssl_.get()), arrived.data(), static_cast<int>(arrived.size()));
  size_t num_plain = 0;
  while (true) {
    if (plain_.size() < num_plain + kRecordBytesMax) plain_.resize(num_plain + kRecordBytesMax);
    const int result =
        SSL_read(ssl_.get(), plain_.data() + num_plain, static_cast<int>(kRecordBytesMax));
    if (result <= 0) {
      if (SSL_get_error(ssl_.get(), result) == SSL_ERROR_WANT_READ) break;
      return failure("TLS");
    }
    num_plain += static_cast<size_t>(result);
  }
  return std::string_view(plain_).substr(0, num_plain);
}

}  // namespace simdjwt::bench
