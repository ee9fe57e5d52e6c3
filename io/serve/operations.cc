// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/operations.h"

namespace simdjwt::serve {

using http::Status;

namespace {

constexpr char kText[] = "text/plain; charset=utf-8";
constexpr char kMetrics[] = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace

ControlResponse Operations::answer(const ControlRequest& request) const {
  const bool is_metrics = request.path == "/metrics";
  const bool is_readyz = request.path == "/readyz";
  if (!is_metrics && !is_readyz && request.path != "/livez") return {.status = Status::kNotFound};
  if (request.method != "GET") {
    return {.status = Status::kMethodNotAllowed, .fields = "Allow: GET, HEAD\r\n"};
  }
  if (is_metrics) return {.content_type = kMetrics, .body = metrics_()};
  const std::string why_not = is_readyz ? readiness_.why_not() : "";
  if (why_not.empty()) return {.content_type = kText, .body = "ok\n"};
  return {.status = Status::kUnavailable, .content_type = kText, .body = why_not + '\n'};
}

}  // namespace simdjwt::serve
