// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jose/json_shape.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace simdjwt::jose {

using bytes::JsonPattern;

// --- Reading ---

bool JsonShape::read(JsonQuotes& quotes, char* text, size_t num_bytes, JsonMembers& members,
                     JsonObject& object, bool& has_non_ascii) const noexcept {
  if (num_parts_ == 0) return false;
  const size_t end = run_end_[0];
  bytes::JsonMatch matched = {members.part_begins.data()};
  if (!quotes.kernel().match(pattern_, 0, end, {text, num_bytes}, matched)) return false;
  const JsonMember* list = members_.data();
  if (end < num_parts_) {
    if (!read_rest(quotes, text, num_bytes, end, members.list.data(), matched)) return false;
    list = members.list.data();
  }
  if (matched.at != num_bytes) return false;
  // One by one: built elsewhere, they would be copied before they have reached the cache.
  object.text = text;
  object.part_begins = members.part_begins.data();
  object.members = {list, num_members_};
  object.known = known_;
  object.known_dates = known_dates_;
  has_non_ascii = matched.has_non_ascii;
  return true;
}

[[gnu::noinline]] bool JsonShape::read_rest(JsonQuotes& quotes, char* text, size_t num_bytes,
                                            size_t end, JsonMember* list,
                                            bytes::JsonMatch& matched) const noexcept {
  // Between here and there are values that are no strings, but may hold some.
  const bytes::JsonTraits traits = quotes.find(text, num_bytes);
  if (traits.has_backslash || traits.has_control) return false;
  std::copy_n(members_.begin(), num_members_, list);
  while (end < num_parts_) {
    JsonMember value;
    matched.at = read_json_value({text, num_bytes, false}, matched.at, quotes.cursor(), value);
    if (matched.at == 0) return false;
    // The last member that begins in the part before it is the one it belongs to.
    JsonMember& member = list[members_ended_[end - 1] - size_t{1}];
    member.type = value.type;
    member.is_plain = value.is_plain;
    const size_t first = end;
    end = run_end_[first];
    if (!quotes.kernel().match(pattern_, first, end, {text, num_bytes}, matched)) return false;
  }
  matched.has_non_ascii = traits.has_non_ascii;
  return true;
}

// --- Learning ---

JsonShape::Kind JsonShape::kind_of(const JsonMember& member) noexcept {
  if (member.type == JsonType::kString) return Kind::kString;
  return is_ten_digits(member) ? Kind::kTenDigits : Kind::kOther;
}

std::string_view JsonShape::learnt_text(size_t member, size_t begin,
                                        size_t num_chars) const noexcept {
  const uint8_t* const part = pattern_.lowest + pattern_.parts[members_[member].part].begin;
  return {reinterpret_cast<const char*>(part) + begin, num_chars};
}

bool JsonShape::is_like(const JsonObject& object) const noexcept {
  if (num_parts_ == 0 || num_members_ != object.members.size()) return false;
  for (size_t i = 0; i < num_members_; ++i) {
    const JsonMember& mine = members_[i];
    const JsonMember& other = object.members[i];
    if (kind_of(mine) != kind_of(other)) return false;
    if (learnt_text(i, mine.name_begin, mine.name_chars) != object.name(other)) return false;
  }
  return true;
}

uint32_t JsonShape::variables_with(const JsonObject& object) const noexcept {
  uint32_t variables = variables_;
  for (size_t i = 0; i < num_members_; ++i) {
    const uint32_t bit = uint32_t{1} << i;
    if ((variables & bit) != 0 || kind_of(members_[i]) == Kind::kTenDigits) continue;
    const std::string_view learnt = learnt_text(i, members_[i].raw_begin, members_[i].raw_chars);
    if (learnt != object.raw(object.members[i])) variables |= bit;
  }
  return variables;
}

bool JsonShape::add_part(std::string_view text, size_t num_members) noexcept {
  constexpr size_t kChunk = JsonPattern::kChunkChars;
  const size_t room = (text.size() + kChunk - 1) / kChunk * kChunk;
  if (pattern_chars_ + room > JsonPattern::kCharsMax) return false;
  uint8_t* const lowest = pattern_.lowest + pattern_chars_;
  uint8_t* const spread = pattern_.spread + pattern_chars_;
  std::memset(lowest, 0, room);
  std::memset(spread, 0xff, room);
  std::memcpy(lowest, text.data(), text.size());
  std::memset(spread, 0, text.size());
  pattern_.parts[num_parts_] = {static_cast<uint16_t>(pattern_chars_),
                                static_cast<uint16_t>(text.size())};
  members_ended_[num_parts_] = static_cast<uint8_t>(num_members);
  pattern_chars_ += room;
  ++num_parts_;
  return true;
}

bool JsonShape::add_parts(const JsonObject& object, size_t num_bytes) noexcept {
  const std::string_view text(object.text, num_bytes);
  size_t begin = 0;  // of the next part
  size_t run = 0;    // the first part of the present run
  const auto end_run = [&] {
    run_end_[run] = static_cast<uint8_t>(num_parts_);
    run = num_parts_;
  };
  for (size_t i = 0; i < num_members_; ++i) {
    const JsonMember& member = object.members[i];
    members_[i] = member;
    members_[i].part = members_[i].end_part = static_cast<uint8_t>(num_parts_);
    members_[i].name_begin = static_cast<uint16_t>(member.name_begin - begin);
    members_[i].raw_begin = static_cast<uint16_t>(member.raw_begin - begin);
    const uint32_t bit = uint32_t{1} << i;
    if (member.raw_chars > kConstantCharsMax) variables_ |= bit;
    if (kind_of(member) == Kind::kTenDigits) variables_ &= ~bit;
    if ((variables_ & bit) == 0) continue;
    const bool is_string = member.type == JsonType::kString;
    const size_t end = member.raw_begin + size_t{is_string};
    if (!add_part(text.substr(begin, end - begin), i + 1)) return false;
    if (!is_string) end_run();
    // A number below zero, but it is only ever added to the distance between the parts' begins.
    ++members_[i].end_part;
    members_[i].raw_chars = static_cast<uint16_t>((is_string ? 2 : 0) - (end - begin));
    begin = member.raw_begin + size_t{member.raw_chars} - size_t{is_string};
  }
  if (!add_part(text.substr(begin), num_members_)) return false;
  end_run();
  return true;
}

// A number of ten digits does not begin with a zero.
void JsonShape::admit_dates() noexcept {
  for (size_t i = 0; i < num_members_; ++i) {
    if (kind_of(members_[i]) != Kind::kTenDigits) continue;
    const size_t at = size_t{pattern_.parts[members_[i].part].begin} + members_[i].raw_begin;
    std::memset(pattern_.lowest + at, '0', 10);
    std::memset(pattern_.spread + at, 9, 10);
    pattern_.lowest[at] = '1';
    pattern_.spread[at] = 8;
  }
}

void JsonShape::find_known_variables() noexcept {
  static_assert(kKnownNamesMax <= 8);
  known_variables_ = 0;
  has_known_other_ = false;
  for (size_t i = 0; i < kKnownNamesMax; ++i) {
    if (known_[i] == JsonObject::kAbsent) continue;
    const Kind kind = kind_of(members_[known_[i]]);
    const bool is_variable = (variables_ >> known_[i] & 1) != 0;
    if (is_variable || kind == Kind::kTenDigits) known_variables_ |= static_cast<uint8_t>(1 << i);
    if (is_variable && kind == Kind::kOther) has_known_other_ = true;
  }
}

void JsonShape::learn(const JsonObject& object, size_t num_bytes, uint32_t variables) noexcept {
  variables_ = variables;
  num_members_ = object.members.size();
  known_ = object.known;
  known_dates_ = object.known_dates;
  note = {};
  num_parts_ = pattern_chars_ = 0;
  if (add_parts(object, num_bytes)) {
    admit_dates();
    find_known_variables();
  } else {
    num_parts_ = 0;
  }
}

}  // namespace simdjwt::jose
