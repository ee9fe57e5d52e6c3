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

namespace simdjwt::jose {

// Bytes behind a text that may be overwritten.
inline constexpr size_t kJsonPaddingBytes = 64;

// Room that a text of `num_bytes` bytes needs: itself, its strings unescaped, and padding behind
// either.
constexpr size_t json_room_bytes(size_t num_bytes) { return 2 * num_bytes + 2 * kJsonPaddingBytes; }

// One member of the outer object, as offsets from the text's begin:
//
//   {"exp":1750000000,"sub":"al\u0069ce"} ...... alice
//     ^-^  ^--------^  ^-^  ^-----------^        ^---^
//     name raw         name raw                  unescaped, behind the text
//
// A name that had escapes lies unescaped behind the text, too.
struct JsonMember {
  uint16_t name_begin;
  uint16_t name_chars;
  uint16_t raw_begin;
  uint16_t raw_chars;
  uint16_t unescaped_begin;  // of a string that is not plain; else without meaning
  uint16_t unescaped_chars;
  JsonType type;
  bool is_plain;  // of a string: it has no escapes; of a number: it is digits only
  uint16_t reserved;
};
static_assert(sizeof(JsonMember) == 16);
static_assert(json_room_bytes(kTokenBytesMax) <= 0xffff, "offsets fit 16 bits");

// Whether the value is what a date from 2001 to 2286 looks like.
constexpr bool is_ten_digits(const JsonMember& member) noexcept {
  return member.type == JsonType::kNumber && member.is_plain && member.raw_chars == 10;
}

// Room for the members of any object. Uninitialized.
using JsonMembers = std::array<JsonMember, kMembersMax>;

// Names that a reader looks out for, so that nobody has to search for them: at most kKnownNamesMax.
using KnownNames = std::span<const std::string_view>;
inline constexpr size_t kKnownNamesMax = 8;

// The members that were read. Valid as long as the text and the room for the members are.
struct JsonObject {
  static constexpr uint8_t kAbsent = 0xff;
  static_assert(kMembersMax < kAbsent);

  const char* text = nullptr;
  std::span<const JsonMember> members = {};
  // Which member bears the reader's i-th known name, or kAbsent.
  std::array<uint8_t, kKnownNamesMax> known = {kAbsent, kAbsent, kAbsent, kAbsent,
                                               kAbsent, kAbsent, kAbsent, kAbsent};
  // Bit i: the value of the i-th known name is a plain number of ten digits, as dates are.
  uint8_t known_dates = 0;

  [[nodiscard]] std::string_view name(const JsonMember& member) const noexcept {
    return {text + member.name_begin, member.name_chars};
  }
  // The value as JSON text, quotes included.
  [[nodiscard]] std::string_view raw(const JsonMember& member) const noexcept {
    return {text + member.raw_begin, member.raw_chars};
  }
  // What a string member says, without quotes and escapes.
  [[nodiscard]] std::string_view string(const JsonMember& member) const noexcept {
    if (member.is_plain) return {text + member.raw_begin + 1, member.raw_chars - size_t{2}};
    return {text + member.unescaped_begin, member.unescaped_chars};
  }
  // The member of the reader's i-th known name, or null.
  [[nodiscard]] const JsonMember* find_known(size_t i) const noexcept {
    return known[i] == kAbsent ? nullptr : &members[known[i]];
  }
  // The member of this name, or null. Linear.
  [[nodiscard]] const JsonMember* find(std::string_view name) const noexcept;
};

}  // namespace simdjwt::jose

namespace simdjwt::internal {

struct ClaimAccess {
  // The value of a member of `object`.
  static Claim make(const jose::JsonObject& object, const jose::JsonMember& member) noexcept {
    return Claim(object.text, member);
  }
};

}  // namespace simdjwt::internal

#endif  // SIMDJWT_CORE_JOSE_JSON_OBJECT_H_
