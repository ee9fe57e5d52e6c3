// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Bulk: POST /v1/verify/<policy>, any number of tokens, one a line.
//
// The answer is streamed while the body still comes, and nothing is kept of either, so both may be
// endless. It has one verdict for each token, in their order: by Accept
//
//   application/x-ndjson       what /verify says of each, one a line
//   application/octet-stream   a byte for each, the number of its Verdict: 0 is valid
//
// A client that sends much has to read while it sends, as curl does: when it takes no answers,
// no further tokens are read.

#ifndef SIMDJWT_IO_SERVE_BULK_H_
#define SIMDJWT_IO_SERVE_BULK_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "serve/token_lines.h"
#include "serve/upload.h"

namespace simdjwt::serve {

enum class BulkFormat : uint8_t { kJsonLines, kBytes };

// What the values of Accept fields ask for: bytes where they are named, else lines.
[[nodiscard]] BulkFormat bulk_format_of(std::string_view fields) noexcept;

class Bulk final : public Upload {
 public:
  Bulk(const UploadRequest& request, BulkFormat format) : request_(request), format_(format) {}

  size_t receive(std::string_view content, const UploadTurn& turn) override;
  http::Status complete(const UploadTurn& turn) override;
  [[nodiscard]] bool has_answered() const noexcept override { return has_answered_; }

 private:
  // Answers them, and returns how many more may be judged.
  size_t judge(std::span<const std::string_view> tokens, const UploadTurn& turn);
  void append_verdict(std::string_view token, const VerifyResult& result, const UploadTurn& turn);
  // Writes the verdicts of the room, of which there may be none, behind the head.
  void answer(const UploadTurn& turn);

  const UploadRequest request_;
  const BulkFormat format_;
  bool has_answered_ = false;
  TokenLines lines_;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_BULK_H_
