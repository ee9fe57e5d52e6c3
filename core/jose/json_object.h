// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Reads one strict JSON object (RFC 8259), as headers and claims are, without allocation: validates
// all of it, also what nobody asks for, and lists the members of the outer object.
//
// simdjson's front ends do not serve here. On-Demand returns values out of documents that are
// invalid further on, compares names without unescaping them, and is compiled for the baseline CPU;
// the DOM keeps the first of two duplicates and refuses harmless numbers; and its stage 1 alone
// costs, on a CPU without AVX-512, twice what the reader below takes for everything.

#ifndef SIMDJWT_CORE_JOSE_JSON_OBJECT_H_
#define SIMDJWT_CORE_JOSE_JSON_OBJECT_H_

#include <simdjwt/limits.h>
#include <simdjwt/verified_token.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "bytes/json_pattern.h"

namespace simdjwt::jose {

// Bytes behind a text that may be overwritten.
inline constexpr size_t kJsonPaddingBytes = 64;

// Room that a text of `num_bytes` bytes needs: itself, its strings unescaped, and padding behind
// either.
constexpr size_t json_room_bytes(size_t num_bytes) { return 2 * num_bytes + 2 * kJsonPaddingBytes; }

// One member of the outer object:
//
//   {"exp":1750000000,"sub":"al\u0069ce"} ...... alice
//     ^-^  ^--------^  ^-^  ^-----------^        ^---^
//     name raw         name raw                  unescaped, behind the text
//
// A name that had escapes lies unescaped behind the text, too.
//
// Name and raw value are counted from the begin of a part of the text (see JsonPattern), so that
// objects whose parts lie elsewhere may share a member; a text that was walked is one part.
struct JsonMember {
  uint16_t name_begin;
  uint16_t name_chars;
  uint16_t raw_begin;
  uint16_t raw_chars;        // more, by the distance from `part` to `end_part`
  uint16_t unescaped_begin;  // of a string that is not plain, in the text; else without meaning
  uint16_t unescaped_chars;
  JsonType type;
  bool is_plain;  // of a string: it has no escapes; of a number: it is digits only
  uint8_t part;
  uint8_t end_part;  // the next one, if the value lies between the two; else the same
};
static_assert(sizeof(JsonMember) == 16);
static_assert(json_room_bytes(kTokenBytesMax) <= 0xffff, "offsets fit 16 bits");

// Whether the value is what a date from 2001 to 2286 looks like.
constexpr bool is_ten_digits(const JsonMember& member) noexcept {
  return member.type == JsonType::kNumber && member.is_plain && member.raw_chars == 10;
}

struct JsonObject;

// Room for the members of any object and for what they are counted from. Uninitialized.
struct JsonMembers {
  // How much of it the object, if it was read into this room, refers to.
  [[nodiscard]] size_t used_bytes(const JsonObject& object) const noexcept;

  std::array<uint16_t, bytes::JsonPattern::kPartsMax> part_begins;
  std::array<JsonMember, kMembersMax> list;
};

// Names that a reader looks out for, so that nobody has to search for them: at most kKnownNamesMax.
using KnownNames = std::span<const std::string_view>;
inline constexpr size_t kKnownNamesMax = 8;

// The members that were read. Valid as long as its text and room are, and the reader does not
// release it.
struct JsonObject {
  static constexpr uint8_t kAbsent = 0xff;
  static_assert(kMembersMax < kAbsent);

  const char* text = nullptr;
  const uint16_t* part_begins = nullptr;
  std::span<const JsonMember> members = {};
  // Which member bears the reader's i-th known name, or kAbsent.
  std::array<uint8_t, kKnownNamesMax> known = {kAbsent, kAbsent, kAbsent, kAbsent,
                                               kAbsent, kAbsent, kAbsent, kAbsent};
  // Bit i: the value of the i-th known name is a plain number of ten digits, as dates are.
  uint8_t known_dates = 0;

  [[nodiscard]] std::string_view name(const JsonMember& member) const noexcept {
    return {text + part_begins[member.part] + member.name_begin, member.name_chars};
  }
  // The value as JSON text, quotes included.
  [[nodiscard]] std::string_view raw(const JsonMember& member) const noexcept {
    const uint16_t begin = part_begins[member.part];
    const int distance = part_begins[member.end_part] - begin;
    return {text + begin + member.raw_begin, static_cast<uint16_t>(member.raw_chars + distance)};
  }
  // What a string member says, without quotes and escapes.
  [[nodiscard]] std::string_view string(const JsonMember& member) const noexcept {
    if (!member.is_plain) return {text + member.unescaped_begin, member.unescaped_chars};
    const std::string_view quoted = raw(member);
    return {quoted.data() + 1, quoted.size() - 2};
  }
  // The member of the reader's i-th known name, or null.
  [[nodiscard]] const JsonMember* find_known(size_t i) const noexcept {
    return known[i] == kAbsent ? nullptr : &members[known[i]];
  }
  // The member of this name, or null. Linear.
  [[nodiscard]] const JsonMember* find(std::string_view name) const noexcept;
};

inline size_t JsonMembers::used_bytes(const JsonObject& object) const noexcept {
  const bool are_here = object.members.data() == list.data();
  return offsetof(JsonMembers, list) + (are_here ? object.members.size_bytes() : 0);
}

}  // namespace simdjwt::jose

namespace simdjwt::internal {

struct ClaimAccess {
  // The value of a member of `object`, which lives as long.
  static Claim make(const jose::JsonObject& object, const jose::JsonMember& member) noexcept {
    return Claim(object, member);
  }
};

}  // namespace simdjwt::internal

#endif  // SIMDJWT_CORE_JOSE_JSON_OBJECT_H_
