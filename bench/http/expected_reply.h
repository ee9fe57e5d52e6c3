// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// ExpectedReply: what the server must answer to every request, to the byte.

#ifndef SIMDJWT_BENCH_HTTP_EXPECTED_REPLY_H_
#define SIMDJWT_BENCH_HTTP_EXPECTED_REPLY_H_

#include <absl/status/statusor.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace simdjwt::bench {

class ExpectedReply {
 public:
  // One whole reply. Fails if its status is not `status`, or its length is not told by a
  // Content-Length.
  [[nodiscard]] static absl::StatusOr<ExpectedReply> learn(std::string text, int status);

  // How far into the current reply a connection is; 0 between replies.
  using Offset = size_t;

  // Compares what arrived next with one reply after the other. Calls on_reply() for each that is
  // complete. Returns how many bytes are as expected: all, or there is a difference.
  template <class OnReply>
  [[nodiscard]] size_t match(std::string_view bytes, Offset& offset, OnReply on_reply) const {
    size_t num_matched = 0;
    while (num_matched < bytes.size()) {
      const std::string_view part = bytes.substr(num_matched, text_.size() - offset);
      if (!equals(part, offset)) return num_matched + difference(part, offset);
      num_matched += part.size();
      offset += part.size();
      if (offset == text_.size()) {
        offset = 0;
        on_reply();
      }
    }
    return num_matched;
  }

  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  [[nodiscard]] bool equals(std::string_view part, Offset offset) const noexcept;
  [[nodiscard]] size_t difference(std::string_view part, Offset offset) const noexcept;

  std::string text_;
  // The date, which may differ.
  size_t date_begin_ = 0;
  size_t date_end_ = 0;
};

// The bytes of the reply at the beginning of `bytes`, 0 if it is not complete yet.
[[nodiscard]] absl::StatusOr<size_t> reply_bytes(std::string_view bytes);

// For messages: what is not printable as in C.
[[nodiscard]] std::string escape(std::string_view bytes);

}  // namespace simdjwt::bench

#endif  // SIMDJWT_BENCH_HTTP_EXPECTED_REPLY_H_
