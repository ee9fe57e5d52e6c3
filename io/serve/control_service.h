// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// ControlService: HTTP/1.1 whose requests are read as a whole and answered one after another, by a
// handler that may block. Never on a reactor that checks tokens.

#ifndef SIMDJWT_IO_SERVE_CONTROL_SERVICE_H_
#define SIMDJWT_IO_SERVE_CONTROL_SERVICE_H_

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "http/body_decoder.h"
#include "http/request_parser.h"
#include "http/response.h"
#include "net/connection.h"
#include "serve/control_request.h"

namespace simdjwt::serve {

class ControlService final : public net::Protocol {
 public:
  // Larger bodies are refused (413), unread where the head tells.
  ControlService(ControlHandler handler, size_t body_bytes_max, size_t num_connections_max);

  void begin_turn(const net::Instant& now) override;
  void open(const net::Connection& connection) override;
  void close(const net::Connection& connection) override;
  size_t receive(net::Connection& connection, std::string_view bytes) override;
  void expire(net::Connection& connection) override;
  void flush() override {}  // receive() has answered
  void drain() override { is_draining_ = true; }

 private:
  // A request whose body is on its way.
  struct Pending {
    ControlRequest request;
    http::BodyDecoder body;
    bool is_for_head;
    bool keep_alive;
  };
  struct Client {
    http::RequestParser parser{};
    std::unique_ptr<Pending> pending;  // or null
  };

  void begin(net::Connection& connection, Client& client, const http::Request& request) const;
  // Takes what has come of a body, no bytes being enough for one that is over or refused. Returns
  // how many bytes are consumed: all that there are if no request may follow.
  size_t take_body(net::Connection& connection, Client& client, std::string_view bytes);
  void answer(net::Connection& connection, const Pending& pending);
  void refuse(net::Connection& connection, Client& client, http::Status status);

  const ControlHandler handler_;
  const size_t body_bytes_max_;
  std::vector<Client> clients_;  // by connection
  http::HeadEnd head_end_;
  int64_t now_ = 0;
  bool is_draining_ = false;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_CONTROL_SERVICE_H_
