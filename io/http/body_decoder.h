// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// BodyDecoder: finds the content in the bytes behind a head, and where the next request begins
// (RFC 9112 sections 6 and 7).

#ifndef SIMDJWT_IO_HTTP_BODY_DECODER_H_
#define SIMDJWT_IO_HTTP_BODY_DECODER_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "http/request.h"
#include "http/status.h"

namespace simdjwt::http {

// Takes the bytes in any pieces and remembers none of them: nothing is copied or allocated, and
// each piece of content is a view into the bytes just given.
//
//   BodyDecoder body(request, bytes_max);
//   for (bool more = true; more;) {
//     const auto [outcome, num_consumed, content] = body.decode(bytes);
//     bytes.remove_prefix(num_consumed);
//     take(content);
//     more = outcome == BodyDecoder::Outcome::kContent;
//   }
//
// The grammar of chunks has no lenient mode: hexadecimal digits, CRLF, no blanks. Extensions and
// trailer fields must be well-formed, are ignored, and are at most kIgnoredBytesMax together.
class BodyDecoder {
 public:
  static constexpr uint64_t kNoLimit = std::numeric_limits<uint64_t>::max();
  static constexpr size_t kIgnoredBytesMax = 8 * 1024;

  enum class Outcome : uint8_t {
    kContent,     // here is some; call again with the rest of the bytes, if only to hear of the end
    kIncomplete,  // all bytes are consumed; call again when more have come
    kComplete,    // the body is over; the next request begins behind what is consumed
    kRefused,     // answer with refusal(), then close: what follows is never parsed
  };

  struct Decoded {
    Outcome outcome;
    size_t num_consumed;       // from the front of the bytes, the content included
    std::string_view content;  // not empty with kContent, else empty
  };

  // No body.
  BodyDecoder() noexcept = default;
  // The body of `request`, refused (413) as soon as it is known to exceed `bytes_max`.
  explicit BodyDecoder(const Request& request, uint64_t bytes_max = kNoLimit) noexcept;

  // Behind kComplete and kRefused, every call gives the same outcome and consumes nothing. No bytes
  // at all may be given: that tells whether the body is refused or over before it has begun.
  [[nodiscard]] Decoded decode(std::string_view bytes) noexcept;

  [[nodiscard]] Status refusal() const noexcept { return refusal_; }

 private:
  // What the next byte is, or follows.
  enum class Stage : uint8_t {
    kLength,  // content that ends without a mark
    kSizeBegin,
    kSize,
    kExtensionBegin,
    kExtensionName,
    kExtensionValueBegin,
    kExtensionValue,
    kExtensionQuoted,
    kExtensionEscape,
    kExtensionQuoteEnd,
    kSizeLf,
    kChunk,
    kChunkCr,
    kChunkLf,
    kTrailerBegin,  // of a line
    kTrailerName,
    kTrailerValue,
    kTrailerLf,
    kEndLf,  // of the empty line behind the trailer fields
    kComplete,
    kRefused,
  };

  static Stage next_stage(Stage stage, char c) noexcept;
  static constexpr bool is_ignored(Stage stage) noexcept {
    return (stage >= Stage::kExtensionBegin && stage <= Stage::kExtensionQuoteEnd) ||
           (stage >= Stage::kTrailerBegin && stage <= Stage::kTrailerLf);
  }
  // Takes one byte of what is not content.
  void step(char c) noexcept;
  // num_left_ bytes of it.
  void begin_content(Stage stage) noexcept;
  void refuse(Status status) noexcept;

  uint64_t num_left_ = 0;     // bytes of the content, of the chunk, or its size as read so far
  uint64_t num_allowed_ = 0;  // bytes of content behind those
  uint32_t num_ignored_ = 0;  // bytes of extensions and trailer fields
  Stage stage_ = Stage::kComplete;
  Status refusal_ = Status::kOk;
  uint8_t num_digits_ = 0;
};

}  // namespace simdjwt::http

#endif  // SIMDJWT_IO_HTTP_BODY_DECODER_H_
