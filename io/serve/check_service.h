// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// CheckService: HTTP/1.1 whose one question is whether a bearer token is good.
//
//   GET /verify/default   200 for a good token, else 400, 401 or 403 with a challenge (RFC 6750)
//   GET /livez   200

#ifndef SIMDJWT_IO_SERVE_CHECK_SERVICE_H_
#define SIMDJWT_IO_SERVE_CHECK_SERVICE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "http/request_parser.h"
#include "http/response.h"
#include "net/connection.h"
#include "serve/answers.h"
#include "simdjwt/snapshot.h"
#include "simdjwt/verifier.h"

namespace simdjwt::serve {

struct CheckCounters {
  uint64_t requests = 0;
  uint64_t tokens_accepted = 0;
  uint64_t tokens_rejected = 0;
  uint64_t requests_refused = 0;  // by the parser or for their slowness
  uint64_t batches = 0;
};

// Of one reactor. The requests that arrive in one turn, over all connections, are queued and
// verified together: up to kBatchMax at a time.
class CheckService final : public net::Protocol {
 public:
  static constexpr size_t kBatchMax = 256;

  CheckService(Snapshot<Verifier>& verifier, const ChallengeConfig& options,
               size_t num_connections_max);

  void begin_turn(const net::Instant& now) override;
  void open(const net::Connection& connection) override;
  size_t receive(net::Connection& connection, std::string_view bytes) override;
  void expire(net::Connection& connection) override;
  void flush() override;
  void drain() override { is_draining_ = true; }

  [[nodiscard]] const CheckCounters& counters() const noexcept { return counters_; }

 private:
  // A request whose turn it is to be answered: with `response`, or, if null, as the next token is
  // judged.
  struct Queued {
    net::Connection* connection;
    const http::Response* response;
    http::Persistence persistence;
  };

  // Whether another request may follow.
  bool serve(net::Connection& connection, const http::Request& request);
  void check(net::Connection& connection, const http::Request& request, bool keep_alive);
  // All answers go through the queue: those of one connection must leave in order.
  void queue(net::Connection& connection, const http::Response* response, bool keep_alive);

  Snapshot<Verifier>::Reader reader_;
  Scratch scratch_;
  Answers answers_;
  http::HeadEnd head_end_;
  std::vector<http::RequestParser> parsers_;  // by connection
  std::array<Queued, kBatchMax> queue_;
  std::array<std::string_view, kBatchMax> tokens_;
  std::array<VerifyResult, kBatchMax> results_;
  size_t num_queued_ = 0;
  size_t num_tokens_ = 0;
  int64_t now_unix_seconds_ = 0;
  bool is_draining_ = false;
  CheckCounters counters_;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_CHECK_SERVICE_H_
