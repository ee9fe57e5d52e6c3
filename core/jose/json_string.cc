// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jose/json_string.h"

#include <cstdint>
#include <cstring>

namespace simdjwt::jose {
namespace {

// The value of four hexadecimal digits at the front of `text`, or -1.
int32_t hex4(std::string_view text) noexcept {
  if (text.size() < 4) return -1;
  int32_t value = 0;
  for (size_t i = 0; i < 4; ++i) {
    const char c = text[i];
    int32_t digit;
    if (c >= '0' && c <= '9') {
      digit = c - '0';
    } else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
      digit = (c | 0x20) - 'a' + 10;
    } else {
      return -1;
    }
    value = value << 4 | digit;
  }
  return value;
}

// Writes the UTF-8 of a code point and returns its length.
size_t encode_utf8(char* out, uint32_t code_point) noexcept {
  const auto byte = [](uint32_t value) { return static_cast<char>(value); };
  if (code_point < 0x80) {
    out[0] = byte(code_point);
    return 1;
  }
  if (code_point < 0x800) {
    out[0] = byte(0xc0 | code_point >> 6);
    out[1] = byte(0x80 | (code_point & 0x3f));
    return 2;
  }
  if (code_point < 0x10000) {
    out[0] = byte(0xe0 | code_point >> 12);
    out[1] = byte(0x80 | (code_point >> 6 & 0x3f));
    out[2] = byte(0x80 | (code_point & 0x3f));
    return 3;
  }
  out[0] = byte(0xf0 | code_point >> 18);
  out[1] = byte(0x80 | (code_point >> 12 & 0x3f));
  out[2] = byte(0x80 | (code_point >> 6 & 0x3f));
  out[3] = byte(0x80 | (code_point & 0x3f));
  return 4;
}

// Decodes the \uXXXX escape (or the pair of them that makes a surrogate pair) at the front of
// `escaped`, takes it off, and returns the UTF-8 length written to `out`, 0 for a wrong one.
size_t unescape_unicode(char out[4], std::string_view& escaped) noexcept {
  const int32_t first = hex4(escaped.substr(2));
  if (first < 0) return 0;
  escaped.remove_prefix(6);
  auto code_point = static_cast<uint32_t>(first);
  if (code_point >= 0xdc00 && code_point < 0xe000) return 0;
  if (code_point >= 0xd800 && code_point < 0xdc00) {
    if (!escaped.starts_with("\\u")) return 0;
    const int32_t second = hex4(escaped.substr(2));
    if (second < 0xdc00 || second >= 0xe000) return 0;
    escaped.remove_prefix(6);
    code_point = 0x10000 + ((code_point - 0xd800) << 10) + static_cast<uint32_t>(second - 0xdc00);
  }
  return encode_utf8(out, code_point);
}

// Takes one character, or one whole escape, off the front of `escaped`, which is not empty. Writes
// the bytes it stands for to `out` and returns how many they are, 0 for a wrong escape.
size_t unescape_one(char out[4], std::string_view& escaped) noexcept {
  if (escaped[0] != '\\') {
    out[0] = escaped[0];
    escaped.remove_prefix(1);
    return 1;
  }
  if (escaped.size() < 2) return 0;
  switch (escaped[1]) {
    case '"':
    case '\\':
    case '/':
      out[0] = escaped[1];
      break;
    case 'b':
      out[0] = '\b';
      break;
    case 'f':
      out[0] = '\f';
      break;
    case 'n':
      out[0] = '\n';
      break;
    case 'r':
      out[0] = '\r';
      break;
    case 't':
      out[0] = '\t';
      break;
    case 'u':
      return unescape_unicode(out, escaped);
    default:
      return 0;
  }
  escaped.remove_prefix(2);
  return 1;
}

}  // namespace

bool json_escapes_valid(std::string_view escaped) noexcept {
  char bytes[4];
  while (!escaped.empty()) {
    if (unescape_one(bytes, escaped) == 0) return false;
  }
  return true;
}

char* unescape_json_string(char* out, std::string_view escaped) noexcept {
  while (!escaped.empty()) out += unescape_one(out, escaped);
  return out;
}

bool json_string_equals(std::string_view escaped, std::string_view plain) noexcept {
  if (escaped.find('\\') == std::string_view::npos) return escaped == plain;
  char bytes[4];
  while (!escaped.empty()) {
    const size_t num_bytes = unescape_one(bytes, escaped);
    if (num_bytes == 0 || plain.substr(0, num_bytes) != std::string_view(bytes, num_bytes)) {
      return false;
    }
    plain.remove_prefix(num_bytes);
  }
  return plain.empty();
}

// The array is valid, so that nothing below needs to check what it skips.

void JsonStrings::skip_string() noexcept {
  size_t end = 1;
  while (rest_[end] != '"') end += rest_[end] == '\\' ? 2 : 1;
  escaped_ = rest_.substr(1, end - 1);
  rest_.remove_prefix(end + 1);
}

void JsonStrings::skip_other() noexcept {
  size_t depth = 0;
  while (depth > 0 || (rest_[0] != ',' && rest_[0] != ']')) {
    const char c = rest_[0];
    if (c == '"') {
      skip_string();
      continue;
    }
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    rest_.remove_prefix(1);
  }
}

bool JsonStrings::next() noexcept {
  for (;;) {
    rest_.remove_prefix(rest_.find_first_not_of(" \t\n\r,"));
    if (rest_[0] == ']') return false;
    if (rest_[0] == '"') {
      skip_string();
      return true;
    }
    all_strings_ = false;
    skip_other();
  }
}

}  // namespace simdjwt::jose
