// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Upload: a request whose body is worked on while it arrives. Uploads: those of one reactor.

#ifndef SIMDJWT_IO_SERVE_UPLOAD_H_
#define SIMDJWT_IO_SERVE_UPLOAD_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/body_decoder.h"
#include "http/request.h"
#include "http/response.h"
#include "http/status.h"
#include "net/connection.h"
#include "serve/answers.h"
#include "serve/contract.h"
#include "serve/decision_log.h"
#include "serve/metrics.h"
#include "serve/policy_set.h"
#include "serve/router.h"
#include "serve/signature_work.h"
#include "serve/token_lines.h"
#include "simdjwt/verifier.h"

namespace simdjwt::serve {

// What verdicts are made in; all uploads of a reactor share one.
struct VerdictRoom {
  std::array<VerifyResult, TokenLines::kBatchMax> results;
  std::string text;
};

// What an upload works with, for one call.
struct UploadTurn {
  net::Connection& connection;
  const ServedPolicy& policy;  // of the newest configuration: it may change between two pieces
  Scratch& scratch;
  VerdictRoom& room;
  SignatureBudget& budget;
  DecisionLog::Channel* decisions;  // or null
  const http::HeadEnd& head_end;
  ReactorMetrics& metrics;
  size_t reactor;
  int64_t now_unix_seconds;
  uint64_t began;  // in steady_nanoseconds()
};

// What an answer must know of the request, whose head is gone by then.
struct UploadRequest {
  Contract contract;
  http::Version version;
  http::Persistence persistence;
  std::string request_id;  // if decisions are logged
};

// Counts what a token came to that was in the body of such a request, and logs it.
void book(const UploadRequest& request, http::Status status, std::string_view token,
          Outcome outcome, const VerifyResult& result, const UploadTurn& turn);

class Upload {
 public:
  virtual ~Upload() = default;

  // Takes the next piece of the body, in order. Views of it end with the call. Returns how many
  // bytes were taken: fewer, where the output is full or the budget spent; the rest comes again.
  virtual size_t receive(std::string_view content, const UploadTurn& turn) = 0;
  // The body is over: writes the answer, or what is left of it. Returns its status.
  virtual http::Status complete(const UploadTurn& turn) = 0;
  // Whether some of the answer is written. Then nothing but the end of the connection can tell the
  // client that its body was malformed or came too slowly.
  [[nodiscard]] virtual bool has_answered() const noexcept { return false; }
};

// Whether requests by this contract are uploads.
[[nodiscard]] constexpr bool reads_body(Contract contract) noexcept {
  return contract == Contract::kBulk || contract == Contract::kIntrospect;
}

class Uploads {
 public:
  // The endless ones are bounded in what is kept of them, not in bytes.
  Uploads(size_t num_connections_max, size_t introspection_bytes_max, ReactorMetrics& metrics)
      : introspection_bytes_max_(introspection_bytes_max),
        metrics_(metrics),
        active_(num_connections_max) {}

  // What the reactor lends to each call.
  struct Context {
    const PolicySet& policies;
    SignatureBudget& budget;
    DecisionLog::Channel* decisions;  // or null
    const http::HeadEnd& head_end;
    size_t reactor;
    int64_t now_unix_seconds;
    uint64_t began;  // the turn, in steady_nanoseconds()
  };

  [[nodiscard]] bool is_active(const net::Connection& connection) const noexcept {
    return active_[connection.index()] != nullptr;
  }

  // Takes up a request to an endpoint that reads bodies. All earlier requests of the connection are
  // answered. Returns null, or with what to refuse the request.
  [[nodiscard]] const Answer* begin(net::Connection& connection, const http::Request& request,
                                    Route route, http::Persistence persistence,
                                    const Context& context);

  struct Progress {
    size_t num_consumed;
    http::Status refusal;  // kOk: none
    bool is_last;          // no request follows on the connection
  };
  // Takes what has arrived of the body, of an active upload; no bytes at all tell of a body's end
  // that was there before. Stops early when the connection's output is full, or postpones the rest.
  [[nodiscard]] Progress receive(net::Connection& connection, std::string_view bytes,
                                 const Context& context);

  // Gives up what is active, if anything is. Returns whether some of its answer is written.
  bool drop(const net::Connection& connection) noexcept;

 private:
  struct Active {
    std::string path;  // names contract and policy, in whatever configuration is in force
    http::BodyDecoder body;
    std::unique_ptr<Upload> upload;
    http::Persistence persistence;
  };

  Progress refuse(const net::Connection& connection, http::Status status, size_t num_consumed);
  // What is active, if anything is, and is no more.
  std::unique_ptr<Active> take(const net::Connection& connection) noexcept;

  const size_t introspection_bytes_max_;
  ReactorMetrics& metrics_;
  std::vector<std::unique_ptr<Active>> active_;  // by connection
  std::optional<Scratch> scratch_;               // made when first needed
  VerdictRoom room_;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_UPLOAD_H_
