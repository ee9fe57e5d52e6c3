// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/check_service.h"

#include <algorithm>
#include <span>

#include "serve/credentials.h"
#include "serve/original_request.h"
#include "serve/text.h"
#include "serve/verification_json.h"
#include "simdjwt/limits.h"

namespace simdjwt::serve {

using http::Persistence;
using http::RequestParser;
using http::Status;

namespace {

// What http::Response can write to.
struct Text {
  std::string& text;
  void write(std::string_view bytes) { text.append(bytes); }
};

}  // namespace

CheckService::CheckService(const CheckContext& context, size_t reactor, size_t num_connections_max)
    : reactor_(reactor),
      reader_(context.policies->make_reader()),
      metrics_(context.metrics->reactor(reactor)),
      decisions_(context.decision_log == nullptr ? nullptr
                                                 : &context.decision_log->channel(reactor)),
      parser_limits_(context.parser_limits),
      parsers_(num_connections_max, RequestParser(context.parser_limits, &recurring_head_)),
      uploads_(num_connections_max, context.body_bytes_max, metrics_) {}

// --- Requests ---

void CheckService::begin_turn(const net::Instant& now) {
  now_unix_seconds_ = now.unix_seconds;
  head_end_.set_time(now.unix_seconds);
  turn_began_ = steady_nanoseconds();
  budget_.begin_turn();
}

const PolicySet& CheckService::policies() {
  if (policies_ == nullptr) policies_ = &reader_.read();
  return *policies_;
}

void CheckService::open(const net::Connection& connection) {
  parsers_[connection.index()] = RequestParser(parser_limits_, &recurring_head_);
}

void CheckService::close(const net::Connection& connection) { uploads_.drop(connection); }

void CheckService::drain() {
  is_draining_ = true;
  recurring_ = {};  // which may have kept its connection
}

size_t CheckService::receive(net::Connection& connection, std::string_view bytes) {
  RequestParser& parser = parsers_[connection.index()];
  budget_.begin_share();
  size_t num_consumed = 0;
  while (num_consumed < bytes.size() && !connection.output_full()) {
    if (uploads_.is_active(connection)) {
      const Uploads::Progress progress = advance(connection, bytes.substr(num_consumed));
      if (progress.is_last) return bytes.size();
      num_consumed += progress.num_consumed;
      if (connection.is_postponed()) break;
      continue;
    }
    switch (parser.parse(bytes.substr(num_consumed))) {
      case RequestParser::Outcome::kIncomplete:
        return num_consumed;
      case RequestParser::Outcome::kRefused:
        refuse(connection, parser.refusal());
        return bytes.size();
      case RequestParser::Outcome::kComplete:
        switch (serve(connection, parser.request())) {
          case Served::kLast:
            return bytes.size();
          case Served::kLater:
            connection.postpone();
            return num_consumed;
          case Served::kDone:
            num_consumed += parser.head_bytes();
        }
    }
  }
  return num_consumed;
}

void CheckService::expire(net::Connection& connection) {
  if (!uploads_.drop(connection)) refuse(connection, Status::kRequestTimeout);
}

void CheckService::refuse(net::Connection& connection, Status status) {
  metrics_.count_parse_error(status);
  queue(connection, Contract::kNone, Persistence::kClose).answer = &plain_answer(status);
}

// Nobody waits for a body: some proxies announce their client's and never send it. So the
// connection ends with that request: what comes next would be taken for another.
CheckService::Served CheckService::serve(net::Connection& connection,
                                         const http::Request& request) {
  if (request.recurrence != 0 && request.recurrence == recurring_.recurrence) {
    return serve_check(connection, request, recurring_.check,
                       request.authorization.substr(recurring_.token_begin));
  }
  const bool keep_alive =
      !is_draining_ && request.keep_alive && request.body == http::BodyFraming::kNone;
  const Persistence persistence = keep_alive ? Persistence::kKeepAlive : Persistence::kClose;
  const Route route = find_route(request.path);
  if (reads_body(route.contract)) {
    return begin_upload(connection, request, route) ? Served::kDone : Served::kLast;
  }
  if (route.contract == Contract::kNone) {
    queue(connection, route.contract, persistence).answer = &plain_answer(Status::kNotFound);
  } else if (route.contract == Contract::kHealth) {
    const bool is_read =
        request.method == http::Method::kGet || request.method == http::Method::kHead;
    queue(connection, route.contract, persistence).answer =
        &plain_answer(is_read ? Status::kOk : Status::kMethodNotAllowed);
  } else {
    return serve_check(connection, request,
                       {.policy = &policies()[route.policy],
                        .contract = route.contract,
                        .persistence = persistence,
                        .is_for_head = request.method == http::Method::kHead},
                       std::nullopt);
  }
  return keep_alive ? Served::kDone : Served::kLast;
}

// `token` is the request's if that is known, else it is looked for.
CheckService::Served CheckService::serve_check(net::Connection& connection,
                                               const http::Request& request, const Check& check,
                                               std::optional<std::string_view> token) {
  const ServedPolicy& policy = *check.policy;
  if (!batch_.has_room_for(policy)) answer_queued();
  if (!may_verify(policy)) return Served::kLater;
  Queued& queued = queue(connection, check.contract, check.persistence);
  queued.policy = &policy;
  queued.is_for_head = check.is_for_head;
  if (!token) {
    token = find_token(request, queued);
    note_recurring(request, check, token);
  }
  if (token) {
    queued.token = batch_.add(policy, *token);
    budget_.promise(policy.token_work);
  }
  if (decisions_ != nullptr) queued.request = request;
  return check.persistence == Persistence::kKeepAlive ? Served::kDone : Served::kLast;
}

// A token behind "Bearer" is where heads that recur may differ: whatever a policy asks for before
// or beside it is the same, as long as it is this very policy.
void CheckService::note_recurring(const http::Request& request, const Check& check,
                                  std::optional<std::string_view> token) {
  const std::vector<TokenSource>& sources = check.policy->config.token_from;
  if (request.recurrence == 0 || !token || token->empty() || sources.size() != 1 ||
      sources.front().kind != TokenSource::Kind::kAuthorization) {
    return;
  }
  recurring_ = {request.recurrence, check,
                static_cast<size_t>(token->data() - request.authorization.data())};
}

bool CheckService::may_verify(const ServedPolicy& policy) {
  if (budget_.has_room_for(policy.token_work)) return true;
  answer_queued();  // then one knows how much it really was
  return budget_.has_room_for(policy.token_work);
}

// The requests of a burst mostly go the same way.
Route CheckService::find_route(std::string_view path) {
  if (path != last_path_) {
    last_route_ = policies().route(path);
    last_path_ = path;
  }
  return last_route_;
}

// Whether another request may follow, once this one's body is read.
bool CheckService::begin_upload(net::Connection& connection, const http::Request& request,
                                Route route) {
  const Persistence persistence =
      !is_draining_ && request.keep_alive ? Persistence::kKeepAlive : Persistence::kClose;
  answer_queued();  // what it writes is not queued
  const Answer* refusal = uploads_.begin(connection, request, route, persistence, upload_context());
  if (refusal == nullptr) {
    // What the head already tells: that there is no body, or too much of one.
    const bool is_last = advance(connection, {}).is_last;
    if (!uploads_.is_active(connection)) return !is_last;
    if (request.expects_continue) connection.write(http::kContinue);
    return true;
  }
  const bool keep_alive =
      persistence == Persistence::kKeepAlive && request.body == http::BodyFraming::kNone;
  queue(connection, route.contract, keep_alive ? Persistence::kKeepAlive : Persistence::kClose)
      .answer = refusal;
  return keep_alive;
}

// Gives an upload what has come of its body.
Uploads::Progress CheckService::advance(net::Connection& connection, std::string_view bytes) {
  const Uploads::Progress progress = uploads_.receive(connection, bytes, upload_context());
  if (progress.refusal != Status::kOk) {
    refuse(connection, progress.refusal);
  } else if (progress.is_last) {
    connection.finish();
  }
  return progress;
}

// Who asks /verify wants a token judged, and gets no answer for having none.
std::optional<std::string_view> CheckService::find_token(const http::Request& request,
                                                         Queued& queued) {
  const PolicyConfig& config = queued.policy->config;
  const bool asks_for_itself = queued.contract == Contract::kVerify;
  if (!asks_for_itself && (queued.policy->is_open ||
                           (config.passes_preflight && is_preflight(request, queued.contract)))) {
    queued.outcome = Outcome::kAnonymous;
    return std::nullopt;
  }
  const Credentials credentials = find_credentials(request, config.token_from);
  switch (credentials.kind) {
    case Credentials::Kind::kNone:
      queued.outcome =
          config.is_optional && !asks_for_itself ? Outcome::kAnonymous : Outcome::kMissing;
      break;
    case Credentials::Kind::kMultiple:
      queued.outcome = Outcome::kMultiple;
      break;
    case Credentials::Kind::kToken:
      return credentials.token;
  }
  return std::nullopt;
}

CheckService::Queued& CheckService::queue(net::Connection& connection, Contract contract,
                                          Persistence persistence) {
  if (num_queued_ == kQueueMax) answer_queued();
  if (persistence == Persistence::kClose) connection.finish();
  Queued& queued = queue_[num_queued_++];
  queued.connection = &connection;
  queued.policy = nullptr;
  queued.token = kNoToken;
  queued.outcome = Outcome::kMissing;
  queued.is_for_head = false;
  queued.contract = contract;
  queued.persistence = persistence;
  return queued;
}

// --- Answers ---

void CheckService::flush() {
  answer_queued();
  if (policies_ == nullptr) return;
  policies_ = nullptr;
  last_path_ = {};
  last_route_ = {};
  recurring_ = {};
  reader_.park();
}

void CheckService::answer_queued() {
  if (num_queued_ == 0) return;
  answers_began_ = batch_.verify(now_unix_seconds_, metrics_);
  budget_.settle(batch_.work_done());
  for (const Queued& queued : std::span(queue_.data(), num_queued_)) answer(queued);
  metrics_.request_duration.observe(answers_began_ - turn_began_, num_queued_);
  rendered_.answer = nullptr;
  batch_.clear();
  num_queued_ = 0;
}

void CheckService::answer(const Queued& queued) {
  const VerifyResult* result = queued.token == kNoToken ? nullptr : &batch_.result(queued.token);
  Outcome outcome = queued.outcome;
  if (result != nullptr) {
    outcome = outcome_of(batch_.token(queued.token), *result, queued.policy->verifier.policy());
  }
  const Answer& answer = queued.policy == nullptr
                             ? *queued.answer
                             : queued.policy->answers->of(queued.contract, outcome);
  write(queued, answer, outcome, result);
  metrics_.count_request(queued.connection->listener(), queued.contract, answer.status);
  if (queued.policy == nullptr) return;
  queued.policy->count(reactor_, outcome, result);
  if (decisions_ != nullptr) log(queued, answer, outcome, result);
}

void CheckService::write(const Queued& queued, const Answer& answer, Outcome outcome,
                         const VerifyResult* result) {
  if (queued.policy != nullptr) {
    if (queued.contract == Contract::kVerify) {
      return write_verification(queued, answer, outcome, result);
    }
    if (is_allowed(outcome) && queued.policy->tells_more_when_allowed) {
      return write_identity(queued, answer, result);
    }
  }
  queued.connection->write(rendered(answer, queued.persistence, queued.is_for_head));
}

// The answers of a burst are mostly the same.
std::string_view CheckService::rendered(const Answer& answer, Persistence persistence,
                                        bool is_for_head) {
  Rendered& last = rendered_;
  if (last.answer != &answer || last.persistence != persistence ||
      last.is_for_head != is_for_head) {
    last.answer = &answer;
    last.persistence = persistence;
    last.is_for_head = is_for_head;
    last.text.clear();
    Text out{last.text};
    answer.response.write_to(out, head_end_, persistence, is_for_head);
  }
  return last.text;
}

void CheckService::write_identity(const Queued& queued, const Answer& answer,
                                  const VerifyResult* result) {
  const PolicyConfig& config = queued.policy->config;
  const VerifiedToken* token = result == nullptr ? nullptr : &**result;
  text_ = answer.response.head();
  if (queued.contract == Contract::kNginx && token != nullptr && config.cache_seconds > 0) {
    // nginx still uses an answer in the very second it ends; the token is no good in its.
    const int64_t seconds_left =
        std::max<int64_t>(token->exp().value_or(kNumericDateMax) - 1 - now_unix_seconds_, 0);
    append(text_, "X-Accel-Expires: ", std::min(seconds_left, config.cache_seconds), "\r\n");
  }
  const std::string_view end = head_end_.text(queued.persistence);
  const size_t num_dropped = identity_writer_.append_lines(
      text_, config, token, kIdentityBytesMax - text_.size() - end.size());
  if (num_dropped > 0) metrics_.identity_headers_dropped.add(num_dropped);
  text_.append(end);
  queued.connection->write(text_);
}

void CheckService::write_verification(const Queued& queued, const Answer& answer, Outcome outcome,
                                      const VerifyResult* result) {
  text_.clear();
  append_verification_json(text_, outcome, result, queued.policy->verifier.policy());
  answer.response.write_with(text_, *queued.connection, head_end_, queued.persistence,
                             queued.is_for_head);
}

// --- Books ---

void CheckService::log(const Queued& queued, const Answer& answer, Outcome outcome,
                       const VerifyResult* result) {
  if (!decisions_->wants(result_of(outcome))) return;
  const OriginalRequest original = original_request(queued.request, queued.contract);
  const std::string client = original.client.empty()
                                 ? queued.connection->client_address().to_string()
                                 : std::string(original.client);
  Decision decision =
      decision_of(outcome, result == nullptr ? "" : batch_.token(queued.token), result);
  decision.contract = queued.contract;
  decision.status = answer.status;
  decision.duration_nanoseconds = answers_began_ - turn_began_;
  decision.policy = queued.policy->config.name;
  decision.method = original.method;
  decision.host = original.host;
  decision.uri = original.uri;
  decision.client = client;
  decision.request_id = original.request_id;
  decisions_->record(decision);
}

}  // namespace simdjwt::serve
