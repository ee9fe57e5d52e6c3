// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "api/problem.h"

#include "api/json_writer.h"

namespace simdjwt::api {

using http::Status;

serve::ControlResponse response_of(const Problem& problem) {
  JsonWriter json;
  json.begin_object()
      .add("title", reason_phrase(problem.status))
      .add("status", static_cast<int64_t>(problem.status))
      .add("code", problem.code)
      .add("detail", problem.detail);
  if (!problem.member.empty()) json.add("member", problem.member);
  if (!problem.parameter.empty()) json.add("parameter", problem.parameter);
  json.end_object();
  return {.status = problem.status,
          .content_type = "application/problem+json",
          .fields = problem.status == Status::kUnavailable ? "Retry-After: 1\r\n" : "",
          .body = std::move(json).take()};
}

Problem problem_of(const absl::Status& status) {
  std::string detail(status.message());
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return {Status::kUnprocessableContent, "invalid_value", std::move(detail)};
    case absl::StatusCode::kNotFound:
      return {Status::kNotFound, "not_found", std::move(detail)};
    case absl::StatusCode::kAlreadyExists:
      return {Status::kConflict, "already_exists", std::move(detail)};
    case absl::StatusCode::kFailedPrecondition:
      return {Status::kConflict, "conflict", std::move(detail)};
    case absl::StatusCode::kUnavailable:
      return {Status::kUnavailable, "unavailable", std::move(detail)};
    case absl::StatusCode::kResourceExhausted:
      return {Status::kUnavailable, "exhausted", std::move(detail)};
    default:
      return {Status::kInternalError, "internal", std::move(detail)};
  }
}

}  // namespace simdjwt::api
