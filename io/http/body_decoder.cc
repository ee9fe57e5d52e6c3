// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "http/body_decoder.h"

#include <algorithm>

#include "http/grammar.h"
#include "http/scan.h"

namespace simdjwt::http {
namespace {

constexpr size_t kSizeDigitsMax = 16;  // what 64 bits hold; leading zeros count, too

}  // namespace

BodyDecoder::BodyDecoder(const Request& request, uint64_t bytes_max) noexcept
    : num_allowed_(bytes_max) {
  if (request.body == BodyFraming::kChunked) {
    stage_ = Stage::kSizeBegin;
  } else if (request.body == BodyFraming::kLength) {
    num_left_ = request.content_length;
    begin_content(Stage::kLength);
  }
}

BodyDecoder::Decoded BodyDecoder::decode(std::string_view bytes) noexcept {
  size_t i = 0;
  while (true) {
    switch (stage_) {
      case Stage::kComplete:
        return {Outcome::kComplete, i, {}};
      case Stage::kRefused:
        return {Outcome::kRefused, i, {}};
      case Stage::kLength:
      case Stage::kChunk: {
        const std::string_view content = bytes.substr(i, num_left_);
        if (content.empty()) return {Outcome::kIncomplete, i, {}};
        num_left_ -= content.size();
        if (num_left_ == 0) stage_ = stage_ == Stage::kChunk ? Stage::kChunkCr : Stage::kComplete;
        return {Outcome::kContent, i + content.size(), content};
      }
      default:
        if (i == bytes.size()) return {Outcome::kIncomplete, i, {}};
        step(bytes[i++]);
    }
  }
}

void BodyDecoder::step(char c) noexcept {
  const Stage from = stage_;
  stage_ = next_stage(from, c);
  switch (stage_) {
    case Stage::kSize:
      if (++num_digits_ > kSizeDigitsMax) return refuse(Status::kBadRequest);
      num_left_ = num_left_ << 4 | static_cast<uint64_t>(hex_value(c));
      return;
    case Stage::kChunk:
      num_digits_ = 0;
      if (num_left_ == 0) {
        stage_ = Stage::kTrailerBegin;
      } else {
        begin_content(Stage::kChunk);
      }
      return;
    case Stage::kRefused:
      return refuse(Status::kBadRequest);
    default:
      if (is_ignored(stage_) && ++num_ignored_ > kIgnoredBytesMax) refuse(Status::kHeadTooLarge);
  }
}

void BodyDecoder::begin_content(Stage stage) noexcept {
  if (num_left_ > num_allowed_) return refuse(Status::kContentTooLarge);
  num_allowed_ -= num_left_;
  stage_ = stage;
}

void BodyDecoder::refuse(Status status) noexcept {
  stage_ = Stage::kRefused;
  refusal_ = status;
}

// chunk-size [ chunk-ext ] CRLF chunk-data CRLF, and behind the last one *( field-line CRLF ) CRLF
// (RFC 9112 section 7.1). The blanks that section allows around "=" and ";" are for recipients to
// remove, and for nobody to send: they are refused.
BodyDecoder::Stage BodyDecoder::next_stage(Stage stage, char c) noexcept {
  const bool is_token = kTokenChars.holds(c);
  switch (stage) {
    case Stage::kSizeBegin:
      return hex_value(c) >= 0 ? Stage::kSize : Stage::kRefused;
    case Stage::kSize:
      if (hex_value(c) >= 0) return Stage::kSize;
      break;
    case Stage::kExtensionBegin:
      return is_token ? Stage::kExtensionName : Stage::kRefused;
    case Stage::kExtensionName:
      if (is_token) return Stage::kExtensionName;
      if (c == '=') return Stage::kExtensionValueBegin;
      break;
    case Stage::kExtensionValueBegin:
      if (c == '"') return Stage::kExtensionQuoted;
      return is_token ? Stage::kExtensionValue : Stage::kRefused;
    case Stage::kExtensionValue:
      if (is_token) return Stage::kExtensionValue;
      break;
    case Stage::kExtensionQuoted:
      if (c == '"') return Stage::kExtensionQuoteEnd;
      if (c == '\\') return Stage::kExtensionEscape;
      return is_control(c) ? Stage::kRefused : Stage::kExtensionQuoted;
    case Stage::kExtensionEscape:
      return is_control(c) ? Stage::kRefused : Stage::kExtensionQuoted;
    case Stage::kExtensionQuoteEnd:
      break;
    case Stage::kSizeLf:
      return c == '\n' ? Stage::kChunk : Stage::kRefused;
    case Stage::kChunkCr:
      return c == '\r' ? Stage::kChunkLf : Stage::kRefused;
    case Stage::kChunkLf:
      return c == '\n' ? Stage::kSizeBegin : Stage::kRefused;
    case Stage::kTrailerBegin:
      if (c == '\r') return Stage::kEndLf;
      return is_token ? Stage::kTrailerName : Stage::kRefused;
    case Stage::kTrailerName:
      if (c == ':') return Stage::kTrailerValue;
      return is_token ? Stage::kTrailerName : Stage::kRefused;
    case Stage::kTrailerValue:
      if (c == '\r') return Stage::kTrailerLf;
      return is_control(c) ? Stage::kRefused : Stage::kTrailerValue;
    case Stage::kTrailerLf:
      return c == '\n' ? Stage::kTrailerBegin : Stage::kRefused;
    case Stage::kEndLf:
      return c == '\n' ? Stage::kComplete : Stage::kRefused;
    case Stage::kLength:
    case Stage::kChunk:
    case Stage::kComplete:
    case Stage::kRefused:
      return Stage::kRefused;  // no byte is given to these
  }
  // What may follow the size, and each extension.
  if (c == ';') return Stage::kExtensionBegin;
  return c == '\r' ? Stage::kSizeLf : Stage::kRefused;
}

}  // namespace simdjwt::http
