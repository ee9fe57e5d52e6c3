// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/admin_service.h"

#include <utility>

namespace simdjwt::serve {

using http::Method;
using http::RequestParser;
using http::Response;
using http::Status;

namespace {

constexpr std::string_view kText = "Content-Type: text/plain; charset=utf-8\r\n";
constexpr std::string_view kMetrics = "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n";

}  // namespace

AdminService::AdminService(const Readiness& readiness, std::function<std::string()> metrics,
                           size_t num_connections_max)
    : readiness_(readiness), metrics_(std::move(metrics)), parsers_(num_connections_max) {}

void AdminService::open(const net::Connection& connection) {
  parsers_[connection.index()] = RequestParser();
}

size_t AdminService::receive(net::Connection& connection, std::string_view bytes) {
  RequestParser& parser = parsers_[connection.index()];
  size_t num_consumed = 0;
  while (num_consumed < bytes.size() && !connection.output_full()) {
    switch (parser.parse(bytes.substr(num_consumed))) {
      case RequestParser::Outcome::kIncomplete:
        return num_consumed;
      case RequestParser::Outcome::kRefused:
        write(connection, Response(parser.refusal()), false, false);
        return bytes.size();
      case RequestParser::Outcome::kComplete: {
        num_consumed += parser.head_bytes();
        const http::Request& request = parser.request();
        // No body is read, so that what follows one is no request.
        const bool keep_alive =
            !is_draining_ && request.keep_alive && request.body == http::BodyFraming::kNone;
        write(connection, answer(request), keep_alive, request.method == Method::kHead);
        if (!keep_alive) return bytes.size();
      }
    }
  }
  return num_consumed;
}

void AdminService::expire(net::Connection& connection) {
  write(connection, Response(Status::kRequestTimeout), false, false);
}

Response AdminService::answer(const http::Request& request) const {
  const bool is_metrics = request.path == "/metrics";
  const bool is_readyz = request.path == "/readyz";
  if (!is_metrics && !is_readyz && request.path != "/livez") return Response(Status::kNotFound);
  if (request.method != Method::kGet && request.method != Method::kHead) {
    return Response(Status::kMethodNotAllowed, "Allow: GET, HEAD\r\n");
  }
  if (is_metrics) return Response(Status::kOk, kMetrics, metrics_());
  const std::string why_not = is_readyz ? readiness_.why_not() : "";
  if (why_not.empty()) return Response(Status::kOk, kText, "ok\n");
  return Response(Status::kUnavailable, kText, why_not + '\n');
}

void AdminService::write(net::Connection& connection, const Response& response, bool keep_alive,
                         bool is_for_head) {
  response.write_to(connection, head_end_,
                    keep_alive ? http::Persistence::kKeepAlive : http::Persistence::kClose,
                    is_for_head);
  if (!keep_alive) connection.finish();
}

}  // namespace simdjwt::serve
