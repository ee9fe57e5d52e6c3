// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/check_service.h"

#include <optional>
#include <span>

#include "serve/bearer.h"

namespace simdjwt::serve {

using http::Persistence;
using http::RequestParser;

CheckService::CheckService(Snapshot<Verifier>& verifier, const ChallengeConfig& options,
                           size_t num_connections_max)
    : reader_(verifier.make_reader()), answers_(options), parsers_(num_connections_max) {}

void CheckService::begin_turn(const net::Instant& now) {
  now_unix_seconds_ = now.unix_seconds;
  head_end_.set_time(now.unix_seconds);
}

void CheckService::open(const net::Connection& connection) {
  parsers_[connection.index()] = RequestParser();
}

size_t CheckService::receive(net::Connection& connection, std::string_view bytes) {
  RequestParser& parser = parsers_[connection.index()];
  size_t num_consumed = 0;
  while (num_consumed < bytes.size() && !connection.output_full()) {
    switch (parser.parse(bytes.substr(num_consumed))) {
      case RequestParser::Outcome::kIncomplete:
        return num_consumed;
      case RequestParser::Outcome::kRefused:
        ++counters_.requests_refused;
        queue(connection, &answers_.refusal(parser.refusal()), false);
        return bytes.size();
      case RequestParser::Outcome::kComplete:
        num_consumed += parser.head_bytes();
        if (!serve(connection, parser.request())) return bytes.size();
    }
  }
  return num_consumed;
}

// Paths are compared as they are written: whatever else might mean the same is not found. Nobody
// waits for a body: some proxies announce their client's and never send it.
bool CheckService::serve(net::Connection& connection, const http::Request& request) {
  ++counters_.requests;
  const bool keep_alive =
      !is_draining_ && request.keep_alive && request.body == http::BodyFraming::kNone;
  if (request.method != http::Method::kGet && request.method != http::Method::kHead) {
    queue(connection, &answers_.refusal(http::Status::kMethodNotAllowed), keep_alive);
  } else if (request.path == "/verify/default") {
    check(connection, request, keep_alive);
  } else if (request.path == "/livez") {
    queue(connection, &answers_.ok(), keep_alive);
  } else {
    queue(connection, &answers_.not_found(), keep_alive);
  }
  return keep_alive;
}

void CheckService::check(net::Connection& connection, const http::Request& request,
                         bool keep_alive) {
  if (request.num_authorizations > 1) {
    return queue(connection, &answers_.invalid_request(), keep_alive);
  }
  const std::optional<std::string_view> token = bearer_credentials(request.authorization);
  if (!token) return queue(connection, &answers_.no_credentials(), keep_alive);
  tokens_[num_tokens_++] = *token;
  queue(connection, nullptr, keep_alive);
}

void CheckService::queue(net::Connection& connection, const http::Response* response,
                         bool keep_alive) {
  if (!keep_alive) connection.finish();
  queue_[num_queued_++] = {&connection, response,
                           keep_alive ? Persistence::kKeepAlive : Persistence::kClose};
  if (num_queued_ == kBatchMax) flush();
}

void CheckService::expire(net::Connection& connection) {
  ++counters_.requests_refused;
  queue(connection, &answers_.refusal(http::Status::kRequestTimeout), false);
}

void CheckService::flush() {
  if (num_queued_ == 0) return;
  const Verifier& verifier = reader_.read();
  if (num_tokens_ > 0) {
    ++counters_.batches;
    verifier.verify_batch({tokens_.data(), num_tokens_}, {results_.data(), num_tokens_}, scratch_,
                          now_unix_seconds_);
  }
  size_t num_judged = 0;
  for (const Queued& queued : std::span(queue_.data(), num_queued_)) {
    const http::Response* response = queued.response;
    if (response == nullptr) {
      const VerifyResult& result = results_[num_judged];
      ++(result ? counters_.tokens_accepted : counters_.tokens_rejected);
      response = &answers_.judged(tokens_[num_judged++], result, verifier.policy());
    }
    response->write_to(*queued.connection, head_end_, queued.persistence, /*is_for_head=*/false);
  }
  reader_.park();
  num_queued_ = num_tokens_ = 0;
}

}  // namespace simdjwt::serve
