// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/control_service.h"

#include <string>
#include <utility>

#include "serve/text.h"

namespace simdjwt::serve {

using http::BodyDecoder;
using http::Persistence;
using http::RequestParser;
using http::Status;

namespace {

ControlRequest copy_of(const http::Request& head, const net::PeerAddress& client, int64_t now) {
  return {.method = std::string(head.method == http::Method::kHead ? std::string_view("GET")
                                                                   : head.method_name),
          .path = std::string(head.path),
          .query = std::string(head.query),
          .fields = std::string(head.fields),
          .authorization = std::string(head.authorization),
          .num_authorizations = head.num_authorizations,
          .client = client,
          .now = now};
}

http::Response rendered(ControlResponse response) {
  std::string fields;
  if (!response.content_type.empty()) {
    append(fields, "Content-Type: ", response.content_type, "\r\n");
  }
  return http::Response(response.status, fields + response.fields, response.body);
}

}  // namespace

ControlService::ControlService(ControlHandler handler, size_t body_bytes_max,
                               size_t num_connections_max)
    : handler_(std::move(handler)),
      body_bytes_max_(body_bytes_max),
      clients_(num_connections_max) {}

void ControlService::begin_turn(const net::Instant& now) {
  now_ = now.unix_seconds;
  head_end_.set_time(now.unix_seconds);
}

void ControlService::open(const net::Connection& connection) {
  clients_[connection.index()] = Client();
}
void ControlService::close(const net::Connection& connection) {
  clients_[connection.index()] = Client();
}

size_t ControlService::receive(net::Connection& connection, std::string_view bytes) {
  Client& client = clients_[connection.index()];
  size_t num_consumed = 0;
  while (num_consumed < bytes.size() && !connection.output_full()) {
    if (client.is_queued) {  // the answer to what follows stands behind that one
      flush();
      continue;
    }
    const std::string_view rest = bytes.substr(num_consumed);
    if (client.pending != nullptr) {
      num_consumed += take_body(connection, client, rest);
      continue;
    }
    switch (client.parser.parse(rest)) {
      case RequestParser::Outcome::kIncomplete:
        return num_consumed;
      case RequestParser::Outcome::kRefused:
        refuse(connection, client, client.parser.refusal());
        return bytes.size();
      case RequestParser::Outcome::kComplete: {
        const size_t head_bytes = client.parser.head_bytes();
        const http::Request& request = client.parser.request();
        begin(connection, client, request);
        const size_t body_bytes = take_body(connection, client, rest.substr(head_bytes));
        // Some of the body being there, the client has not waited to be told.
        if (client.pending != nullptr && request.expects_continue && rest.size() == head_bytes) {
          connection.write(http::kContinue);
        }
        num_consumed += head_bytes + body_bytes;
      }
    }
  }
  return num_consumed;
}

void ControlService::expire(net::Connection& connection) {
  refuse(connection, clients_[connection.index()], Status::kRequestTimeout);
}

void ControlService::begin(net::Connection& connection, Client& client,
                           const http::Request& request) const {
  client.pending = std::make_unique<Pending>(
      Pending{.request = copy_of(request, connection.client_address(), now_),
              .body = BodyDecoder(request, body_bytes_max_),
              .is_for_head = request.method == http::Method::kHead,
              .keep_alive = request.keep_alive});
  connection.expect(net::Connection::Rest::kWhole);
}

size_t ControlService::take_body(net::Connection& connection, Client& client,
                                 std::string_view bytes) {
  Pending& pending = *client.pending;
  size_t num_consumed = 0;
  while (true) {
    const BodyDecoder::Decoded piece = pending.body.decode(bytes.substr(num_consumed));
    num_consumed += piece.num_consumed;
    switch (piece.outcome) {
      case BodyDecoder::Outcome::kContent:
        pending.request.body.append(piece.content);
        break;
      case BodyDecoder::Outcome::kIncomplete:
        return num_consumed;
      case BodyDecoder::Outcome::kRefused:
        refuse(connection, client, pending.body.refusal());
        return bytes.size();
      case BodyDecoder::Outcome::kComplete: {
        const std::unique_ptr<Pending> whole = std::move(client.pending);
        const bool keep_alive = whole->keep_alive && !is_draining_;
        queue(connection, std::move(*whole), keep_alive);
        return keep_alive ? num_consumed : bytes.size();
      }
    }
  }
}

void ControlService::queue(net::Connection& connection, Pending pending, bool keep_alive) {
  connection.expect(net::Connection::Rest::kNone);
  if (!keep_alive) connection.finish();
  clients_[connection.index()].is_queued = true;
  exchanges_.push_back({std::move(pending.request)});
  queue_.push_back({&connection, pending.is_for_head, keep_alive});
  if (queue_.size() == kTogetherMax) flush();
}

void ControlService::flush() {
  if (queue_.empty()) return;
  handler_(exchanges_);
  for (size_t i = 0; i < queue_.size(); ++i) {
    net::Connection& connection = *queue_[i].connection;
    clients_[connection.index()].is_queued = false;
    rendered(std::move(exchanges_[i].response))
        .write_to(connection, head_end_,
                  queue_[i].keep_alive ? Persistence::kKeepAlive : Persistence::kClose,
                  queue_[i].is_for_head);
  }
  queue_.clear();
  exchanges_.clear();
}

void ControlService::refuse(net::Connection& connection, Client& client, Status status) {
  client.pending.reset();
  http::Response(status).write_to(connection, head_end_, Persistence::kClose, false);
  connection.finish();
}

}  // namespace simdjwt::serve
