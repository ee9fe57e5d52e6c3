// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// JsonShape: what an object looked like apart from its values. The tokens of one issuer have the
// same claims in the same order, so that the next object is mostly known before it is read.

#ifndef SIMDJWT_CORE_JOSE_JSON_SHAPE_H_
#define SIMDJWT_CORE_JOSE_JSON_SHAPE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "jose/json_object.h"

namespace simdjwt::jose {

// The parts of a valid object between its values, quotes included:
//
//   {"iss":"https://a","exp":1750000000}
//   ^------^         ^-------^         ^    three parts around two values
//
// A text that consists of the same parts around other values is as valid as the first, and its
// names are as unique, provided that a string value holds no quote, backslash, control character or
// wrong UTF-8, and a number is a run of digits without a leading zero. That is all there is to
// check. Whatever differs is left to the walk, so that a shape decides how fast an object is read,
// never how it is judged.
//
// PERF NOTES. 35 instructions a member instead of the walk's 110.
class JsonShape {
 public:
  // Reads a text without backslashes, control and non-ASCII characters, if it has this shape: lists
  // its members in `members` and refers to them in `object`. False if it has not. `quotes` is as in
  // QuoteCursor; kJsonPaddingBytes follow the text.
  bool read(const char* text, size_t num_bytes, const uint64_t* quotes,
            std::span<JsonMember, kMembersMax> members, JsonObject& object) const noexcept;

  // Takes on the shape of such a text, whose members the walk has found; or none, if one of its
  // values is neither a string nor a run of digits, or there are too many members or too long
  // names.
  void learn(const JsonObject& object, size_t num_bytes) noexcept;

 private:
  static constexpr size_t kMembers = 16;
  static constexpr size_t kPartChars = 24;

  struct Part {
    bool is_at(const char* text) const noexcept;
    // Takes on the characters in [begin, end) of the text. False if they are too many.
    bool learn(const char* text, size_t begin, size_t end) noexcept;

    std::array<uint64_t, kPartChars / 8> words;
    std::array<uint64_t, kPartChars / 8> masks;
    uint8_t num_chars;
    // Of the value behind it:
    JsonType type;
    uint8_t name_begin;  // from the part's begin
    uint8_t name_chars;
  };

  static bool is_learnable(const JsonMember& member) noexcept;
  bool learn_parts(const JsonObject& object, size_t num_bytes) noexcept;

  size_t num_members_ = 0;
  std::array<uint8_t, kKnownNamesMax> known_;
  std::array<Part, kMembers + 1> parts_;
};

}  // namespace simdjwt::jose

#endif  // SIMDJWT_CORE_JOSE_JSON_SHAPE_H_
