// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// TlsClient: the client's side of a TLS connection, between plain and encrypted bytes.

#ifndef SIMDJWT_BENCH_HTTP_TLS_CLIENT_H_
#define SIMDJWT_BENCH_HTTP_TLS_CLIENT_H_

#include <absl/status/statusor.h>
#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>

namespace simdjwt::bench {

class TlsClient {
 public:
  // Shakes hands over a connected, blocking socket. Whose certificate it is does not matter here.
  [[nodiscard]] static absl::StatusOr<TlsClient> connect(int fd);

  // What is to be sent for `plain`; valid until the next call.
  [[nodiscard]] std::string_view encrypt(std::string_view plain);

  // The plain bytes among all that has arrived, perhaps none; valid until the next call. Fails if
  // it is no TLS, or the server ends the connection.
  [[nodiscard]] absl::StatusOr<std::string_view> decrypt(std::string_view arrived);

 private:
  struct Free {
    void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
  };
  explicit TlsClient(std::unique_ptr<SSL, Free> ssl) : ssl_(std::move(ssl)) {}

  std::unique_ptr<SSL, Free> ssl_;
  std::string encrypted_;
  std::string plain_;
};

}  // namespace simdjwt::bench

#endif  // SIMDJWT_BENCH_HTTP_TLS_CLIENT_H_
