// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// CheckService: HTTP/1.1 whose one question is whether a token is good.
//
//   /check/<contract>/<policy>   the answer as that proxy understands it: see answers.h
//   /verify/<policy>             the same, with JSON that says what failed, or what the token says
//   /v1/verify/<policy>          POST: any number of tokens; see bulk.h
//   /introspect/<policy>         POST: RFC 7662; see introspection.h
//   /livez                       200
//
// Checks take any method: proxies ask with GET, HEAD, or their client's own.

#ifndef SIMDJWT_IO_SERVE_CHECK_SERVICE_H_
#define SIMDJWT_IO_SERVE_CHECK_SERVICE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/request_parser.h"
#include "http/response.h"
#include "net/connection.h"
#include "serve/answers.h"
#include "serve/decision_log.h"
#include "serve/identity.h"
#include "serve/metrics.h"
#include "serve/policy_set.h"
#include "serve/signature_work.h"
#include "serve/token_batch.h"
#include "serve/upload.h"
#include "simdjwt/snapshot.h"

namespace simdjwt::serve {

// What the services of a process share. All of it outlives them.
struct CheckContext {
  Snapshot<PolicySet>* policies;
  Metrics* metrics;
  DecisionLog* decision_log;  // or null
  http::ParserLimits parser_limits;
  size_t body_bytes_max;  // of an introspection
};

// Of one reactor. The requests that arrive in one turn, over all connections, are queued and their
// tokens verified together: up to kQueueMax at a time, per policy.
class CheckService final : public net::Protocol {
 public:
  static constexpr size_t kQueueMax = TokenBatch::kTokensMax;

  // `reactor` is its number, which no other service of the context has.
  CheckService(const CheckContext& context, size_t reactor, size_t num_connections_max);

  void begin_turn(const net::Instant& now) override;
  void open(const net::Connection& connection) override;
  void close(const net::Connection& connection) override;
  size_t receive(net::Connection& connection, std::string_view bytes) override;
  void expire(net::Connection& connection) override;
  void flush() override;
  void drain() override;

 private:
  static constexpr uint32_t kNoToken = UINT32_MAX;

  // A request whose turn it is to be answered. Its views are valid until then.
  struct Queued {
    net::Connection* connection;
    const ServedPolicy* policy;  // null: of no policy
    const Answer* answer;        // if of no policy
    uint32_t token;              // in the batch, or kNoToken: then the outcome is known
    Outcome outcome;
    bool is_for_head;
    Contract contract;
    http::Persistence persistence;
    http::Request request;  // if decisions are logged
  };

  // What the head of a check comes to, before its token is looked at.
  struct Check {
    const ServedPolicy* policy;
    Contract contract;
    http::Persistence persistence;
    bool is_for_head;
  };
  // The last head of this turn that had a token where it may recur with another: then it comes to
  // the same, and nobody looks for the token.
  struct Recurring {
    uint64_t recurrence = 0;  // of http::Request; 0: there is none
    Check check;
    size_t token_begin;  // in Request::authorization
  };

  // The last answer of those being given, whole; but for what is made for one request.
  struct Rendered {
    const Answer* answer = nullptr;
    http::Persistence persistence{};
    bool is_for_head = false;
    std::string text;
  };

  // The newest; the same all turn long.
  const PolicySet& policies();
  [[nodiscard]] Uploads::Context upload_context() {
    return {policies(), budget_, decisions_, head_end_, reactor_, now_unix_seconds_, turn_began_};
  }

  enum class Served : uint8_t {
    kDone,
    kLast,   // no other request may follow
    kLater,  // not yet: the connection is postponed
  };
  Served serve(net::Connection& connection, const http::Request& request);
  Served serve_check(net::Connection& connection, const http::Request& request, const Check& check,
                     std::optional<std::string_view> token);
  // Whether there is room in this turn for a token of the policy.
  bool may_verify(const ServedPolicy& policy);
  Route find_route(std::string_view path);
  bool begin_upload(net::Connection& connection, const http::Request& request, Route route);
  Uploads::Progress advance(net::Connection& connection, std::string_view bytes);
  void note_recurring(const http::Request& request, const Check& check,
                      std::optional<std::string_view> token);
  // The token to be verified, or none: then `queued` has the outcome.
  std::optional<std::string_view> find_token(const http::Request& request, Queued& queued);
  // All answers go through the queue: those of one connection must leave in order. The caller fills
  // in the rest.
  Queued& queue(net::Connection& connection, Contract contract, http::Persistence persistence);
  void refuse(net::Connection& connection, http::Status status);

  void answer_queued();
  void answer(const Queued& queued);
  void write(const Queued& queued, const Answer& answer, Outcome outcome,
             const VerifyResult* result);
  std::string_view rendered(const Answer& answer, http::Persistence persistence, bool is_for_head);
  void write_identity(const Queued& queued, const Answer& answer, const VerifyResult* result);
  void write_verification(const Queued& queued, const Answer& answer, Outcome outcome,
                          const VerifyResult* result);
  void log(const Queued& queued, const Answer& answer, Outcome outcome, const VerifyResult* result);

  const size_t reactor_;
  Snapshot<PolicySet>::Reader reader_;
  const PolicySet* policies_ = nullptr;  // entered with the first request of a turn
  std::string_view last_path_;           // of this turn
  Route last_route_;
  Recurring recurring_;
  ReactorMetrics& metrics_;
  DecisionLog::Channel* const decisions_;  // or null
  const http::ParserLimits parser_limits_;
  http::RecurringHead recurring_head_;
  std::vector<http::RequestParser> parsers_;  // by connection
  Uploads uploads_;
  http::HeadEnd head_end_;
  TokenBatch batch_;
  SignatureBudget budget_;
  std::array<Queued, kQueueMax> queue_;
  size_t num_queued_ = 0;
  Rendered rendered_;
  IdentityWriter identity_writer_;
  std::string text_;
  int64_t now_unix_seconds_ = 0;
  uint64_t turn_began_ = 0;  // nanoseconds
  uint64_t answers_began_ = 0;
  bool is_draining_ = false;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_CHECK_SERVICE_H_
