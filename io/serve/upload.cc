// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/upload.h"

#include <utility>

#include "serve/bulk.h"
#include "serve/introspection.h"
#include "serve/original_request.h"

namespace simdjwt::serve {
namespace {

using http::BodyDecoder;
using http::Status;

// Decoded between two looks at the output.
constexpr size_t kPieceBytesMax = 8 * 1024;

const Answer& not_post() {
  static const Answer answer{Status::kMethodNotAllowed,
                             http::Response(Status::kMethodNotAllowed, "Allow: POST\r\n")};
  return answer;
}

const Answer& not_authorized() {
  static const Answer answer{Status::kUnauthorized,
                             http::Response(Status::kUnauthorized,
                                            "WWW-Authenticate: Bearer realm=\"introspection\"\r\n"
                                            "WWW-Authenticate: Basic realm=\"introspection\"\r\n")};
  return answer;
}

}  // namespace

void book(const UploadRequest& request, http::Status status, std::string_view token,
          Outcome outcome, const VerifyResult& result, const UploadTurn& turn) {
  turn.policy.count(turn.reactor, outcome, &result);
  if (turn.decisions == nullptr || !turn.decisions->wants(result_of(outcome))) return;
  const std::string client = turn.connection.client_address().to_string();
  Decision decision = decision_of(outcome, token, &result);
  decision.contract = request.contract;
  decision.status = status;
  decision.duration_nanoseconds = steady_nanoseconds() - turn.began;
  decision.policy = turn.policy.config.name;
  decision.method = "POST";
  decision.client = client;
  decision.request_id = request.request_id;
  turn.decisions->record(decision);
}

const Answer* Uploads::begin(net::Connection& connection, const http::Request& request, Route route,
                             http::Persistence persistence, const Context& context) {
  if (request.method != http::Method::kPost) return &not_post();
  auto active = std::make_unique<Active>();
  const UploadRequest facts{
      route.contract, request.version, persistence,
      std::string(context.decisions == nullptr ? "" : request_id_of(request))};
  if (route.contract == Contract::kBulk) {
    active->body = BodyDecoder(request);
    active->upload = std::make_unique<Bulk>(facts, bulk_format_of(request.fields));
  } else {
    const std::string& secret = context.policies[route.policy].introspection_secret;
    if (secret.empty()) return &plain_answer(Status::kNotFound);
    if (!may_introspect(request, secret)) return &not_authorized();
    active->body = BodyDecoder(request, introspection_bytes_max_);
    active->upload = std::make_unique<Introspection>(facts);
  }
  active->path = request.path;
  active->persistence = persistence;
  active_[connection.index()] = std::move(active);
  metrics_.uploads_active.add();
  // What is worked on as it comes may be endless, what is kept may not drip in forever.
  connection.expect(route.contract == Contract::kBulk ? net::Connection::Rest::kPieces
                                                      : net::Connection::Rest::kWhole);
  if (!scratch_) scratch_.emplace();
  return nullptr;
}

Uploads::Progress Uploads::receive(net::Connection& connection, std::string_view bytes,
                                   const Context& context) {
  Active& active = *active_[connection.index()];
  const Route route = context.policies.route(active.path);
  if (route.contract == Contract::kNone) return refuse(connection, Status::kNotFound, bytes.size());
  const ServedPolicy& policy = context.policies[route.policy];
  const UploadTurn turn{.connection = connection,
                        .policy = policy,
                        .scratch = *scratch_,
                        .room = room_,
                        .budget = context.budget,
                        .decisions = context.decisions,
                        .head_end = context.head_end,
                        .metrics = metrics_,
                        .reactor = context.reactor,
                        .now_unix_seconds = context.now_unix_seconds,
                        .began = context.began};
  size_t num_consumed = 0;
  while (true) {
    // With a full output no bytes are given, but the end of a body that has come is still heard of.
    const size_t piece_bytes = connection.output_full() ? 0 : kPieceBytesMax;
    const std::string_view given = bytes.substr(num_consumed, piece_bytes);
    if (!given.empty() && !context.budget.has_room_for(policy.token_work)) {
      connection.postpone();
      return {num_consumed, Status::kOk, false};
    }
    const BodyDecoder before = active.body;
    const BodyDecoder::Decoded piece = active.body.decode(given);
    num_consumed += piece.num_consumed;
    switch (piece.outcome) {
      case BodyDecoder::Outcome::kContent: {
        const size_t num_taken = active.upload->receive(piece.content, turn);
        metrics_.body_bytes.add(num_taken);
        if (const size_t num_left = piece.content.size() - num_taken; num_left > 0) {
          num_consumed -= num_left;
          active.body = before;
          (void)active.body.decode(given.substr(0, piece.num_consumed - num_left));
        }
        break;
      }
      case BodyDecoder::Outcome::kIncomplete:
        if (num_consumed < bytes.size() && !connection.output_full()) break;
        return {num_consumed, Status::kOk, false};
      case BodyDecoder::Outcome::kComplete: {
        const bool is_last = active.persistence == http::Persistence::kClose;
        metrics_.count_request(connection.listener(), route.contract,
                               active.upload->complete(turn));
        connection.expect(net::Connection::Rest::kNone);
        take(connection);
        return {num_consumed, Status::kOk, is_last};
      }
      case BodyDecoder::Outcome::kRefused:
        return refuse(connection, active.body.refusal(), bytes.size());
    }
  }
}

bool Uploads::drop(const net::Connection& connection) noexcept {
  const std::unique_ptr<Active> active = take(connection);
  if (active == nullptr || !active->upload->has_answered()) return false;
  metrics_.answers_cut_off.add();
  return true;
}

std::unique_ptr<Uploads::Active> Uploads::take(const net::Connection& connection) noexcept {
  std::unique_ptr<Active> active = std::move(active_[connection.index()]);
  if (active != nullptr) metrics_.uploads_active.subtract();
  return active;
}

// Half an answer is no answer: then the connection ends without the mark that ends it.
Uploads::Progress Uploads::refuse(const net::Connection& connection, Status status,
                                  size_t num_consumed) {
  return {num_consumed, drop(connection) ? Status::kOk : status, true};
}

}  // namespace simdjwt::serve
