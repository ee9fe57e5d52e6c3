// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jose/json_object.h"

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "jose/json_number.h"
#include "jose/json_string.h"

namespace simdjwt::jose {

static_assert(kJsonPaddingBytes >= simdjson::SIMDJSON_PADDING);

namespace {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// The multiplier was searched for: under it the names that tokens usually carry (iss, sub, aud,
// exp, nbf, iat, jti, scope, client_id, azp, typ, email, name, roles) differ in the six bits that
// the duplicate filter uses.
constexpr uint16_t tag_of(uint64_t first_bytes, size_t num_chars) noexcept {
  return static_cast<uint16_t>(((first_bytes ^ num_chars << 58) * 0x2ab71cab529b9773) >> 48);
}

// A hash of the name out of its length and its first eight bytes, which costs a few instructions.
// Whoever picks names that collide makes look-ups compare whole names, of which there are at most
// kMembersMax.
uint16_t name_tag(std::string_view name) noexcept {
  uint64_t first = 0;
  std::memcpy(&first, name.data(), std::min<size_t>(name.size(), 8));
  return tag_of(first, name.size());
}

// The same of a name with padding behind it: one load.
uint16_t name_tag_padded(const char* name, size_t num_chars) noexcept {
  static_assert(std::endian::native == std::endian::little);
  uint64_t first;
  std::memcpy(&first, name, 8);
  if (num_chars < 8) first &= (uint64_t{1} << (8 * num_chars)) - 1;
  return tag_of(first, num_chars);
}

}  // namespace

const JsonMember* JsonObject::find(std::string_view wanted) const noexcept {
  const uint16_t tag = name_tag(wanted);
  for (const JsonMember& member : members) {
    if (member.name_tag == tag && name(member) == wanted) return &member;
  }
  return nullptr;
}

// One pass over the structural characters that stage 1 found: the brackets, colons and commas
// outside strings, and the first character of every string and other scalar. Whatever follows a
// value that is neither blank nor structural is a scalar of its own, so that comparing each value's
// end with the next structural character leaves nothing unseen.
//
// PERF NOTES. About 60 instructions a member; the loop of object() keeps its state in registers,
// which is why the steps take and return pointers instead of changing members. Tried and lost:
// members with the begin of every value beside its raw text (two stores more), a filter of 256 bits
// (one load and store more).
class JsonReader::Walk {
 public:
  Walk(char* text, size_t num_bytes, const uint32_t* structurals, size_t num_structurals) noexcept
      : text_(text),
        text_bytes_(num_bytes),
        first_(structurals),
        last_(structurals + num_structurals - 1),
        has_escapes_(std::memchr(text, '\\', num_bytes) != nullptr),
        unescaped_(text + num_bytes + kJsonPaddingBytes) {}

  // Walks the whole document and lists its members. False when it is not one valid object.
  bool object(std::span<JsonMember, kMembersMax> members) noexcept;

  // Of a valid object.
  size_t num_members() const noexcept { return num_members_; }
  bool has_duplicates() const noexcept { return has_duplicates_; }
  char* end() const noexcept { return unescaped_ + kJsonPaddingBytes; }

 private:
  // Where a structural character is in the text. There is always a next one behind those that these
  // inspect.
  using Structural = const uint32_t*;

  std::string_view text(size_t begin, size_t end) const noexcept {
    return {text_ + begin, end - begin};
  }

  // Position of the closing quote of the string that opens at `s`, or 0.
  size_t closing_quote(Structural s) const noexcept;
  // Length of the number, true, false or null at `s`, if that is all there is before the next
  // structural; else 0.
  size_t scalar_chars(Structural s) const noexcept;
  // Checks the string, number or literal at `s`, inside a nested container.
  bool nested_scalar(Structural s) const noexcept;
  // Checks the container that opens at `s`; returns where it closes, or null.
  Structural closing_bracket(Structural s) const noexcept;

  // Reads a name or a value at `s`. A value may be long: returns the structural behind it. False or
  // null if wrong.
  bool name(Structural s, JsonMember& member) noexcept;
  Structural value(Structural s, JsonMember& member) noexcept;

  // Checks the escapes of the string in [begin, end) and, if it has any, moves begin and chars to
  // it unescaped.
  bool unescape(size_t begin, size_t end, uint16_t& unescaped_begin, uint16_t& unescaped_chars,
                bool& has_escapes) noexcept;

  char* const text_;
  const size_t text_bytes_;
  const Structural first_;
  const Structural last_;
  const bool has_escapes_;
  char* unescaped_;  // where the next unescaped string goes
  size_t num_members_ = 0;
  bool has_duplicates_ = false;
};

inline size_t JsonReader::Walk::closing_quote(Structural s) const noexcept {
  size_t end = size_t{s[1]} - 1;
  while (text_[end] != '"') {
    if (!is_blank(text_[end])) return 0;
    --end;
  }
  return end > *s ? end : 0;
}

size_t JsonReader::Walk::scalar_chars(Structural s) const noexcept {
  const std::string_view rest = text(*s, text_bytes_);
  size_t num_chars = 0;
  switch (rest[0]) {
    case 't':
      num_chars = rest.starts_with("true") ? 4 : 0;
      break;
    case 'f':
      num_chars = rest.starts_with("false") ? 5 : 0;
      break;
    case 'n':
      num_chars = rest.starts_with("null") ? 4 : 0;
      break;
    default:
      num_chars = json_number_chars(rest);
  }
  size_t end = *s + num_chars;
  while (end < s[1] && is_blank(text_[end])) ++end;
  return end == s[1] ? num_chars : 0;
}

bool JsonReader::Walk::nested_scalar(Structural s) const noexcept {
  if (text_[*s] != '"') return scalar_chars(s) != 0;
  const size_t end = closing_quote(s);
  return end != 0 && (!has_escapes_ || json_escapes_valid(text(*s + 1, end)));
}

JsonReader::Walk::Structural JsonReader::Walk::closing_bracket(Structural s) const noexcept {
  // Bit d tells whether the container at depth d is an object; the outer object is at depth 0.
  static_assert(kJsonDepthMax <= 64);
  uint64_t is_object = 1;
  size_t depth = 0;
  enum class Expect { kValue, kName, kCommaOrEnd } expect = Expect::kValue;
  bool may_end = false;  // right behind an opening bracket, the container may end instead
  for (; s < last_; ++s) {
    const char c = text_[*s];
    const bool in_object = (is_object >> depth & 1) != 0;
    const bool ends = c == (in_object ? '}' : ']') && depth > 0;
    if (ends && (may_end || expect == Expect::kCommaOrEnd)) {
      if (--depth == 0) return s;
      expect = Expect::kCommaOrEnd;
      may_end = false;
      continue;
    }
    may_end = false;
    switch (expect) {
      case Expect::kCommaOrEnd:
        if (c != ',') return nullptr;
        expect = in_object ? Expect::kName : Expect::kValue;
        break;
      case Expect::kName:
        if (c != '"' || !nested_scalar(s) || text_[*++s] != ':') return nullptr;
        expect = Expect::kValue;
        break;
      case Expect::kValue:
        if (c == '{' || c == '[') {
          if (++depth == kJsonDepthMax) return nullptr;
          const uint64_t bit = uint64_t{1} << depth;
          is_object = c == '{' ? is_object | bit : is_object & ~bit;
          expect = c == '{' ? Expect::kName : Expect::kValue;
          may_end = true;
        } else if (nested_scalar(s)) {
          expect = Expect::kCommaOrEnd;
        } else {
          return nullptr;
        }
        break;
    }
  }
  return nullptr;
}

bool JsonReader::Walk::unescape(size_t begin, size_t end, uint16_t& unescaped_begin,
                                uint16_t& unescaped_chars, bool& has_escapes) noexcept {
  const std::string_view escaped = text(begin, end);
  if (escaped.find('\\') == std::string_view::npos) return true;
  if (!json_escapes_valid(escaped)) return false;
  char* const unescaped = unescaped_;
  unescaped_ = unescape_json_string(unescaped, escaped);
  unescaped_begin = static_cast<uint16_t>(unescaped - text_);
  unescaped_chars = static_cast<uint16_t>(unescaped_ - unescaped);
  has_escapes = true;
  return true;
}

inline bool JsonReader::Walk::name(Structural s, JsonMember& member) noexcept {
  if (text_[*s] != '"' || text_[s[1]] != ':') return false;
  const size_t begin = *s + size_t{1};
  const size_t end = closing_quote(s);
  if (end == 0) return false;
  member.name_begin = static_cast<uint16_t>(begin);
  member.name_chars = static_cast<uint16_t>(end - begin);
  bool unused;
  if (has_escapes_ && !unescape(begin, end, member.name_begin, member.name_chars, unused)) {
    return false;
  }
  member.name_tag = name_tag_padded(text_ + member.name_begin, member.name_chars);
  return true;
}

inline JsonReader::Walk::Structural JsonReader::Walk::value(Structural s,
                                                            JsonMember& member) noexcept {
  const size_t begin = *s;
  const char c = text_[begin];
  member.raw_begin = static_cast<uint16_t>(begin);
  member.has_escapes = false;
  if (c == '"') {
    const size_t end = closing_quote(s);
    if (end == 0) return nullptr;
    member.type = JsonType::kString;
    member.raw_chars = static_cast<uint16_t>(end + 1 - begin);
    if (has_escapes_ && !unescape(begin + 1, end, member.unescaped_begin, member.unescaped_chars,
                                  member.has_escapes)) {
      return nullptr;
    }
    return s + 1;
  }
  if (c == '{' || c == '[') {
    member.type = c == '{' ? JsonType::kObject : JsonType::kArray;
    const Structural closing = closing_bracket(s);
    if (closing == nullptr) return nullptr;
    member.raw_chars = static_cast<uint16_t>(*closing + 1 - begin);
    return closing + 1;
  }
  member.type = c == 'n'               ? JsonType::kNull
                : c == 't' || c == 'f' ? JsonType::kBoolean
                                       : JsonType::kNumber;
  member.raw_chars = static_cast<uint16_t>(scalar_chars(s));
  return member.raw_chars != 0 ? s + 1 : nullptr;
}

bool JsonReader::Walk::object(std::span<JsonMember, kMembersMax> members) noexcept {
  if (text_[*first_] != '{' || text_[*last_] != '}' || first_ == last_) return false;
  if (last_ == first_ + 1) return true;
  uint64_t seen = 0;  // six bits of each tag: says for sure that a name is new
  size_t count = 0;
  for (Structural s = first_ + 1;; ++s) {
    // A name, a colon, a value and what follows it.
    if (last_ - s < 3 || count == kMembersMax) return false;
    JsonMember& member = members[count];
    if (!name(s, member)) return false;
    s = value(s + 2, member);
    if (s == nullptr) return false;

    const uint64_t bit = uint64_t{1} << (member.name_tag >> 10);
    if ((seen & bit) != 0) {
      const JsonObject before{text_, members.first(count)};
      has_duplicates_ |= before.find(before.name(member)) != nullptr;
    }
    seen |= bit;
    ++count;

    if (text_[*s] == ',') continue;
    num_members_ = count;
    return text_[*s] == '}' && s == last_;
  }
}

JsonReader::JsonReader(const simdjson::implementation& kernel) {
  if (kernel.create_dom_parser_implementation(kTokenBytesMax + 1, 1, stage1_) !=
      simdjson::SUCCESS) {
    stage1_.reset();
  }
}
JsonReader::~JsonReader() = default;
JsonReader::JsonReader(JsonReader&&) noexcept = default;
JsonReader& JsonReader::operator=(JsonReader&&) noexcept = default;

JsonStatus JsonReader::read(char* text, size_t num_bytes, JsonObject& object, char*& end) noexcept {
  end = text + num_bytes + kJsonPaddingBytes;
  if (num_bytes == 0 || num_bytes > kTokenBytesMax ||
      stage1_->stage1(reinterpret_cast<const uint8_t*>(text), num_bytes,
                      simdjson::stage1_mode::regular) != simdjson::SUCCESS) {
    return JsonStatus::kInvalid;
  }
  if (stage1_->n_structural_indexes == 0) return JsonStatus::kInvalid;
  Walk walk(text, num_bytes, stage1_->structural_indexes.get(), stage1_->n_structural_indexes);
  if (!walk.object(members_)) return JsonStatus::kInvalid;
  end = walk.end();
  object = {text, {members_.data(), walk.num_members()}};
  return walk.has_duplicates() ? JsonStatus::kDuplicateName : JsonStatus::kOk;
}

}  // namespace simdjwt::jose
