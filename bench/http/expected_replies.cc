// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "expected_replies.h"

#include <absl/strings/str_format.h>
#include <strings.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace simdjwt::bench {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

// The value of a field of a head, where it stands.
std::optional<std::string_view> field(std::string_view head, std::string_view name) {
  while (!head.empty()) {
    const size_t line_end = std::min(head.find(kLineEnd), head.size());
    std::string_view line = head.substr(0, line_end);
    if (line.size() > name.size() && line[name.size()] == ':' &&
        strncasecmp(line.data(), name.data(), name.size()) == 0) {
      line.remove_prefix(name.size() + 1);
      line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
      return line;
    }
    head.remove_prefix(std::min(line_end + kLineEnd.size(), head.size()));
  }
  return std::nullopt;
}

bool is_chunked(std::string_view head) { return field(head, "Transfer-Encoding") == "chunked"; }

std::optional<size_t> number(std::string_view text, int base) {
  size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Appends the body whose chunks begin at `at` to the reply; nothing is missing if num_bytes is set.
absl::Status read_chunks(std::string_view bytes, size_t at, Reply& reply) {
  while (true) {
    const size_t line_end = bytes.find(kLineEnd, at);
    if (line_end == std::string_view::npos) return absl::OkStatus();
    const std::optional<size_t> size = number(bytes.substr(at, line_end - at), 16);
    if (!size) return absl::InvalidArgumentError("the reply has a malformed chunk");
    const size_t begin = line_end + kLineEnd.size();
    if (bytes.size() < begin + *size + kLineEnd.size()) return absl::OkStatus();
    reply.body.append(bytes.substr(begin, *size));
    at = begin + *size + kLineEnd.size();
    if (*size == 0) {
      reply.num_bytes = at;
      return absl::OkStatus();
    }
  }
}

}  // namespace

std::string escape(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    if (c == '\r') {
      text += "\\r";
    } else if (c == '\n') {
      text += "\\n";
    } else if (c < ' ' || c > '~') {
      text += absl::StrFormat("\\x%02x", static_cast<unsigned char>(c));
    } else {
      text += c;
    }
  }
  return text;
}

absl::StatusOr<Reply> parse_reply(std::string_view bytes) {
  Reply reply;
  const size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return reply;
  const size_t head_bytes = end + 2 * kLineEnd.size();
  reply.head = bytes.substr(0, head_bytes);
  if (is_chunked(reply.head)) {
    const absl::Status status = read_chunks(bytes, head_bytes, reply);
    if (!status.ok()) return status;
    return reply;
  }
  const auto length = field(reply.head, "Content-Length");
  const std::optional<size_t> body_bytes = length ? number(*length, 10) : std::nullopt;
  if (!body_bytes) {
    return absl::InvalidArgumentError("the reply has no Content-Length: " + escape(reply.head));
  }
  if (bytes.size() >= head_bytes + *body_bytes) {
    reply.body = bytes.substr(head_bytes, *body_bytes);
    reply.num_bytes = head_bytes + *body_bytes;
  }
  return reply;
}

absl::StatusOr<ExpectedReplies> ExpectedReplies::create(std::string head, int status,
                                                        std::vector<std::string> bodies) {
  if (!head.starts_with(absl::StrFormat("HTTP/1.1 %d ", status))) {
    return absl::FailedPreconditionError(
        absl::StrFormat("expected a reply with status %d, got \"%s\"", status, escape(head)));
  }
  ExpectedReplies replies;
  replies.head_ = std::move(head);
  replies.bodies_ = std::move(bodies);
  replies.is_chunked_ = is_chunked(replies.head_);
  if (const auto date = field(replies.head_, "Date")) {
    replies.date_begin_ = static_cast<size_t>(date->data() - replies.head_.data());
    replies.date_end_ = replies.date_begin_ + date->size();
  }
  return replies;
}

size_t ExpectedReplies::match(std::string_view bytes, Position& position,
                              size_t& num_replies) const {
  using Part = Position::Part;
  size_t num_matched = 0;
  while (num_matched < bytes.size()) {
    const std::string_view rest = bytes.substr(num_matched);
    size_t num_taken = 0;
    switch (position.part_) {
      case Part::kHead:
        num_taken = match_head(rest, position);
        break;
      case Part::kChunkSize:
        num_taken = match_chunk_size(rest, position);
        break;
      case Part::kChunkSizeEnd:
        if (rest.front() != '\n') return num_matched;
        num_taken = 1;
        position.part_ = position.chunk_left_ > 0 ? Part::kChunkData : Part::kLastLine;
        break;
      case Part::kChunkData:
        num_taken = match_body(rest, position);
        break;
      case Part::kChunkEnd:
      case Part::kLastLine:
        if (rest.front() != kLineEnd[position.offset_]) return num_matched;
        num_taken = 1;
        if (++position.offset_ < kLineEnd.size()) break;
        position.offset_ = 0;
        position.part_ = position.part_ == Part::kChunkEnd ? Part::kChunkSize : Part::kHead;
        break;
    }
    if (num_taken == 0) return num_matched;
    num_matched += num_taken;
    const bool is_at_end = position.part_ == Part::kHead && position.offset_ == 0;
    if (is_at_end) {
      if (!end_reply(position)) return num_matched - num_taken;
      ++num_replies;
    }
  }
  return num_matched;
}

// In the three parts before, in and after the date.
bool ExpectedReplies::head_equals(std::string_view part, size_t offset) const noexcept {
  const std::string_view expected = std::string_view(head_).substr(offset, part.size());
  const auto clip = [&](size_t at) {
    return std::clamp(at, offset, offset + part.size()) - offset;
  };
  const size_t num_before = clip(date_begin_);
  const size_t after = clip(date_end_);
  return part.substr(0, num_before) == expected.substr(0, num_before) &&
         part.substr(after) == expected.substr(after);
}

size_t ExpectedReplies::match_head(std::string_view bytes, Position& position) const {
  std::string_view part = bytes.substr(0, head_.size() - position.offset_);
  if (!head_equals(part, position.offset_)) {
    size_t num_equal = 0;
    while (head_equals(part.substr(0, num_equal + 1), position.offset_)) ++num_equal;
    part = part.substr(0, num_equal);
  }
  position.offset_ += part.size();
  if (position.offset_ < head_.size()) return part.size();
  position.offset_ = 0;
  position.chunk_left_ = is_chunked_ ? 0 : body_of(position.request_).size();
  if (is_chunked_) {
    position.part_ = Position::Part::kChunkSize;
  } else if (position.chunk_left_ > 0) {
    position.part_ = Position::Part::kChunkData;
  }
  return part.size();
}

size_t ExpectedReplies::match_body(std::string_view bytes, Position& position) const {
  const std::string_view expected =
      std::string_view(body_of(position.request_)).substr(position.in_body_, position.chunk_left_);
  const std::string_view part = bytes.substr(0, expected.size());
  const auto differing = std::mismatch(part.begin(), part.end(), expected.begin());
  const auto num_equal = static_cast<size_t>(differing.first - part.begin());
  position.in_body_ += num_equal;
  position.chunk_left_ -= num_equal;
  if (position.chunk_left_ == 0) {
    position.part_ = is_chunked_ ? Position::Part::kChunkEnd : Position::Part::kHead;
  }
  return num_equal;
}

// A digit, or the return behind one or more. The size is bounded by the digits that can be: what
// exceeds the body differs from it.
size_t ExpectedReplies::match_chunk_size(std::string_view bytes, Position& position) const {
  if (bytes.front() == '\r' && position.offset_ > 0) {
    position.offset_ = 0;
    position.part_ = Position::Part::kChunkSizeEnd;
    return 1;
  }
  const std::optional<size_t> digit = number(bytes.substr(0, 1), 16);
  if (!digit || position.chunk_left_ > body_of(position.request_).size()) return 0;
  position.chunk_left_ = position.chunk_left_ * 16 + *digit;
  ++position.offset_;
  return 1;
}

// False if a part of the body is missing.
bool ExpectedReplies::end_reply(Position& position) const {
  if (position.in_body_ != body_of(position.request_).size()) return false;
  position.in_body_ = 0;
  if (++position.request_ >= bodies_.size()) position.request_ = 0;
  return true;
}

std::string_view ExpectedReplies::expected_at(const Position& position) const {
  if (position.part_ == Position::Part::kHead) {
    return std::string_view(head_).substr(position.offset_);
  }
  return std::string_view(body_of(position.request_)).substr(position.in_body_);
}

}  // namespace simdjwt::bench
