// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "status/status_reference.h"

#include <algorithm>

#include "net/decimal.h"

namespace simdjwt::status {
namespace {

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

  // The text of the next value; empty if there is none.
  std::string_view take_value() noexcept {
    skip_blanks();
    const size_t size = rest_.starts_with('"')                             ? string_size(rest_)
                        : rest_.starts_with('{') || rest_.starts_with('[') ? container_size()
                                                                           : scalar_size();
    const std::string_view value = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return value;
  }

 private:
  void skip_blanks() noexcept {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
  }

  // Of what begins with a quote, to the one that ends it.
  static size_t string_size(std::string_view text) noexcept {
    size_t at = 1;
    while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
    return std::min(at + 1, text.size());
  }

  [[nodiscard]] size_t scalar_size() const noexcept {
    return std::min(rest_.find_first_of(",]} \t\r\n"), rest_.size());
  }

  [[nodiscard]] size_t container_size() const noexcept {
    size_t depth = 0;
    size_t at = 0;
    while (at < rest_.size()) {
      const char c = rest_[at];
      at += c == '"' ? string_size(rest_.substr(at)) : 1;
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

// What a string says that has its quotes about it; nullopt for what is none, or too long, or in
// other letters than ours.
std::optional<std::string_view> text_of(std::string_view quoted, UriRoom& room) noexcept {
  if (quoted.size() < 2 || quoted.size() - 2 > room.size() || quoted.front() != '"') {
    return std::nullopt;
  }
  std::string_view escaped = quoted.substr(1, quoted.size() - 2);
  if (escaped.find('\\') == std::string_view::npos) return escaped;
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

// Takes the values of these members of an object, each of which must be there once.
template <size_t n>
bool take_members(std::string_view object, const std::array<std::string_view, n>& names,
                  std::array<std::string_view, n>& values, UriRoom& room) noexcept {
  Cursor cursor(object);
  if (!cursor.take('{')) return false;
  do {
    const std::optional<std::string_view> name = text_of(cursor.take_value(), room);
    if (!cursor.take(':')) return false;
    const std::string_view value = cursor.take_value();
    const auto known = name ? std::ranges::find(names, *name) : names.end();
    if (known == names.end()) continue;
    std::string_view& found = values[static_cast<size_t>(known - names.begin())];
    if (!found.empty()) return false;
    found = value;
  } while (cursor.take(','));
  return std::ranges::none_of(values, &std::string_view::empty);
}

}  // namespace

std::optional<StatusReference> read_status_reference(std::string_view json,
                                                     UriRoom& room) noexcept {
  std::array<std::string_view, 1> status;
  std::array<std::string_view, 2> list;
  if (!take_members<1>(json, {"status_list"}, status, room) ||
      !take_members<2>(status[0], {"idx", "uri"}, list, room)) {
    return std::nullopt;
  }
  const std::optional<uint64_t> index = net::parse_decimal<uint64_t>(list[0]);
  const std::optional<std::string_view> uri = text_of(list[1], room);
  if (!index || !uri) return std::nullopt;
  return StatusReference{*index, *uri};
}

}  // namespace simdjwt::status
