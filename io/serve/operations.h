// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Operations: what those who run the daemon ask it over HTTP.
//
//   GET /livez     200: the process answers
//   GET /readyz    200, or 503 and one line that says why: not to be sent requests now
//   GET /metrics   Prometheus text format 0.0.4
//
// Nothing here is secret, but nothing is meant for everybody either: put it where only your network
// reaches it.

#ifndef SIMDJWT_IO_SERVE_OPERATIONS_H_
#define SIMDJWT_IO_SERVE_OPERATIONS_H_

#include <functional>
#include <string>
#include <utility>

#include "serve/control_request.h"
#include "serve/readiness.h"

namespace simdjwt::serve {

class Operations {
 public:
  // `metrics` renders the body of /metrics; it may take its time. `readiness` outlives this.
  Operations(const Readiness& readiness, std::function<std::string()> metrics)
      : readiness_(readiness), metrics_(std::move(metrics)) {}

  // 404 for every other path.
  [[nodiscard]] ControlResponse answer(const ControlRequest& request) const;

 private:
  const Readiness& readiness_;
  const std::function<std::string()> metrics_;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_OPERATIONS_H_
