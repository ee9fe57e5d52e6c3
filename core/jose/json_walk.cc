// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Every step takes the position of what it reads and returns the position behind it, or 0 for what
// is no JSON.
//
// PERF NOTES. The quotes are known beforehand, so that a string costs two steps of the cursor,
// whatever its length. The state of the main loop stays in registers: steps take the text by value,
// and what is rare is kept out of line. Tried and lost: simdjson's stage 1 and a walk over all
// structural characters (2.3 times the time); members with the begin of the value beside that of
// the raw text, or with a hash of the name (1.1).

#include "jose/json_walk.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "jose/json_number.h"
#include "jose/json_string.h"

namespace simdjwt::jose {
namespace {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
constexpr bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_control(char c) { return static_cast<uint8_t>(c) < 0x20; }

std::string_view slice(JsonText text, size_t begin, size_t end) noexcept {
  return {text.chars + begin, end - begin};
}

// Position of the first character from `at` on that is not blank.
inline size_t skip_blanks(JsonText text, size_t at) noexcept {
  while (is_blank(text.chars[at])) ++at;
  return at;
}

// Position behind the character `wanted`, blanks before it skipped.
inline size_t take(char wanted, JsonText text, size_t at) noexcept {
  if (text.chars[at] == wanted) [[likely]]
    return at + 1;
  at = skip_blanks(text, at);
  return text.chars[at] == wanted ? at + 1 : 0;
}

// --- Strings ---

// Whether a string in [begin, end) holds neither control characters nor wrong escapes.
[[gnu::noinline]] bool is_clean(JsonText text, size_t begin, size_t end) noexcept {
  const std::string_view string = slice(text, begin, end);
  return std::none_of(string.begin(), string.end(), is_control) && json_escapes_valid(string);
}

inline size_t skip_string(JsonText text, size_t at, QuoteCursor& quotes) noexcept {
  if (text.chars[at] != '"') return 0;
  quotes.skip();
  const size_t end = quotes.next();
  if (end >= text.size) return 0;
  if (text.check_strings && !is_clean(text, at + 1, end)) return 0;
  return end + 1;
}

// Writes the clean string in [begin, end) to `room` without its escapes and moves `room` behind it,
// if it has any. A quote is put behind it, as behind any other string.
[[gnu::noinline]] bool unescape(JsonText text, size_t begin, size_t end, char*& room,
                                uint16_t& unescaped_begin, uint16_t& unescaped_chars) noexcept {
  const std::string_view escaped = slice(text, begin, end);
  if (escaped.find('\\') == std::string_view::npos) return false;
  char* const unescaped = room;
  room = unescape_json_string(unescaped, escaped);
  unescaped_begin = static_cast<uint16_t>(unescaped - text.chars);
  unescaped_chars = static_cast<uint16_t>(room - unescaped);
  *room++ = '"';
  return true;
}

// --- Other values ---

size_t skip_literal(JsonText text, size_t at) noexcept {
  const std::string_view rest(text.chars + at, 5);
  if (rest.starts_with("true") || rest.starts_with("null")) return at + 4;
  return rest == "false" ? at + 5 : 0;
}

inline size_t skip_number(JsonText text, size_t at, bool& is_plain) noexcept {
  const char* const end = jose::skip_number(text.chars + at, is_plain);
  return end == nullptr ? 0 : static_cast<size_t>(end - text.chars);
}

size_t skip_scalar(JsonText text, size_t at, QuoteCursor& quotes) noexcept {
  const char c = text.chars[at];
  bool unused;
  return c == '"'       ? skip_string(text, at, quotes)
         : is_letter(c) ? skip_literal(text, at)
                        : skip_number(text, at, unused);
}

// A container within the outer object, whatever it holds.
size_t skip_container(JsonText text, size_t at, QuoteCursor quotes) noexcept {
  // Bit d tells whether the container at depth d is an object; the outer object is at depth 0.
  static_assert(kJsonDepthMax <= 64);
  uint64_t is_object = 1;
  size_t depth = 0;
  const auto in_object = [&] { return (is_object >> depth & 1) != 0; };
  // At the begin of every turn, `at` is where a value begins.
  for (;;) {
    const char c = text.chars[at];
    bool ended = false;
    // Goes behind a comma, or finds that the container ends.
    const auto next_element = [&] {
      at = skip_blanks(text, at);
      ended = text.chars[at] != ',';
      if (!ended) at = skip_blanks(text, at + 1);
    };
    if (c == '{' || c == '[') {
      if (++depth == kJsonDepthMax) return 0;
      const uint64_t bit = uint64_t{1} << depth;
      is_object = c == '{' ? is_object | bit : is_object & ~bit;
      at = skip_blanks(text, at + 1);
      ended = text.chars[at] == (c == '{' ? '}' : ']');  // an empty container
    } else {
      at = skip_scalar(text, at, quotes);
      if (at == 0) return 0;
      next_element();
    }
    while (ended) {
      if (text.chars[at] != (in_object() ? '}' : ']')) return 0;
      ++at;
      if (depth <= 1) return at;
      --depth;
      next_element();
    }
    if (in_object()) {
      at = skip_string(text, at, quotes);
      if (at == 0 || (at = take(':', text, at)) == 0) return 0;
      at = skip_blanks(text, at);
    }
  }
}

// --- Members ---

inline size_t read_name(JsonText text, size_t at, QuoteCursor& quotes, char*& room,
                        JsonMember& member) noexcept {
  const size_t end = skip_string(text, at, quotes);
  if (end == 0) return 0;
  member.name_begin = static_cast<uint16_t>(at + 1);
  member.name_chars = static_cast<uint16_t>(end - at - 2);
  if (text.check_strings) {
    unescape(text, at + 1, end - 1, room, member.name_begin, member.name_chars);
  }
  return end;
}

inline size_t read_value(JsonText text, size_t at, QuoteCursor& quotes, char*& room,
                         JsonMember& member) noexcept {
  const char c = text.chars[at];
  size_t end = 0;
  member.is_plain = true;
  member.part = member.end_part = 0;
  if (c == '"') {
    member.type = JsonType::kString;
    end = skip_string(text, at, quotes);
    if (text.check_strings && end != 0) {
      member.is_plain =
          !unescape(text, at + 1, end - 1, room, member.unescaped_begin, member.unescaped_chars);
    }
  } else if (c == '{' || c == '[') {
    member.type = c == '{' ? JsonType::kObject : JsonType::kArray;
    end = skip_container(text, at, quotes);
    if (end != 0) quotes.seek(end);
  } else if (is_letter(c)) {
    member.type = c == 'n' ? JsonType::kNull : JsonType::kBoolean;
    end = skip_literal(text, at);
  } else {
    member.type = JsonType::kNumber;
    end = skip_number(text, at, member.is_plain);
  }
  member.raw_begin = static_cast<uint16_t>(at);
  member.raw_chars = static_cast<uint16_t>(end - at);
  return end;
}

// Finds names that appear twice, at the cost of a few instructions for one that is new: six bits of
// a hash of its first four bytes and its length say so. The multiplier was searched for: under it
// the names that tokens usually carry (iss, sub, aud, exp, nbf, iat, jti, scope, client_id, azp,
// typ, email, email_verified, name, roles) have different bits. Whoever picks names that collide
// makes it compare names, at most kMembersMax.
class NameFilter {
 public:
  // Whether the name of the last of `members` is that of an earlier one.
  bool repeats(const char* text, std::span<const JsonMember> members) noexcept {
    const JsonMember& added = members.back();
    uint32_t first;  // of a name of three letters, and the quote behind it
    std::memcpy(&first, text + added.name_begin, 4);
    const uint64_t hash =
        (first | static_cast<uint64_t>(added.name_chars) << 32) * 0xcd88a77427a01b9b;
    const uint64_t bit = uint64_t{1} << (hash >> 58);
    // Of a shorter name the four bytes hold what follows it.
    const bool may_repeat = (seen_ & bit) != 0 || added.name_chars < 3;
    seen_ |= bit;
    if (!may_repeat) [[likely]]
      return false;
    const JsonObject before{text, kOnePart, members.first(members.size() - 1)};
    return before.find(before.name(added)) != nullptr;
  }

 private:
  uint64_t seen_ = 0;
};

}  // namespace

bytes::JsonTraits JsonQuotes::find(const char* text, size_t num_bytes) noexcept {
  const bytes::JsonTraits traits = kernel_.index(words_.data(), text, num_bytes);
  const size_t num_blocks =
      (num_bytes + bytes::kJsonIndexBlockBytes - 1) / bytes::kJsonIndexBlockBytes;
  words_[num_blocks] = words_[num_blocks + 1] = ~uint64_t{0};
  return traits;
}

void JsonQuotes::remove_escaped(std::string_view text) noexcept {
  size_t at = text.find('\\');
  while (at != std::string_view::npos && at + 1 < text.size()) {
    if (text[at + 1] == '"') words_[(at + 1) / 64] &= ~(uint64_t{1} << ((at + 1) % 64));
    at = text.find('\\', at + 2);  // the character behind a backslash escapes nothing
  }
}

size_t read_json_value(JsonText text, size_t at, QuoteCursor quotes, JsonMember& member) noexcept {
  char* no_room = nullptr;  // for strings with escapes, of which there are none
  quotes.seek(at);
  return read_value(text, at, quotes, no_room, member);
}

bool walk_json_object(JsonText text, QuoteCursor quotes, std::span<JsonMember> members,
                      JsonFound& found) noexcept {
  char* room = text.chars + text.size + kJsonPaddingBytes;
  size_t at = take('{', text, 0);
  if (at == 0) return false;
  at = skip_blanks(text, at);
  NameFilter names;
  size_t count = 0;
  bool has_duplicates = false;
  if (text.chars[at] != '}') {
    for (;;) {
      if (count == members.size()) return false;
      JsonMember& member = members[count++];
      at = read_name(text, at, quotes, room, member);
      if (at == 0 || (at = take(':', text, at)) == 0) return false;
      at = read_value(text, skip_blanks(text, at), quotes, room, member);
      if (at == 0) return false;
      has_duplicates |= names.repeats(text.chars, members.first(count));
      at = skip_blanks(text, at);
      if (text.chars[at] != ',') break;
      at = skip_blanks(text, at + 1);
    }
    if (text.chars[at] != '}') return false;
  }
  found = {count, has_duplicates};
  return skip_blanks(text, at + 1) == text.size;
}

}  // namespace simdjwt::jose
