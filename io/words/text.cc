// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "words/text.h"

#include <algorithm>
#include <cstdio>

#include "simdjwt/limits.h"

namespace simdjwt::words {
namespace {

struct CodePoint {
  uint32_t value;
  size_t num_bytes;
  bool valid;  // false: one byte that begins no character
};

// One character by the table of RFC 3629 section 4: no overlong forms, no surrogates.
CodePoint first_code_point(std::string_view text) {
  const auto byte = [text](size_t index) {
    return index < text.size() ? static_cast<uint8_t>(text[index]) : uint8_t{0};
  };
  const auto is_tail = [&](size_t index) { return (byte(index) & 0xc0) == 0x80; };
  const uint32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  if (lead >= 0xc2 && lead < 0xe0 && is_tail(1)) {
    return {(lead & 0x1f) << 6 | (byte(1) & 0x3fu), 2, true};
  }
  if (lead >= 0xe0 && lead < 0xf0 && is_tail(1) && is_tail(2)) {
    const uint32_t value = (lead & 0x0f) << 12 | (byte(1) & 0x3fu) << 6 | (byte(2) & 0x3fu);
    if (value >= 0x800 && (value < 0xd800 || value > 0xdfff)) return {value, 3, true};
  }
  if (lead >= 0xf0 && lead < 0xf5 && is_tail(1) && is_tail(2) && is_tail(3)) {
    const uint32_t value =
        (lead & 0x07) << 18 | (byte(1) & 0x3fu) << 12 | (byte(2) & 0x3fu) << 6 | (byte(3) & 0x3fu);
    if (value >= 0x10000 && value <= 0x10ffff) return {value, 4, true};
  }
  return {lead, 1, false};
}

// Whether a terminal may act on the character or show nothing for it: C0, DEL and C1 controls (0x9b
// alone introduces an escape sequence), soft hyphen, zero-width and bidirectional controls, line
// and paragraph separators, byte order mark, tags.
bool is_unprintable(uint32_t value) {
  return value < 0x20 || (value >= 0x7f && value < 0xa0) || value == 0xad || value == 0x61c ||
         (value >= 0x200b && value <= 0x200f) || (value >= 0x2028 && value <= 0x202e) ||
         (value >= 0x2060 && value <= 0x206f) || value == 0xfeff ||
         (value >= 0xfff9 && value <= 0xfffb) || (value >= 0xe0000 && value <= 0xe0fff);
}

template <class... Values>
void append_format(std::string& out, const char* format, Values... values) {
  char buffer[16];
  const int length = std::snprintf(buffer, sizeof(buffer), format, values...);
  out.append(buffer, static_cast<size_t>(length));
}

// As JSON writes it: \u001b, or a surrogate pair (RFC 8259 section 7).
void append_json_escape(std::string& out, uint32_t value) {
  if (value < 0x10000) {
    append_format(out, "\\u%04x", value);
  } else {
    append_format(out, "\\u%04x\\u%04x", 0xd7c0 + (value >> 10), 0xdc00 + (value & 0x3ff));
  }
}

enum class InvalidBytes : uint8_t { kHexEscape, kReplacement };

// Appends the first character of `text` as printable text and returns its length in bytes.
size_t append_printable(std::string& out, std::string_view text, InvalidBytes invalid_bytes) {
  const CodePoint point = first_code_point(text);
  if (point.valid && !is_unprintable(point.value)) {
    out.append(text, 0, point.num_bytes);
  } else if (point.valid) {
    append_json_escape(out, point.value);
  } else if (invalid_bytes == InvalidBytes::kHexEscape) {
    append_format(out, "\\x%02x", point.value);
  } else {
    out += "\\ufffd";
  }
  return point.num_bytes;
}

void append_string_body(std::string& out, std::string_view text, InvalidBytes invalid_bytes) {
  while (!text.empty()) {
    const char c = text.front();
    size_t num_bytes = 1;
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else {
      num_bytes = append_printable(out, text, invalid_bytes);
    }
    text.remove_prefix(num_bytes);
  }
}

// The longest prefix of at most `bytes_max` bytes that cuts no character in two.
std::string_view prefix(std::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  size_t end = bytes_max;
  while (end > 0 && bytes_max - end < 3 && (static_cast<uint8_t>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

std::string cut_note(size_t num_bytes) { return " ... (" + with_thousands(num_bytes) + " bytes)"; }

bool is_json_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

}  // namespace

std::string quote(std::string_view text, size_t bytes_max) {
  std::string out = "\"";
  const std::string_view shown = prefix(text, bytes_max);
  append_string_body(out, shown, InvalidBytes::kHexEscape);
  out += '"';
  if (shown.size() < text.size()) out += cut_note(text.size());
  return out;
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    text.remove_prefix(append_printable(out, text, InvalidBytes::kHexEscape));
  }
  return out;
}

std::string shortened(std::string_view text, size_t bytes_max) {
  const std::string_view shown = prefix(text, bytes_max);
  std::string out(shown);
  if (shown.size() < text.size()) out += cut_note(text.size());
  return out;
}

std::string json_string(std::string_view text) {
  std::string out = "\"";
  append_string_body(out, text, InvalidBytes::kReplacement);
  out += '"';
  return out;
}

std::string format_json(std::string_view json, JsonLayout layout, size_t indent) {
  std::string out;
  size_t depth = 0;
  bool in_string = false;
  const auto break_line = [&] {
    if (layout == JsonLayout::kOneLine) return;
    out += '\n';
    // No verifier takes deeper nesting; the bound keeps hostile depth from squaring the output.
    out.append(indent + 2 * std::min(depth, kJsonDepthMax), ' ');
  };
  while (!json.empty()) {
    const char c = json.front();
    if (in_string) {
      if (c == '\\' && json.size() > 1) {  // the next character is no end of the string
        out += c;
        json.remove_prefix(1);
      } else if (c == '"') {
        in_string = false;
      }
      json.remove_prefix(append_printable(out, json, InvalidBytes::kReplacement));
      continue;
    }
    if (is_json_space(c)) {
      json.remove_prefix(1);
      continue;
    }
    const bool closes = c == '}' || c == ']';
    if (closes && depth > 0) {
      --depth;
      if (out.back() != '{' && out.back() != '[') break_line();
    } else if (!out.empty() && (out.back() == '{' || out.back() == '[')) {
      break_line();
    }
    json.remove_prefix(append_printable(out, json, InvalidBytes::kReplacement));
    if (c == '{' || c == '[') {
      ++depth;
    } else if (c == ',') {
      break_line();
    } else if (c == ':' && layout == JsonLayout::kIndented) {
      out += ' ';
    } else if (c == '"') {
      in_string = true;
    }
  }
  return out;
}

std::string with_thousands(uint64_t number) {
  std::string digits = std::to_string(number);
  for (size_t end = digits.size(); end > 3; end -= 3) digits.insert(end - 3, 1, ',');
  return digits;
}

}  // namespace simdjwt::words
