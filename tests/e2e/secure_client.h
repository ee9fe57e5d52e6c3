// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// SecureClient: a blocking client that speaks TLS, behind a PROXY header if it is told to.

#ifndef SIMDJWT_TESTS_E2E_SECURE_CLIENT_H_
#define SIMDJWT_TESTS_E2E_SECURE_CLIENT_H_

#include <sys/socket.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "e2e/client.h"
#include "support/tls_client.h"

namespace simdjwt::testing {

class SecureClient {
 public:
  // Shakes hands, as far as it comes. With a `step`, the server gets so many bytes at a time.
  explicit SecureClient(uint16_t port, const TlsClientOptions& options = {},
                        std::string_view proxy_header = "", size_t step = std::string_view::npos)
      : socket_(port), tls_(options), step_(step) {
    send(proxy_header);
    while (!tls_.is_open() && exchange()) {
    }
  }

  [[nodiscard]] bool is_open() const { return tls_.is_open(); }

  std::string ask(std::string_view request) {
    tls_.write(request);
    return receive();
  }
  void write(std::string_view request) {
    tls_.write(request);
    send(tls_.output());
  }
  // The next answer without its Date; "" if the server closed before it was complete.
  std::string receive() {
    size_t end;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!exchange()) return "";
    }
    std::string answer = received_.substr(0, end + 4);
    received_.erase(0, answer.size());
    return without_date(std::move(answer));
  }
  // Everything up to the server's FIN.
  std::string receive_all() {
    while (exchange()) {
    }
    return without_date(std::exchange(received_, {}));
  }
  // The server's farewell of TLS, not just the end of the socket.
  [[nodiscard]] bool has_farewell() const { return tls_.has_farewell(); }
  void say_farewell() {
    SSL_shutdown(tls_.ssl());
    send(tls_.output());
  }

  [[nodiscard]] TlsClient& tls() { return tls_; }
  [[nodiscard]] Client& socket() { return socket_; }

 private:
  void send(std::string_view bytes) {
    for (; !bytes.empty(); bytes.remove_prefix(std::min(step_, bytes.size()))) {
      if (!socket_.send(bytes.substr(0, step_))) return;
    }
  }
  // Sends what there is, and takes what comes; false if that is the end.
  bool exchange() {
    send(tls_.output());
    char buffer[16384];
    const ssize_t n =
        uninterrupted([&] { return ::recv(socket_.fd(), buffer, sizeof(buffer), 0); });
    if (n <= 0) return false;
    tls_.take({buffer, static_cast<size_t>(n)});
    received_ += tls_.received();
    return true;
  }

  Client socket_;
  TlsClient tls_;
  size_t step_;
  std::string received_;
};

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_E2E_SECURE_CLIENT_H_
