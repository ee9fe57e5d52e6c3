// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/json_text.h"

#include <array>
#include <cstdint>

namespace simdjwt::serve {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view kCut = "...";

// The length of the UTF-8 character that `text` begins with, 0 if it is none (RFC 3629 section 4).
size_t character_bytes(std::string_view text) {
  const auto byte = [text](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte(0);
  if (first < 0x80) return 1;
  const size_t length = first < 0xC2   ? 0
                        : first < 0xE0 ? 2
                        : first < 0xF0 ? 3
                        : first < 0xF5 ? 4
                                       : 0;
  if (length == 0 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  // Neither overlong, nor a surrogate, nor beyond U+10FFFF.
  if ((first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F) ||
      (first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) > 0x8F)) {
    return 0;
  }
  return length;
}

// What stands for the character that `text` begins with; `escaped` holds it if it is an escape.
std::string_view json_of(std::string_view text, size_t length, std::array<char, 6>& escaped) {
  if (length == 0) return kReplacement;
  const char c = text[0];
  if (c == '"') return "\\\"";
  if (c == '\\') return "\\\\";
  if (static_cast<uint8_t>(c) >= 0x20 && c != 0x7f) return text.substr(0, length);
  constexpr std::string_view kHex = "0123456789abcdef";
  escaped = {'\\', 'u', '0', '0', kHex[static_cast<uint8_t>(c) >> 4], kHex[c & 0xf]};
  return {escaped.data(), escaped.size()};
}

}  // namespace

void append_json_string(std::string& out, std::string_view text, size_t bytes_max) {
  out += '"';
  const size_t begin = out.size();
  size_t cut = begin;  // where "..." still fits
  std::array<char, 6> escaped;
  while (!text.empty()) {
    const size_t length = character_bytes(text);
    const std::string_view json = json_of(text, length, escaped);
    const size_t num_bytes = out.size() - begin + json.size();
    if (num_bytes > bytes_max) {
      out.resize(cut);
      out += kCut;
      break;
    }
    out += json;
    if (num_bytes + kCut.size() <= bytes_max) cut = out.size();
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
}

}  // namespace simdjwt::serve
