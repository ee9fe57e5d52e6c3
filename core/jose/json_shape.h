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
// A text that consists of the same parts around other valid values is as valid as the first, and
// its names are as unique. So only the values have to be found and checked: a string ends at the
// next quote, provided that the text has no backslashes; a date is ten digits; anything else is
// read as the walk reads it. A text with other parts is left to the walk, so that a shape decides
// how fast an object is read, never how it is judged.
//
// PERF NOTES. 40 instructions a string or date instead of the walk's 110. Where a string ends is
// known ten cycles after where it began, so that most of the time goes into this chain; a date,
// whose end is known beforehand, does not lengthen it. What is wrong with parts and dates is only
// collected, and looked at once.
class JsonShape {
 public:
  // Reads a text in UTF-8 without backslashes and control characters, if it has this shape: lists
  // its members in `members` and refers to them in `object`. False if it has not. `quotes` is as in
  // QuoteCursor; kJsonPaddingBytes follow the text.
  bool read(char* text, size_t num_bytes, const uint64_t* quotes, JsonMembers& members,
            JsonObject& object) const noexcept;

  // Takes on the shape of such a text, whose members the walk has found; or none, if there are too
  // many of them or a name is too long.
  void learn(const JsonObject& object, size_t num_bytes) noexcept;

 private:
  static constexpr size_t kMembers = 32;
  static constexpr size_t kPartChars = 32;
  using Chars16 [[gnu::vector_size(16)]] = uint8_t;

  enum class Value : uint8_t { kString, kTenDigits, kOther };

  // What stands before a value, and what is known of the value.
  struct Part {
    // Not zero where the characters at `text` are others.
    Chars16 differences(const char* text) const noexcept;
    // The member behind the part, if that begins at `begin` and the value has this many characters,
    // quotes aside.
    void write_member(size_t begin, size_t value_chars, JsonMember& out) const noexcept;
    // Takes on the characters in [begin, end) of the text. False if they are too many.
    bool learn(const char* text, size_t begin, size_t end) noexcept;

    std::array<Chars16, kPartChars / 16> chars;
    std::array<Chars16, kPartChars / 16> masks;
    size_t num_chars;
    JsonMember member;  // as if the value were empty and the part began at 0
    Value value;
  };

  static bool is_zero(Chars16 chars) noexcept;
  static Chars16 load16(const char* text) noexcept;
  static Chars16 differences_to_ten_digits(const char* text) noexcept;
  static Value kind_of(const JsonMember& member) noexcept;
  bool learn_parts(const JsonObject& object, size_t num_bytes) noexcept;

  size_t num_members_ = 0;
  std::array<uint8_t, kKnownNamesMax> known_;
  std::array<Part, kMembers + 1> parts_;
};

}  // namespace simdjwt::jose

#endif  // SIMDJWT_CORE_JOSE_JSON_SHAPE_H_
