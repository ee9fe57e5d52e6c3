// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jose/json_shape.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "jose/json_number.h"

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

inline bool JsonShape::Part::is_at(const char* text) const noexcept {
  const uint64_t difference =
      ((load8(text) ^ words[0]) & masks[0]) | ((load8(text + 8) ^ words[1]) & masks[1]);
  if (num_chars <= 16) return difference == 0;
  return (difference | ((load8(text + 16) ^ words[2]) & masks[2])) == 0;
}

bool JsonShape::Part::learn(const char* text, size_t begin, size_t end) noexcept {
  if (end - begin > kPartChars) return false;
  num_chars = static_cast<uint8_t>(end - begin);
  words = {};
  masks = {};
  std::memcpy(words.data(), text + begin, num_chars);
  std::memset(masks.data(), 0xff, num_chars);
  return true;
}

bool JsonShape::read(const char* text, size_t num_bytes, const uint64_t* quotes,
                     std::span<JsonMember, kMembersMax> members,
                     JsonObject& object) const noexcept {
  if (num_members_ == 0) return false;
  size_t at = 0;
  for (size_t i = 0; i < num_members_; ++i) {
    const Part& part = parts_[i];
    if (!part.is_at(text + at)) return false;
    JsonMember& member = members[i];
    member.name_begin = static_cast<uint16_t>(at + part.name_begin);
    member.name_chars = part.name_chars;
    member.type = part.type;
    member.is_plain = true;
    at += part.num_chars;
    size_t end;
    if (part.type == JsonType::kString) {
      end = find_quote(quotes, at);
      if (end >= num_bytes) return false;
      member.raw_begin = static_cast<uint16_t>(at - 1);
      member.raw_chars = static_cast<uint16_t>(end - at + 2);
    } else {
      end = static_cast<size_t>(skip_digits(text + at) - text);
      if (end == at || text[at] == '0') return false;
      member.raw_begin = static_cast<uint16_t>(at);
      member.raw_chars = static_cast<uint16_t>(end - at);
    }
    at = end;
  }
  const Part& last = parts_[num_members_];
  if (!last.is_at(text + at) || at + last.num_chars != num_bytes) return false;
  object = {text, members.first(num_members_), known_};
  return true;
}

// Whether the shape can say all there is to say about a value of this kind.
bool JsonShape::is_learnable(const JsonMember& member) noexcept {
  return member.is_plain && (member.type == JsonType::kString || member.type == JsonType::kNumber);
}

bool JsonShape::learn_parts(const JsonObject& object, size_t num_bytes) noexcept {
  size_t begin = 0;
  for (size_t i = 0; i < object.members.size(); ++i) {
    const JsonMember& member = object.members[i];
    const bool is_string = member.type == JsonType::kString;
    Part& part = parts_[i];
    const size_t value_begin = member.raw_begin + (is_string ? size_t{1} : 0);
    if (!part.learn(object.text, begin, value_begin)) return false;
    part.type = member.type;
    part.name_begin = static_cast<uint8_t>(member.name_begin - begin);
    part.name_chars = static_cast<uint8_t>(member.name_chars);
    begin = member.raw_begin + size_t{member.raw_chars} - (is_string ? 1 : 0);
  }
  return parts_[object.members.size()].learn(object.text, begin, num_bytes);
}

void JsonShape::learn(const JsonObject& object, size_t num_bytes) noexcept {
  num_members_ = 0;
  if (object.members.size() <= kMembers &&
      std::all_of(object.members.begin(), object.members.end(), is_learnable) &&
      learn_parts(object, num_bytes)) {
    num_members_ = object.members.size();
    known_ = object.known;
  }
}

}  // namespace simdjwt::jose
