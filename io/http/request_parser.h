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

#include "http/status.h"

namespace simdjwt::http {

inline constexpr size_t kHeadBytesMax = 16 * 1024;
inline constexpr size_t kTargetBytesMax = 8 * 1024;  // RFC 9112 section 3 asks for 8000
inline constexpr size_t kRequestLineBytesMax = kTargetBytesMax + 64;
inline constexpr size_t kFieldsMax = 100;

static_assert(kRequestLineBytesMax < kHeadBytesMax, "a long target still leaves room for fields");
static_assert(kHeadBytesMax <= 0xffff, "offsets into a head fit 16 bits");

enum class Method : uint8_t { kGet, kHead, kOther };

// What the endpoints ask of a request. Views point into the bytes that completed it.
struct Request {
  std::string_view path;           // of the target, without query; never decoded or normalised
  std::string_view authorization;  // value of the first Authorization field, blanks trimmed
  Method method = Method::kOther;
  uint8_t num_authorizations = 0;  // 2 means two or more
  bool keep_alive = false;         // whether another request may follow
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
// A request that declares a body is refused: what we serve needs none, and a body that nobody reads
// is where request smuggling begins.
class RequestParser {
 public:
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
  };

  Outcome refuse(Status status) noexcept;
  // Each returns Status::kOk or the refusal.
  Status parse_request_line(std::string_view line, size_t line_begin) noexcept;
  Status parse_path(std::string_view target, size_t target_begin) noexcept;
  // The line is window[begin, end), and a CR follows.
  Status parse_field(std::string_view window, size_t begin, size_t end) noexcept;
  Status parse_known_field(std::string_view name, std::string_view value,
                           size_t value_begin) noexcept;
  [[nodiscard]] Status check_framing() const noexcept;

  Request request_;
  Part path_;
  Part authorization_;
  size_t line_begin_ = 0;  // of the line that is not complete yet
  size_t scanned_ = 0;     // no line end in [line_begin_, scanned_)
  Status refusal_ = Status::kOk;
  Stage stage_ = Stage::kRequestLine;
  uint8_t num_fields_ = 0;
  bool skipped_empty_line_ = false;
  bool http_1_1_ = false;
  bool has_host_ = false;
  bool has_content_length_ = false;
  bool has_body_ = false;
  bool has_transfer_encoding_ = false;
  bool is_chunked_ = false;
  bool wants_close_ = false;
};

}  // namespace simdjwt::http

#endif  // SIMDJWT_IO_HTTP_REQUEST_PARSER_H_
