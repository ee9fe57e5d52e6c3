// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "support/reference_json.h"

#include <simdjwt/limits.h>

#include <algorithm>
#include <cstdint>

namespace simdjwt::testing {
namespace {

// Thrown at the first mistake; this is a test.
struct Mistake {};

class Parser {
 public:
  explicit Parser(std::string_view json) : json_(json) {}

  JsonValue document() {
    skip_blanks();
    JsonValue value = this->value(1);
    skip_blanks();
    if (at_ != json_.size()) throw Mistake();
    return value;
  }

 private:
  bool at_end() const { return at_ == json_.size(); }
  char peek() const {
    if (at_end()) throw Mistake();
    return json_[at_];
  }
  char next() {
    const char c = peek();
    ++at_;
    return c;
  }
  void expect(std::string_view text) {
    for (const char c : text) {
      if (next() != c) throw Mistake();
    }
  }
  bool skip(char c) {
    if (at_end() || json_[at_] != c) return false;
    ++at_;
    return true;
  }
  void skip_blanks() {
    while (skip(' ') || skip('\t') || skip('\n') || skip('\r')) {
    }
  }

  JsonValue value(size_t depth) {
    const size_t begin = at_;
    JsonValue value;
    switch (peek()) {
      case '{':
        value.type = JsonType::kObject;
        object(value, depth);
        break;
      case '[':
        value.type = JsonType::kArray;
        array(value, depth);
        break;
      case '"':
        value.type = JsonType::kString;
        value.text = string();
        break;
      case 't':
        value.type = JsonType::kBoolean;
        expect("true");
        break;
      case 'f':
        value.type = JsonType::kBoolean;
        expect("false");
        break;
      case 'n':
        expect("null");
        break;
      default:
        value.type = JsonType::kNumber;
        number();
    }
    value.raw = json_.substr(begin, at_ - begin);
    return value;
  }

  void object(JsonValue& object, size_t depth) {
    if (depth > kJsonDepthMax) throw Mistake();
    expect("{");
    skip_blanks();
    if (skip('}')) return;
    do {
      skip_blanks();
      object.names.push_back(string());
      skip_blanks();
      expect(":");
      skip_blanks();
      object.elements.push_back(value(depth + 1));
      skip_blanks();
    } while (skip(','));
    expect("}");
  }

  void array(JsonValue& array, size_t depth) {
    if (depth > kJsonDepthMax) throw Mistake();
    expect("[");
    skip_blanks();
    if (skip(']')) return;
    do {
      skip_blanks();
      array.elements.push_back(value(depth + 1));
      skip_blanks();
    } while (skip(','));
    expect("]");
  }

  void digits() {
    if (peek() < '0' || peek() > '9') throw Mistake();
    while (!at_end() && json_[at_] >= '0' && json_[at_] <= '9') ++at_;
  }
  void number() {
    skip('-');
    if (!skip('0')) digits();
    if (skip('.')) digits();
    if (skip('e') || skip('E')) {
      if (!skip('+')) skip('-');
      digits();
    }
  }

  uint32_t hex4() {
    uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = next();
      const size_t digit = std::string_view("0123456789abcdef0123456789ABCDEF").find(c);
      if (digit == std::string_view::npos) throw Mistake();
      value = value * 16 + static_cast<uint32_t>(digit % 16);
    }
    return value;
  }
  uint32_t escaped_code_point() {
    const uint32_t high = hex4();
    if (high < 0xd800 || high > 0xdfff) return high;
    expect("\\u");
    const uint32_t low = hex4();
    if (high > 0xdbff || low < 0xdc00 || low > 0xdfff) throw Mistake();
    return 0x10000 + (high - 0xd800) * 0x400 + (low - 0xdc00);
  }
  static void append_utf8(std::string& text, uint32_t c) {
    const auto put = [&](uint32_t byte) { text += static_cast<char>(byte); };
    if (c < 0x80) {
      put(c);
    } else if (c < 0x800) {
      put(0xc0 | c >> 6);
      put(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
      put(0xe0 | c >> 12);
      put(0x80 | (c >> 6 & 0x3f));
      put(0x80 | (c & 0x3f));
    } else {
      put(0xf0 | c >> 18);
      put(0x80 | (c >> 12 & 0x3f));
      put(0x80 | (c >> 6 & 0x3f));
      put(0x80 | (c & 0x3f));
    }
  }
  // One character of more than one byte, by the table of RFC 3629 section 4.
  void utf8(std::string& text) {
    const size_t begin = at_;
    const auto lead = static_cast<uint8_t>(next());
    const auto tail = [&](uint8_t low = 0x80, uint8_t high = 0xbf) {
      const auto byte = static_cast<uint8_t>(next());
      if (byte < low || byte > high) throw Mistake();
    };
    if (lead >= 0xc2 && lead <= 0xdf) {
      tail();
    } else if (lead >= 0xe0 && lead <= 0xef) {
      tail(lead == 0xe0 ? 0xa0 : 0x80, lead == 0xed ? 0x9f : 0xbf);
      tail();
    } else if (lead >= 0xf0 && lead <= 0xf4) {
      tail(lead == 0xf0 ? 0x90 : 0x80, lead == 0xf4 ? 0x8f : 0xbf);
      tail();
      tail();
    } else {
      throw Mistake();
    }
    text += json_.substr(begin, at_ - begin);
  }

  std::string string() {
    constexpr std::string_view kEscapes = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    std::string text;
    expect("\"");
    while (!skip('"')) {
      const auto c = static_cast<uint8_t>(peek());
      if (c < 0x20) throw Mistake();
      if (c >= 0x80) {
        utf8(text);
      } else if (c != '\\') {
        text += next();
      } else {
        ++at_;
        const char escape = next();
        if (escape == 'u') {
          append_utf8(text, escaped_code_point());
        } else {
          const size_t i = kEscapes.find(escape);
          if (i == kEscapes.npos) throw Mistake();
          text += kMeanings[i];
        }
      }
    }
    return text;
  }

  std::string_view json_;
  size_t at_ = 0;
};

}  // namespace

const JsonValue* JsonValue::find(std::string_view name) const {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? nullptr : &elements[static_cast<size_t>(found - names.begin())];
}

std::optional<JsonValue> parse_json(std::string_view json) {
  try {
    return Parser(json).document();
  } catch (Mistake) {
    return std::nullopt;
  }
}

}  // namespace simdjwt::testing
