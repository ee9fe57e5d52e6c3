// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// RequestParser: the heads of HTTP/1.0 and HTTP/1.1 requests (RFC 9112), one grammar, no lenient
// mode.

#ifndef SIMDJWT_IO_HTTP_REQUEST_PARSER_H_
#define SIMDJWT_IO_HTTP_REQUEST_PARSER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/recurring_head.h"
#include "http/request.h"
#include "http/status.h"

namespace simdjwt::http {

// What a head may at most be.
struct ParserLimits {
  static constexpr uint32_t kHeadBytesMin = 1024;
  static constexpr uint32_t kHeadBytesMax = 64 * 1024;  // offsets into a head fit 16 bits

  uint32_t head_bytes = 16 * 1024;  // within [kHeadBytesMin, kHeadBytesMax]
  uint8_t fields = 100;             // below 255

  // Half of a head, so that fields fit behind every target: by default 8 KiB, where RFC 9112
  // section 3 asks for 8000 octets at least.
  [[nodiscard]] constexpr size_t target_bytes() const noexcept { return head_bytes / 2; }
  [[nodiscard]] constexpr size_t request_line_bytes() const noexcept { return target_bytes() + 64; }
};

// Parses one head after another from a growing buffer:
//
//   |GET /check HTTP/1.1\r\n|Host: a\r\n|Authoriz|
//   line parsed              line parsed line_begin_   scanned_
//
// Every line is parsed once, when its end has arrived, and the search for that end never starts
// over: bytes that arrive one at a time cost no more than linear time, and the outcome is the same
// as if all had come at once. Allocates nothing; keeps offsets, so the buffer may move between
// calls.
//
// Any method is accepted but CONNECT, as nothing here is a tunnel (501). A body is only announced:
// who neither decodes it nor lets the request be the connection's last would take it for the next
// one.
class RequestParser {
 public:
  // `recurring`, if there is one, outlives the parser, which then takes a short cut where it may.
  explicit RequestParser(const ParserLimits& limits = {},
                         RecurringHead* recurring = nullptr) noexcept
      : limits_(limits), recurring_(recurring) {}

  enum class Outcome : uint8_t {
    kIncomplete,  // call again with the same bytes and more
    kComplete,    // request() holds it; the next one begins head_bytes() behind this one
    kRefused,     // answer with refusal(), then close: what follows is never parsed
  };

  // `bytes` begin where the current request begins. After kComplete, the next call begins another
  // request; after kRefused, every call refuses.
  [[nodiscard]] Outcome parse(std::string_view bytes) noexcept;

  [[nodiscard]] const Request& request() const noexcept { return request_; }
  [[nodiscard]] size_t head_bytes() const noexcept { return line_begin_; }
  [[nodiscard]] Status refusal() const noexcept { return refusal_; }

 private:
  enum class Stage : uint8_t { kRequestLine, kFields, kComplete, kRefused };

  // A part of the head that outlives a move of the buffer.
  struct Part {
    uint16_t begin = 0;
    uint16_t length = 0;

    [[nodiscard]] std::string_view of(std::string_view head) const noexcept {
      return {head.data() + begin, length};
    }
  };
  static Part make_part(size_t begin, size_t length) noexcept {
    return {static_cast<uint16_t>(begin), static_cast<uint16_t>(length)};
  }

  // Whether nothing of the head has been looked at.
  [[nodiscard]] bool is_at_begin() const noexcept {
    return stage_ == Stage::kComplete || (line_begin_ == 0 && scanned_ == 0);
  }
  Outcome refuse(Status status) noexcept;
  Outcome complete(std::string_view head) noexcept;
  // Each returns Status::kOk or the refusal.
  Status parse_request_line(std::string_view line, size_t line_begin) noexcept;
  Status parse_target(std::string_view target, size_t target_begin) noexcept;
  // The line is head[begin, end), and a CR follows.
  Status parse_field(std::string_view head, size_t begin, size_t end) noexcept;
  Status parse_content_length(std::string_view value) noexcept;
  // At the end of the head.
  Status settle_framing() noexcept;

  Request request_;
  ParserLimits limits_;
  RecurringHead* recurring_;
  Part method_;
  Part path_;
  Part query_;
  Part authorization_;
  size_t fields_begin_ = 0;
  size_t line_begin_ = 0;  // of the line that is not complete yet
  size_t scanned_ = 0;     // no line end in [line_begin_, scanned_)
  Status refusal_ = Status::kOk;
  Stage stage_ = Stage::kRequestLine;
  uint8_t num_fields_ = 0;
  bool skipped_empty_line_ = false;
  bool has_host_ = false;
  bool has_content_length_ = false;
  bool has_transfer_encoding_ = false;
  bool is_chunked_ = false;
  bool wants_close_ = false;
  bool expects_other_ = false;  // than 100-continue
};

}  // namespace simdjwt::http

#endif  // SIMDJWT_IO_HTTP_REQUEST_PARSER_H_
