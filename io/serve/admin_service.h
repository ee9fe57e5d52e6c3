// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// AdminService: what those who run the daemon ask it over HTTP.
//
//   GET /livez     200: the process answers
//   GET /readyz    200, or 503 and one line that says why: not to be sent requests now
//   GET /metrics   Prometheus text format 0.0.4
//
// It has a listener and a thread of its own. Nothing here is secret, but nothing is meant for
// everybody either: put it where only your network reaches it.

#ifndef SIMDJWT_IO_SERVE_ADMIN_SERVICE_H_
#define SIMDJWT_IO_SERVE_ADMIN_SERVICE_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "http/request_parser.h"
#include "http/response.h"
#include "net/connection.h"
#include "serve/readiness.h"

namespace simdjwt::serve {

class AdminService final : public net::Protocol {
 public:
  // `metrics` renders the body of /metrics; it may take its time. `readiness` outlives the service.
  AdminService(const Readiness& readiness, std::function<std::string()> metrics,
               size_t num_connections_max);

  void begin_turn(const net::Instant& now) override { head_end_.set_time(now.unix_seconds); }
  void open(const net::Connection& connection) override;
  void close(const net::Connection& /*connection*/) override {}
  size_t receive(net::Connection& connection, std::string_view bytes) override;
  void expire(net::Connection& connection) override;
  void flush() override {}  // receive() has answered
  void drain() override { is_draining_ = true; }

 private:
  [[nodiscard]] http::Response answer(const http::Request& request) const;
  void write(net::Connection& connection, const http::Response& response, bool keep_alive,
             bool is_for_head);

  const Readiness& readiness_;
  const std::function<std::string()> metrics_;
  std::vector<http::RequestParser> parsers_;  // by connection
  http::HeadEnd head_end_;
  bool is_draining_ = false;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_ADMIN_SERVICE_H_
