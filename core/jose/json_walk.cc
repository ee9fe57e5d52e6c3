// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jose/json_walk.h"

#include <algorithm>
#include <cstring>

#include "jose/json_number.h"
#include "jose/json_string.h"

namespace simdjwt::jose {
namespace {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
constexpr bool is_control(char c) { return static_cast<uint8_t>(c) < 0x20; }

// The multiplier was searched for: under it the names that tokens usually carry (iss, sub, aud,
// exp, nbf, iat, jti, scope, client_id, azp, typ, email, name, roles) differ in the six bits that
// find duplicates. Whoever picks names that collide makes look-ups compare whole names, of which
// there are at most kMembersMax.
constexpr uint16_t tag_of(uint64_t first_bytes, size_t num_chars) noexcept {
  return static_cast<uint16_t>(((first_bytes ^ num_chars << 58) * 0x2ab71cab529b9773) >> 48);
}

// name_tag() of a name with padding behind it: one load.
uint16_t name_tag_padded(const char* name, size_t num_chars) noexcept {
  static_assert(std::endian::native == std::endian::little);
  uint64_t first;
  std::memcpy(&first, name, 8);
  if (num_chars < 8) first &= (uint64_t{1} << (8 * num_chars)) - 1;
  return tag_of(first, num_chars);
}

}  // namespace

uint16_t name_tag(std::string_view name) noexcept {
  uint64_t first = 0;
  if (!name.empty()) std::memcpy(&first, name.data(), std::min<size_t>(name.size(), 8));
  return tag_of(first, name.size());
}

inline size_t JsonWalk::skip_blanks(size_t at) const noexcept {
  while (is_blank(text_[at])) ++at;
  return at;
}

inline size_t JsonWalk::take(char wanted, size_t at) const noexcept {
  if (text_[at] == wanted) return at + 1;
  at = skip_blanks(at);
  return text_[at] == wanted ? at + 1 : 0;
}

bool JsonWalk::is_clean(size_t begin, size_t end) const noexcept {
  const std::string_view string = text(begin, end);
  return std::none_of(string.begin(), string.end(), is_control) && json_escapes_valid(string);
}

bool JsonWalk::unescape(size_t begin, size_t end, uint16_t& unescaped_begin,
                        uint16_t& unescaped_chars) noexcept {
  const std::string_view escaped = text(begin, end);
  if (escaped.find('\\') == std::string_view::npos) return false;
  char* const unescaped = unescaped_;
  unescaped_ = unescape_json_string(unescaped, escaped);
  unescaped_begin = static_cast<uint16_t>(unescaped - text_);
  unescaped_chars = static_cast<uint16_t>(unescaped_ - unescaped);
  return true;
}

inline size_t JsonWalk::string(size_t at, QuoteCursor& quotes) const noexcept {
  if (quotes.next() != at) return 0;
  const size_t end = quotes.next();
  if (end >= text_bytes_) return 0;
  if (check_strings_ && !is_clean(at + 1, end)) return 0;
  return end + 1;
}

size_t JsonWalk::scalar(size_t at) const noexcept {
  const std::string_view rest = text(at, text_bytes_);
  if (rest.starts_with("true") || rest.starts_with("null")) return at + 4;
  if (rest.starts_with("false")) return at + 5;
  const size_t num_chars = json_number_chars(rest);
  return num_chars == 0 ? 0 : at + num_chars;
}

size_t JsonWalk::container(size_t at, QuoteCursor quotes) const noexcept {
  // Bit d tells whether the container at depth d is an object; the outer object is at depth 0.
  static_assert(kJsonDepthMax <= 64);
  uint64_t is_object = 1;
  size_t depth = 0;
  // At the begin of every turn, `at` is where a value begins.
  for (;;) {
    const char c = text_[at];
    bool ended = false;
    if (c == '{' || c == '[') {
      if (++depth == kJsonDepthMax) return 0;
      const uint64_t bit = uint64_t{1} << depth;
      is_object = c == '{' ? is_object | bit : is_object & ~bit;
      at = skip_blanks(at + 1);
      ended = text_[at] == (c == '{' ? '}' : ']');  // an empty container
    } else {
      at = c == '"' ? string(at, quotes) : scalar(at);
      if (at == 0) return 0;
      at = skip_blanks(at);
      ended = text_[at] != ',';
      if (!ended) at = skip_blanks(at + 1);
    }
    while (ended) {
      if (text_[at] != ((is_object >> depth & 1) != 0 ? '}' : ']')) return 0;
      if (--depth == 0) return at + 1;
      at = skip_blanks(at + 1);
      ended = text_[at] != ',';
      if (!ended) at = skip_blanks(at + 1);
    }
    if ((is_object >> depth & 1) != 0) {
      at = string(at, quotes);
      if (at == 0 || (at = take(':', at)) == 0) return 0;
      at = skip_blanks(at);
    }
  }
}

inline size_t JsonWalk::name(size_t at, QuoteCursor& quotes, JsonMember& member) noexcept {
  const size_t end = string(at, quotes);
  if (end == 0) return 0;
  member.name_begin = static_cast<uint16_t>(at + 1);
  member.name_chars = static_cast<uint16_t>(end - at - 2);
  if (check_strings_) unescape(at + 1, end - 1, member.name_begin, member.name_chars);
  member.name_tag = name_tag_padded(text_ + member.name_begin, member.name_chars);
  return end;
}

inline size_t JsonWalk::value(size_t at, QuoteCursor& quotes, JsonMember& member) noexcept {
  const char c = text_[at];
  member.raw_begin = static_cast<uint16_t>(at);
  member.has_escapes = false;
  size_t end = 0;
  if (c == '"') {
    member.type = JsonType::kString;
    end = string(at, quotes);
    if (check_strings_ && end != 0) {
      member.has_escapes =
          unescape(at + 1, end - 1, member.unescaped_begin, member.unescaped_chars);
    }
  } else if (c == '{' || c == '[') {
    member.type = c == '{' ? JsonType::kObject : JsonType::kArray;
    end = container(at, quotes);
    if (end != 0) quotes.seek(end);
  } else {
    member.type = c == 'n'               ? JsonType::kNull
                  : c == 't' || c == 'f' ? JsonType::kBoolean
                                         : JsonType::kNumber;
    end = scalar(at);
  }
  member.raw_chars = static_cast<uint16_t>(end - at);
  return end;
}

bool JsonWalk::object(QuoteCursor quotes, std::span<JsonMember, kMembersMax> members) noexcept {
  size_t at = take('{', 0);
  if (at == 0) return false;
  at = skip_blanks(at);
  uint64_t seen = 0;  // six bits of each tag: says for sure that a name is new
  size_t count = 0;
  if (text_[at] != '}') {
    for (;;) {
      if (count == kMembersMax) return false;
      JsonMember& member = members[count];
      at = name(at, quotes, member);
      if (at == 0 || (at = take(':', at)) == 0) return false;
      at = value(skip_blanks(at), quotes, member);
      if (at == 0) return false;

      const uint64_t bit = uint64_t{1} << (member.name_tag >> 10);
      if ((seen & bit) != 0) {
        const JsonObject before{text_, members.first(count)};
        has_duplicates_ |= before.find(before.name(member)) != nullptr;
      }
      seen |= bit;
      ++count;

      at = skip_blanks(at);
      if (text_[at] != ',') break;
      at = skip_blanks(at + 1);
    }
    if (text_[at] != '}') return false;
  }
  num_members_ = count;
  return skip_blanks(at + 1) == text_bytes_;
}

}  // namespace simdjwt::jose
