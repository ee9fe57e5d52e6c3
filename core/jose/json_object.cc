// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jose/json_object.h"

#include <simdjson.h>

#include <cstring>

#include "jose/json_number.h"
#include "jose/json_string.h"

namespace simdjwt::jose {

static_assert(kJsonPaddingBytes >= simdjson::SIMDJSON_PADDING);

namespace {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// A hash of the name that costs a few instructions: its first and last eight bytes and its length.
// Whoever picks names that collide makes look-ups compare names, of which there are at most
// kMembersMax.
uint16_t name_tag(std::string_view name) noexcept {
  uint64_t first = 0;
  uint64_t last = 0;
  if (name.size() >= 8) {
    std::memcpy(&first, name.data(), 8);
    std::memcpy(&last, name.data() + name.size() - 8, 8);
  } else if (name.size() >= 4) {
    std::memcpy(&first, name.data(), 4);
    std::memcpy(&last, name.data() + name.size() - 4, 4);
  } else if (!name.empty()) {
    first = static_cast<uint8_t>(name.front()) |
            static_cast<uint64_t>(static_cast<uint8_t>(name[name.size() / 2])) << 8 |
            static_cast<uint64_t>(static_cast<uint8_t>(name.back())) << 16;
  }
  const uint64_t mixed = (first ^ last * 0x9e3779b97f4a7c15 ^ name.size()) * 0xd6e8feb86659fd93;
  return static_cast<uint16_t>(mixed >> 48);
}

// The names seen so far, as 256 bits: says for sure that a name is new.
class NameFilter {
 public:
  // Adds a name and returns whether one with the same bit was there already.
  bool add(uint16_t tag) noexcept {
    uint64_t& word = words_[tag >> 6 & 3];
    const uint64_t bit = uint64_t{1} << (tag & 63);
    const bool seen = (word & bit) != 0;
    word |= bit;
    return seen;
  }

 private:
  uint64_t words_[4] = {};
};

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
class JsonReader::Walk {
 public:
  Walk(char* text, size_t num_bytes, const uint32_t* structurals, size_t num_structurals,
       JsonMember* members) noexcept
      : text_(text),
        structurals_(structurals),
        num_structurals_(num_structurals),
        members_(members),
        has_escapes_(std::memchr(text, '\\', num_bytes) != nullptr),
        unescaped_(text + num_bytes + kJsonPaddingBytes) {}

  // Walks the whole document. False when it is not one valid object.
  bool object() noexcept;

  size_t num_members() const noexcept { return num_members_; }
  bool has_duplicates() const noexcept { return has_duplicates_; }
  char* end() const noexcept { return unescaped_; }

 private:
  uint32_t position(size_t i) const noexcept { return structurals_[i]; }
  char at(size_t i) const noexcept { return text_[structurals_[i]]; }
  std::string_view text(size_t begin, size_t end) const noexcept {
    return {text_ + begin, end - begin};
  }
  uint16_t offset(const char* position) const noexcept {
    return static_cast<uint16_t>(position - text_);
  }

  // Position of the closing quote of the string that opens at structural `i`, or 0. There is a next
  // structural.
  size_t closing_quote(size_t i) const noexcept;
  // Whether the scalar at structural `i`, `num_chars` long, is all there is before the next
  // structural.
  bool ends_after(size_t i, size_t num_chars) const noexcept;
  // Length of the number, true, false or null at structural `i`; 0 if it is none.
  size_t scalar_chars(size_t i) const noexcept;
  // Checks the string, number or literal at structural `i`, inside a nested container.
  bool nested_scalar(size_t i) const noexcept;
  // Checks the container that opens at structural `i`; returns the structural that closes it, or 0.
  size_t closing_bracket(size_t i) const noexcept;

  bool member(size_t& i) noexcept;
  bool name(size_t i, JsonMember& member) noexcept;
  bool value(size_t& i, JsonMember& member) noexcept;
  void note_duplicate(const JsonMember& added) noexcept;
  void unescape(uint16_t& begin, uint16_t& chars) noexcept;

  char* const text_;
  const uint32_t* const structurals_;
  const size_t num_structurals_;
  JsonMember* const members_;
  const bool has_escapes_;
  char* unescaped_;  // where the next unescaped string goes
  size_t num_members_ = 0;
  bool has_duplicates_ = false;
  NameFilter names_;
};

size_t JsonReader::Walk::closing_quote(size_t i) const noexcept {
  size_t end = size_t{position(i + 1)} - 1;
  while (is_blank(text_[end])) --end;
  return end > position(i) && text_[end] == '"' ? end : 0;
}

bool JsonReader::Walk::ends_after(size_t i, size_t num_chars) const noexcept {
  size_t end = position(i) + num_chars;
  const size_t next = position(i + 1);
  while (end < next && is_blank(text_[end])) ++end;
  return end == next;
}

size_t JsonReader::Walk::scalar_chars(size_t i) const noexcept {
  const std::string_view rest = text(position(i), position(i + 1));
  switch (rest[0]) {
    case 't':
      return rest.starts_with("true") ? 4 : 0;
    case 'f':
      return rest.starts_with("false") ? 5 : 0;
    case 'n':
      return rest.starts_with("null") ? 4 : 0;
    default:
      return json_number_chars(rest);
  }
}

bool JsonReader::Walk::nested_scalar(size_t i) const noexcept {
  if (at(i) == '"') {
    const size_t end = closing_quote(i);
    return end != 0 && (!has_escapes_ || json_escapes_valid(text(position(i) + 1, end)));
  }
  const size_t num_chars = scalar_chars(i);
  return num_chars != 0 && ends_after(i, num_chars);
}

size_t JsonReader::Walk::closing_bracket(size_t i) const noexcept {
  // Bit d tells whether the container at depth d is an object; the outer object is at depth 0.
  static_assert(kJsonDepthMax <= 64);
  uint64_t is_object = 1;
  size_t depth = 0;
  enum class Expect { kValue, kName, kCommaOrEnd } expect = Expect::kValue;
  bool may_end = false;  // right behind an opening bracket, the container may end instead
  for (;; ++i) {
    if (i + 1 >= num_structurals_) return 0;
    const char c = at(i);
    const uint64_t bit = uint64_t{1} << depth;
    const bool in_object = (is_object & bit) != 0;
    const bool ends = c == (in_object ? '}' : ']') && depth > 0;
    if (ends && (may_end || expect == Expect::kCommaOrEnd)) {
      if (--depth == 0) return i;
      expect = Expect::kCommaOrEnd;
      may_end = false;
      continue;
    }
    may_end = false;
    switch (expect) {
      case Expect::kCommaOrEnd:
        if (c != ',') return 0;
        expect = in_object ? Expect::kName : Expect::kValue;
        break;
      case Expect::kName:
        if (c != '"' || !nested_scalar(i) || at(++i) != ':') return 0;
        expect = Expect::kValue;
        break;
      case Expect::kValue:
        if (c == '{' || c == '[') {
          if (++depth == kJsonDepthMax) return 0;
          const uint64_t opened = uint64_t{1} << depth;
          is_object = c == '{' ? is_object | opened : is_object & ~opened;
          expect = c == '{' ? Expect::kName : Expect::kValue;
          may_end = true;
        } else if (nested_scalar(i)) {
          expect = Expect::kCommaOrEnd;
        } else {
          return 0;
        }
        break;
    }
  }
}

void JsonReader::Walk::unescape(uint16_t& begin, uint16_t& chars) noexcept {
  const std::string_view escaped = text(begin, size_t{begin} + chars);
  if (escaped.find('\\') == std::string_view::npos) return;
  begin = offset(unescaped_);
  unescaped_ = unescape_json_string(unescaped_, escaped);
  chars = static_cast<uint16_t>(offset(unescaped_) - begin);
}

bool JsonReader::Walk::name(size_t i, JsonMember& member) noexcept {
  if (at(i) != '"') return false;
  const size_t end = closing_quote(i);
  if (end == 0) return false;
  member.name_begin = static_cast<uint16_t>(position(i) + 1);
  member.name_chars = static_cast<uint16_t>(end - member.name_begin);
  if (has_escapes_) {
    if (!json_escapes_valid(text(member.name_begin, end))) return false;
    unescape(member.name_begin, member.name_chars);
  }
  member.name_tag = name_tag({text_ + member.name_begin, member.name_chars});
  return true;
}

bool JsonReader::Walk::value(size_t& i, JsonMember& member) noexcept {
  const size_t begin = position(i);
  member.raw_begin = static_cast<uint16_t>(begin);
  member.value_begin = member.raw_begin;
  size_t num_chars = 0;
  switch (text_[begin]) {
    case '"': {
      const size_t end = closing_quote(i);
      if (end == 0) return false;
      member.type = JsonType::kString;
      member.raw_chars = static_cast<uint16_t>(end + 1 - begin);
      member.value_begin = static_cast<uint16_t>(begin + 1);
      member.value_chars = static_cast<uint16_t>(end - begin - 1);
      if (has_escapes_) {
        if (!json_escapes_valid(text(begin + 1, end))) return false;
        unescape(member.value_begin, member.value_chars);
      }
      return true;
    }
    case '{':
    case '[': {
      member.type = text_[begin] == '{' ? JsonType::kObject : JsonType::kArray;
      i = closing_bracket(i);
      if (i == 0) return false;
      num_chars = position(i) + 1 - begin;
      break;
    }
    default: {
      num_chars = scalar_chars(i);
      if (num_chars == 0 || !ends_after(i, num_chars)) return false;
      const char c = text_[begin];
      member.type = c == 'n'               ? JsonType::kNull
                    : c == 't' || c == 'f' ? JsonType::kBoolean
                                           : JsonType::kNumber;
    }
  }
  member.raw_chars = static_cast<uint16_t>(num_chars);
  member.value_chars = member.raw_chars;
  return true;
}

void JsonReader::Walk::note_duplicate(const JsonMember& added) noexcept {
  if (!names_.add(added.name_tag)) return;
  const JsonObject before{text_, {members_, num_members_}};
  if (before.find(before.name(added)) != nullptr) has_duplicates_ = true;
}

// Reads the member whose name is structural `i` and leaves `i` at what follows its value.
bool JsonReader::Walk::member(size_t& i) noexcept {
  // A name, a colon, a value and what follows it: four structurals.
  if (i + 3 >= num_structurals_ || num_members_ == kMembersMax) return false;
  JsonMember& member = members_[num_members_];
  if (!name(i, member) || at(i + 1) != ':') return false;
  i += 2;
  if (!value(i, member)) return false;
  ++i;
  note_duplicate(member);
  ++num_members_;
  return true;
}

bool JsonReader::Walk::object() noexcept {
  if (num_structurals_ < 2 || at(0) != '{') return false;
  size_t i = 1;
  if (at(i) == '}') return num_structurals_ == 2;
  for (;;) {
    if (!member(i)) return false;
    if (at(i) == '}') return i + 1 == num_structurals_;
    if (at(i) != ',') return false;
    ++i;
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
  Walk walk(text, num_bytes, stage1_->structural_indexes.get(), stage1_->n_structural_indexes,
            members_.data());
  if (!walk.object()) return JsonStatus::kInvalid;
  end = walk.end();
  object = {text, {members_.data(), walk.num_members()}};
  return walk.has_duplicates() ? JsonStatus::kDuplicateName : JsonStatus::kOk;
}

}  // namespace simdjwt::jose
