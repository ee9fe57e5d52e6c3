// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "status/status_reference.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "net/decimal.h"

namespace simdjwt::status {
namespace {

// What stands between the quotes of a string.
struct String {
  std::string_view escaped;
  bool is_plain;  // it has no escapes
};

// Steps through JSON that is known to be valid; what is not, it never reads beyond.
class Cursor {
 public:
  explicit Cursor(std::string_view text) noexcept : rest_(text) {}

  // Whether this comes next, which it then steps over, and the blanks before it.
  bool take(char c) noexcept {
    skip_blanks();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // The next value, if it is a string.
  std::optional<String> take_string() noexcept {
    if (!take('"')) return std::nullopt;
    const String string = string_in(rest_);
    rest_.remove_prefix(std::min(string.escaped.size() + 1, rest_.size()));
    return string;
  }

  // The next value, if it is a number without sign, fraction and exponent.
  std::optional<uint64_t> take_whole() noexcept {
    skip_blanks();
    const std::string_view scalar = rest_.substr(0, scalar_size());
    rest_.remove_prefix(scalar.size());
    return net::parse_decimal<uint64_t>(scalar);
  }

  bool skip_value() noexcept {
    skip_blanks();
    const bool is_container = rest_.starts_with('{') || rest_.starts_with('[');
    if (rest_.starts_with('"')) return take_string().has_value();
    rest_.remove_prefix(is_container ? container_size() : scalar_size());
    return true;
  }

  // Calls `visit` with each member's name, which steps over its value, or says no. False then, and
  // for what is no object.
  template <class Visit>
  bool for_each_member(Visit visit) noexcept {
    if (!take('{')) return false;
    if (take('}')) return true;
    do {
      const std::optional<String> name = take_string();
      if (!name || !take(':') || !visit(*name)) return false;
    } while (take(','));
    return take('}');
  }

 private:
  void skip_blanks() noexcept {
    size_t size = 0;
    while (size < rest_.size() && is_blank(rest_[size])) ++size;
    rest_.remove_prefix(size);
  }

  static bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

  // Of what begins behind a quote, up to the one that ends it.
  static String string_in(std::string_view text) noexcept {
    const std::string_view plain = text.substr(0, text.find('"'));
    if (plain.find('\\') == std::string_view::npos) return {plain, true};
    size_t at = 0;
    while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
    return {text.substr(0, at), false};
  }

  [[nodiscard]] size_t scalar_size() const noexcept {
    size_t size = 0;
    while (size < rest_.size() && !is_blank(rest_[size]) && rest_[size] != ',' &&
           rest_[size] != '}' && rest_[size] != ']') {
      ++size;
    }
    return size;
  }

  [[nodiscard]] size_t container_size() const noexcept {
    size_t depth = 0;
    size_t at = 0;
    while (at < rest_.size()) {
      const char c = rest_[at++];
      if (c == '"')
        at = std::min(at + string_in(rest_.substr(at)).escaped.size() + 1, rest_.size());
      if (c == '{' || c == '[') ++depth;
      if ((c == '}' || c == ']') && --depth == 0) break;
    }
    return at;
  }

  std::string_view rest_;
};

// nullopt for a \u that is none or no ASCII, and what no URI has.
std::optional<char> unescaped(std::string_view& escape) noexcept {
  const char c = escape.front();
  escape.remove_prefix(1);
  if (c == '"' || c == '\\' || c == '/') return c;
  if (c != 'u' || escape.size() < 4) return std::nullopt;
  unsigned code = 0;
  for (const char digit : escape.substr(0, 4)) {
    const char lower = static_cast<char>(digit | 0x20);
    const bool is_letter = lower >= 'a' && lower <= 'f';
    if (!is_letter && !(digit >= '0' && digit <= '9')) return std::nullopt;
    code = code * 16 + static_cast<unsigned>(is_letter ? lower - 'a' + 10 : digit - '0');
  }
  escape.remove_prefix(4);
  if (code >= 0x80) return std::nullopt;
  return static_cast<char>(code);
}

// Without its escapes; nullopt for what is too long, or in other letters than ours.
std::optional<std::string_view> text_of(const String& string, UriRoom& room) noexcept {
  std::string_view escaped = string.escaped;
  if (escaped.size() > room.size()) return std::nullopt;
  if (string.is_plain) return escaped;
  size_t size = 0;
  while (!escaped.empty()) {
    std::optional<char> c = escaped.front();
    escaped.remove_prefix(1);
    if (c == '\\') c = escaped.empty() ? std::nullopt : unescaped(escaped);
    if (!c) return std::nullopt;
    room[size++] = *c;
  }
  return std::string_view(room.data(), size);
}

// As they stand in the token.
struct Found {
  std::optional<uint64_t> index = {};
  std::optional<String> uri = {};
  bool is_there = false;
};

// Takes the value of status_list.
bool take_list(Cursor& cursor, Found& found, UriRoom& room) noexcept {
  const bool is_object = cursor.for_each_member([&](const String& name) {
    const std::optional<std::string_view> text = text_of(name, room);
    if (text == "idx") {
      const bool is_first = !found.index;
      found.index = cursor.take_whole();
      return is_first && found.index;
    }
    if (text == "uri") {
      const bool is_first = !found.uri;
      found.uri = cursor.take_string();
      return is_first && found.uri;
    }
    return cursor.skip_value();
  });
  return is_object && found.index && found.uri;
}

// As most issuers spell it, so that most are read without a walk; nullopt for all else.
std::optional<StatusReference> read_usual(std::string_view json) noexcept {
  constexpr std::string_view kBegin = R"({"status_list":{"idx":)";
  constexpr std::string_view kMiddle = R"(,"uri":")";
  constexpr std::string_view kEnd = R"("}})";
  if (!json.starts_with(kBegin) || !json.ends_with(kEnd)) return std::nullopt;
  json.remove_prefix(kBegin.size());
  json.remove_suffix(kEnd.size());
  const size_t comma = std::min(json.find(','), json.size());
  const std::optional<uint64_t> index = net::parse_decimal<uint64_t>(json.substr(0, comma));
  json.remove_prefix(comma);
  if (!index || !json.starts_with(kMiddle)) return std::nullopt;
  json.remove_prefix(kMiddle.size());
  const bool is_plain = json.size() <= kUriBytesMax && json.find('"') == std::string_view::npos &&
                        json.find('\\') == std::string_view::npos;
  return is_plain ? std::optional<StatusReference>({*index, json}) : std::nullopt;
}

}  // namespace

std::optional<StatusReference> read_status_reference(std::string_view json,
                                                     UriRoom& room) noexcept {
  if (const std::optional<StatusReference> usual = read_usual(json)) return usual;
  Cursor cursor(json);
  Found found;
  const bool is_sound = cursor.for_each_member([&](const String& name) {
    if (text_of(name, room) != "status_list") return cursor.skip_value();
    const bool is_first = !std::exchange(found.is_there, true);
    return is_first && take_list(cursor, found, room);
  });
  if (!is_sound || !found.is_there) return std::nullopt;
  // Not before: the names had the room until now.
  const std::optional<std::string_view> uri = text_of(*found.uri, room);
  if (!uri) return std::nullopt;
  return StatusReference{*found.index, *uri};
}

}  // namespace simdjwt::status
