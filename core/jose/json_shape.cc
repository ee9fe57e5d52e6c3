// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jose/json_shape.h"

#include <bit>
#include <cstddef>
#include <cstring>

#include "jose/json_walk.h"

namespace simdjwt::jose {
namespace {

// Position of the first quote at or behind `at`. Where values end differs from token to token, and
// so does which word of the bitmap tells; a load at the byte that does costs no branch that would
// be mispredicted.
inline size_t find_quote(const uint64_t* quotes, size_t at) noexcept {
  static_assert(std::endian::native == std::endian::little);
  uint64_t bits;
  std::memcpy(&bits, reinterpret_cast<const char*>(quotes) + at / 8, 8);
  bits >>= at % 8;
  if (bits != 0) [[likely]]
    return at + static_cast<unsigned>(std::countr_zero(bits));
  size_t i = at / 64 + 1;
  while (quotes[i] == 0) ++i;
  return i * 64 + static_cast<unsigned>(std::countr_zero(quotes[i]));
}

}  // namespace

inline bool JsonShape::is_zero(Chars16 chars) noexcept {
  uint64_t halves[2];
  std::memcpy(halves, &chars, sizeof(halves));
  return (halves[0] | halves[1]) == 0;
}

inline JsonShape::Chars16 JsonShape::load16(const char* text) noexcept {
  Chars16 chars;
  std::memcpy(&chars, text, sizeof(chars));
  return chars;
}

inline JsonShape::Chars16 JsonShape::Part::differences(const char* text) const noexcept {
  Chars16 found = (load16(text) ^ chars[0]) & masks[0];
  if (num_chars > 16) [[unlikely]]
    found |= (load16(text + 16) ^ chars[1]) & masks[1];
  return found;
}

inline JsonShape::Chars16 JsonShape::differences_to_ten_digits(const char* text) noexcept {
  constexpr Chars16 kFirst = {'1', '0', '0', '0', '0', '0', '0', '0', '0', '0'};
  constexpr Chars16 kMore = {8, 9, 9, 9, 9, 9, 9, 9, 9, 9, 255, 255, 255, 255, 255, 255};
  return reinterpret_cast<Chars16>(load16(text) - kFirst > kMore);
}

// All fields in two stores. Their sums stay below 2^16, so that nothing is carried over.
inline void JsonShape::Part::write_member(size_t begin, size_t value_chars,
                                          JsonMember& out) const noexcept {
  static_assert(offsetof(JsonMember, name_begin) == 0 && offsetof(JsonMember, raw_begin) == 4 &&
                offsetof(JsonMember, raw_chars) == 6);
  uint64_t halves[2];
  static_assert(sizeof(halves) == sizeof(member));
  std::memcpy(halves, &member, sizeof(halves));
  halves[0] += begin * (uint64_t{1} << 32 | 1) + (uint64_t{value_chars} << 48);
  std::memcpy(&out, halves, sizeof(halves));
}

bool JsonShape::Part::learn(const char* text, size_t begin, size_t end) noexcept {
  if (end - begin > kPartChars) return false;
  num_chars = end - begin;
  chars = {};
  masks = {};
  std::memcpy(chars.data(), text + begin, num_chars);
  std::memset(masks.data(), 0xff, num_chars);
  return true;
}

bool JsonShape::read(char* text, size_t num_bytes, const uint64_t* quotes, JsonMembers& members,
                     JsonObject& object) const noexcept {
  const size_t num_members = num_members_;
  if (num_members == 0 || !is_zero(parts_[0].differences(text))) return false;
  Chars16 wrong = {};  // not zero where anything is: one test for all parts and dates
  JsonMember other;
  size_t at = 0;
  for (size_t i = 0; i < num_members; ++i) {
    const Part& part = parts_[i];
    wrong |= part.differences(text + at);
    const size_t begin = at + part.num_chars;
    size_t end;
    if (part.value == Value::kString) {
      end = find_quote(quotes, begin);
    } else if (part.value == Value::kTenDigits) {
      end = begin + 10;
      wrong |= differences_to_ten_digits(text + begin);
    } else {
      end = read_json_value({text, num_bytes, false}, begin, QuoteCursor(quotes), other);
      if (end == 0) return false;
    }
    if (end >= num_bytes) return false;
    part.write_member(at, end - begin, members[i]);
    if (part.value == Value::kOther) {
      members[i].type = other.type;
      members[i].is_plain = other.is_plain;
    }
    at = end;
  }
  const Part& last = parts_[num_members];
  wrong |= last.differences(text + at);
  if (!is_zero(wrong) || at + last.num_chars != num_bytes) return false;
  object = {text, std::span(members).first(num_members), known_};
  return true;
}

JsonShape::Value JsonShape::kind_of(const JsonMember& member) noexcept {
  if (member.type == JsonType::kString) return Value::kString;
  const bool is_date =
      member.type == JsonType::kNumber && member.is_plain && member.raw_chars == 10;
  return is_date ? Value::kTenDigits : Value::kOther;
}

bool JsonShape::learn_parts(const JsonObject& object, size_t num_bytes) noexcept {
  size_t begin = 0;
  for (size_t i = 0; i < object.members.size(); ++i) {
    const JsonMember& member = object.members[i];
    Part& part = parts_[i];
    part.value = kind_of(member);
    const size_t num_quotes = part.value == Value::kString ? 2 : 0;
    if (!part.learn(object.text, begin, member.raw_begin + num_quotes / 2)) return false;
    part.member = member;
    part.member.name_begin = static_cast<uint16_t>(member.name_begin - begin);
    part.member.raw_begin = static_cast<uint16_t>(member.raw_begin - begin);
    part.member.raw_chars = static_cast<uint16_t>(num_quotes);
    begin = member.raw_begin + size_t{member.raw_chars} - num_quotes / 2;
  }
  return parts_[object.members.size()].learn(object.text, begin, num_bytes);
}

void JsonShape::learn(const JsonObject& object, size_t num_bytes) noexcept {
  num_members_ = 0;
  if (object.members.size() <= kMembers && learn_parts(object, num_bytes)) {
    num_members_ = object.members.size();
    known_ = object.known;
  }
}

}  // namespace simdjwt::jose
