// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "expected_reply.h"

#include <absl/strings/str_format.h>
#include <strings.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace simdjwt::bench {
namespace {

// The value of a field of a head, where it stands.
std::optional<std::string_view> field(std::string_view head, std::string_view name) {
  while (!head.empty()) {
    const size_t line_end = std::min(head.find("\r\n"), head.size());
    std::string_view line = head.substr(0, line_end);
    if (line.size() > name.size() && line[name.size()] == ':' &&
        strncasecmp(line.data(), name.data(), name.size()) == 0) {
      line.remove_prefix(name.size() + 1);
      line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
      return line;
    }
    head.remove_prefix(std::min(line_end + 2, head.size()));
  }
  return std::nullopt;
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

absl::StatusOr<size_t> reply_bytes(std::string_view bytes) {
  const size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return 0;
  const std::string_view head = bytes.substr(0, end);
  const std::optional<std::string_view> length = field(head, "Content-Length");
  size_t num_body_bytes = 0;
  if (!length ||
      std::from_chars(length->data(), length->data() + length->size(), num_body_bytes).ec !=
          std::errc()) {
    return absl::InvalidArgumentError("the reply has no Content-Length: " + escape(head));
  }
  const size_t num_bytes = end + 4 + num_body_bytes;
  return num_bytes <= bytes.size() ? num_bytes : 0;
}

absl::StatusOr<ExpectedReply> ExpectedReply::learn(std::string text, int status) {
  const absl::StatusOr<size_t> num_bytes = reply_bytes(text);
  if (!num_bytes.ok()) return num_bytes.status();
  if (*num_bytes != text.size() || !text.starts_with(absl::StrFormat("HTTP/1.1 %d ", status))) {
    return absl::FailedPreconditionError(
        absl::StrFormat("expected one reply with status %d, got \"%s\"", status, escape(text)));
  }
  ExpectedReply reply;
  reply.text_ = std::move(text);
  const std::string_view head =
      std::string_view(reply.text_).substr(0, reply.text_.find("\r\n\r\n"));
  if (const auto date = field(head, "Date")) {
    reply.date_begin_ = static_cast<size_t>(date->data() - reply.text_.data());
    reply.date_end_ = reply.date_begin_ + date->size();
  }
  return reply;
}

// In the three parts before, in and after the date.
bool ExpectedReply::equals(std::string_view part, Offset offset) const noexcept {
  const std::string_view expected = std::string_view(text_).substr(offset, part.size());
  const auto clip = [&](size_t at) {
    return std::clamp(at, offset, offset + part.size()) - offset;
  };
  const size_t num_before = clip(date_begin_);
  const size_t after = clip(date_end_);
  return part.substr(0, num_before) == expected.substr(0, num_before) &&
         part.substr(after) == expected.substr(after);
}

size_t ExpectedReply::difference(std::string_view part, Offset offset) const noexcept {
  size_t at = 0;
  while (at < part.size() && equals(part.substr(0, at + 1), offset)) ++at;
  return at;
}

}  // namespace simdjwt::bench
