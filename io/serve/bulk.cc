// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/bulk.h"

#include "http/fields.h"
#include "serve/answers.h"
#include "serve/reason.h"
#include "serve/verification_json.h"

namespace simdjwt::serve {
namespace {

constexpr std::string_view kBytesType = "application/octet-stream";

http::Response head_of(BulkFormat format, http::Version version) {
  constexpr std::string_view kLinesField = "Content-Type: application/x-ndjson\r\n";
  constexpr std::string_view kBytesField = "Content-Type: application/octet-stream\r\n";
  return http::Response::streamed(
      http::Status::kOk, format == BulkFormat::kBytes ? kBytesField : kLinesField, version);
}

// As many as there is room for, in what may be verified and in what may be kept of the answers: a
// line of one byte has a verdict of more than a hundred.
size_t num_tokens_now(const UploadTurn& turn) {
  if (turn.connection.output_full()) return 0;
  return turn.budget.num_tokens(turn.policy.token_work, TokenLines::kBatchMax);
}

}  // namespace

BulkFormat bulk_format_of(std::string_view fields) noexcept {
  const http::Found accept = http::find_field(fields, "accept");
  return accept.value.find(kBytesType) == std::string_view::npos ? BulkFormat::kJsonLines
                                                                 : BulkFormat::kBytes;
}

size_t Bulk::receive(std::string_view content, const UploadTurn& turn) {
  return lines_.add(content, num_tokens_now(turn),
                    [&](std::span<const std::string_view> tokens) { return judge(tokens, turn); });
}

http::Status Bulk::complete(const UploadTurn& turn) {
  lines_.finish([&](std::span<const std::string_view> tokens) { judge(tokens, turn); });
  if (!has_answered_) answer(turn);
  http::end_streamed(turn.connection, request_.version);
  return http::Status::kOk;
}

size_t Bulk::judge(std::span<const std::string_view> tokens, const UploadTurn& turn) {
  const Verifier& verifier = turn.policy.verifier;
  const uint64_t began = steady_nanoseconds();
  verifier.verify_batch(tokens, turn.room.results, turn.scratch, turn.now_unix_seconds);
  turn.metrics.count_batch(turn.policy.key_kind, steady_nanoseconds() - began, tokens.size());
  const SignatureLookups lookups = turn.scratch.take_signature_lookups();
  turn.metrics.count_lookups(lookups);
  turn.budget.spend(turn.policy.work_done(tokens.size(), lookups));
  turn.room.text.clear();
  for (size_t i = 0; i < tokens.size(); ++i) {
    append_verdict(tokens[i], turn.room.results[i], turn);
  }
  answer(turn);
  return num_tokens_now(turn);
}

void Bulk::append_verdict(std::string_view token, const VerifyResult& result,
                          const UploadTurn& turn) {
  const Policy& policy = turn.policy.verifier.policy();
  const Outcome outcome = outcome_of(token, result, policy);
  book(request_, http::Status::kOk, token, outcome, result, turn);
  if (format_ == BulkFormat::kBytes) {
    turn.room.text.push_back(static_cast<char>(result.verdict()));
  } else {
    append_verification_json(turn.room.text, outcome, &result, policy);
  }
}

void Bulk::answer(const UploadTurn& turn) {
  if (!has_answered_) {
    has_answered_ = true;
    turn.connection.write(head_of(format_, request_.version).head());
    turn.connection.write(turn.head_end.text(request_.persistence));
  }
  http::write_streamed(turn.connection, turn.room.text, request_.version);
  turn.room.text.clear();
}

}  // namespace simdjwt::serve
