// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// ExpectedReplies: what the server must answer to each request, to the byte.

#ifndef SIMDJWT_BENCH_HTTP_EXPECTED_REPLIES_H_
#define SIMDJWT_BENCH_HTTP_EXPECTED_REPLIES_H_

#include <absl/status/statusor.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace simdjwt::bench {

// A reply, its body freed of chunks.
struct Reply {
  std::string head;  // with the empty line
  std::string body;
  size_t num_bytes = 0;  // of both, as they came
};

// The reply at the beginning of `bytes`; num_bytes is 0 if it is not complete yet. Fails if neither
// a Content-Length nor chunks tell where it ends.
[[nodiscard]] absl::StatusOr<Reply> parse_reply(std::string_view bytes);

// For messages: what is not printable as in C.
[[nodiscard]] std::string escape(std::string_view bytes);

// All replies have one head, in which the date alone may differ, and each request has its body, or
// one is common to all. How a body is cut into chunks is the server's affair.
class ExpectedReplies {
 public:
  // `bodies` holds one for each request, or one for all. Fails if the status is not `status`.
  [[nodiscard]] static absl::StatusOr<ExpectedReplies> create(std::string head, int status,
                                                              std::vector<std::string> bodies);

  // How far a connection is in its stream of replies.
  class Position {
   public:
    // The first reply will be the one to request `request`.
    explicit Position(size_t request = 0) noexcept : request_(request) {}

   private:
    friend class ExpectedReplies;
    enum class Part : uint8_t {
      kHead,
      kChunkSize,
      kChunkSizeEnd,
      kChunkData,
      kChunkEnd,
      kLastLine
    };
    Part part_ = Part::kHead;
    size_t offset_ = 0;      // in the head, the digits of a size or a line's end
    size_t in_body_ = 0;     // in the body
    size_t chunk_left_ = 0;  // of the chunk, while its size is read: the size so far
    size_t request_;
  };

  // Takes what arrived next and counts the replies that are complete in `num_replies`. Returns how
  // many bytes are as expected: all, or there is a difference.
  [[nodiscard]] size_t match(std::string_view bytes, Position& position, size_t& num_replies) const;

  // What should come at that position.
  [[nodiscard]] std::string_view expected_at(const Position& position) const;

 private:
  [[nodiscard]] const std::string& body_of(size_t request) const {
    return bodies_[bodies_.size() == 1 ? 0 : request];
  }
  [[nodiscard]] bool head_equals(std::string_view part, size_t offset) const noexcept;
  size_t match_head(std::string_view bytes, Position& position) const;
  size_t match_body(std::string_view bytes, Position& position) const;
  size_t match_chunk_size(std::string_view bytes, Position& position) const;
  bool end_reply(Position& position) const;

  std::string head_;
  // Of the date in the head.
  size_t date_begin_ = 0;
  size_t date_end_ = 0;
  bool is_chunked_ = false;
  std::vector<std::string> bodies_;
};

}  // namespace simdjwt::bench

#endif  // SIMDJWT_BENCH_HTTP_EXPECTED_REPLIES_H_
