// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// ControlService: HTTP/1.1 whose requests are read as a whole and answered by a handler that may
// block: one request of each client at a time, but of all clients together, so that those which
// came while it blocked can share what it blocks for. Never on a reactor that checks tokens.

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
  // What the handler is given at most.
  static constexpr size_t kTogetherMax = 64;

  // Larger bodies are refused (413), unread where the head tells.
  ControlService(ControlHandler handler, size_t body_bytes_max, size_t num_connections_max);

  void begin_turn(const net::Instant& now) override;
  void open(const net::Connection& connection) override;
  void close(const net::Connection& connection) override;
  size_t receive(net::Connection& connection, std::string_view bytes) override;
  void expire(net::Connection& connection) override;
  void flush() override;
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
    bool is_queued = false;            // an answer is owed
  };
  // Whose exchange it is, and how it goes on.
  struct Queued {
    net::Connection* connection;
    bool is_for_head;
    bool keep_alive;
  };

  void begin(net::Connection& connection, Client& client, const http::Request& request) const;
  // Takes what has come of a body, no bytes being enough for one that is over or refused. Returns
  // how many bytes are consumed: all that there are if no request may follow.
  size_t take_body(net::Connection& connection, Client& client, std::string_view bytes);
  void queue(net::Connection& connection, Pending pending, bool keep_alive);
  void refuse(net::Connection& connection, Client& client, http::Status status);

  const ControlHandler handler_;
  const size_t body_bytes_max_;
  std::vector<Client> clients_;  // by connection
  std::vector<ControlExchange> exchanges_;
  std::vector<Queued> queue_;  // of these
  http::HeadEnd head_end_;
  int64_t now_ = 0;
  bool is_draining_ = false;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_CONTROL_SERVICE_H_
