// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Client: a blocking HTTP client that does what it is told, right or wrong, and sees every byte.

#ifndef SIMDJWT_TESTS_E2E_CLIENT_H_
#define SIMDJWT_TESTS_E2E_CLIENT_H_

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "net/socket_address.h"
#include "net/unique_fd.h"

namespace simdjwt::testing {

// Of the endpoints the one that says least.
inline constexpr std::string_view kCheckPath = "/check/haproxy/default";

// A GET with these fields, each with its CRLF.
inline std::string request_of(std::string_view fields, std::string_view path = kCheckPath) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n" + std::string(fields) + "\r\n";
}
inline std::string request_with(std::string_view token) {
  return request_of("Authorization: Bearer " + std::string(token) + "\r\n");
}

// Answers without their Date, which is the clock's affair.
inline std::string without_date(std::string text) {
  for (size_t at = text.find("Date: "); at != std::string::npos; at = text.find("Date: ", at)) {
    text.erase(at, text.find("\r\n", at) + 2 - at);
  }
  return text;
}

// Makes a system call again while a signal interrupts it: the kernel sends one to a thread some
// 20 ms after a ring of its was closed, and a socket with a time limit does not go on by itself.
template <class Call>
ssize_t uninterrupted(Call call) {
  ssize_t result;
  do {
    result = call();
  } while (result < 0 && errno == EINTR);
  return result;
}

class Client {
 public:
  static constexpr auto kPatience = std::chrono::seconds(20);  // nothing should ever take that long

  explicit Client(uint16_t port) { connect(port); }
  explicit Client(const net::SocketAddress& address) { connect(address); }

  // False if nobody listens.
  bool connect(uint16_t port) {
    return connect(*net::SocketAddress::parse("127.0.0.1:" + std::to_string(port)));
  }
  bool connect(const net::SocketAddress& address) {
    fd_ = net::UniqueFd(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    const timeval patience{.tv_sec = kPatience.count(), .tv_usec = 0};
    setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    const int one = 1;
    setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    return ::connect(fd_.get(), address.data(), address.length()) == 0;
  }

  // False if the connection is gone.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = uninterrupted(
          [&] { return ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL); });
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(n));
    }
    return true;
  }

  // The next answer, with as much of a body as it announces, without Date. Empty if the server
  // closed before it began.
  std::string receive() { return without_date(receive_with_date()); }

  std::string receive_with_date() {
    std::string answer = receive_head_with_date();
    constexpr std::string_view kLength = "\r\nContent-Length: ";
    const size_t at = answer.find(kLength);
    if (at == std::string::npos) return answer;
    const size_t body_bytes = std::stoul(answer.substr(at + kLength.size()));
    while (received_.size() < body_bytes && receive_more()) {
    }
    answer += received_.substr(0, body_bytes);
    received_.erase(0, body_bytes);
    return answer;
  }

  // Of an answer to HEAD.
  std::string receive_head() { return without_date(receive_head_with_date()); }
  std::string receive_head_with_date() {
    size_t end;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive_more()) break;
    }
    if (end == std::string::npos) end = received_.size();
    std::string head = received_.substr(0, std::min(end + 4, received_.size()));
    received_.erase(0, head.size());
    return head;
  }

  // Everything up to the server's FIN, without Dates.
  std::string receive_all() {
    while (receive_more()) {
    }
    return without_date(std::exchange(received_, {}));
  }

  std::string ask(std::string_view request) {
    send(request);
    return receive();
  }

  // Whether the last receive() ended in a reset instead of a FIN.
  [[nodiscard]] bool was_reset() const { return was_reset_; }

  void shutdown_write() { ::shutdown(fd_.get(), SHUT_WR); }
  void close() { fd_ = net::UniqueFd(); }
  // Closes so that the server sees ECONNRESET.
  void reset() {
    const linger none{.l_onoff = 1, .l_linger = 0};
    setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &none, sizeof(none));
    close();
  }
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  bool receive_more() {
    char buffer[16384];
    const ssize_t n = uninterrupted([&] { return ::recv(fd_.get(), buffer, sizeof(buffer), 0); });
    if (n < 0) {
      was_reset_ = errno == ECONNRESET;
      if (!was_reset_) ADD_FAILURE() << "no answer in time";
    }
    if (n <= 0) return false;
    received_.append(buffer, static_cast<size_t>(n));
    return true;
  }

  net::UniqueFd fd_;
  std::string received_;
  bool was_reset_ = false;
};

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_E2E_CLIENT_H_
