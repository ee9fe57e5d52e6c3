// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// JsonShape: what an object looked like apart from the values that differ. The tokens of one issuer
// have the same claims in the same order, so that the next object is mostly known before it is
// read.

#ifndef SIMDJWT_CORE_JOSE_JSON_SHAPE_H_
#define SIMDJWT_CORE_JOSE_JSON_SHAPE_H_

#include <simdjwt/verdict.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "bytes/json_index.h"
#include "jose/json_object.h"
#include "jose/json_walk.h"

namespace simdjwt::jose {

// What somebody concluded from what all objects of a shape have in common.
struct JsonNote {
  uint64_t author = 0;  // 0 for nobody
  VerdictSet verdicts;
};

// The parts of a valid object between the values that differ from text to text:
//
//   {"iss":"https://a","sub":"alice","exp":1750000000,"roles":["x"]}
//   ^------------------------^     ^-------------------------^     ^   iss was always the same
//
// A text that consists of the same parts around other valid values is as valid as the first, and
// its names are as unique. So only the values have to be found and checked: a string ends at the
// next quote, provided that it has no backslashes; a date is ten digits, and with that belongs to
// its part; anything else is read as the walk reads it. A text with other parts is left to the
// walk, so that a shape decides how fast an object is read, never how it is judged.
//
// Every value is taken for one that is always the same, until an object shows that it is not, or
// the reader says so beforehand.
//
// PERF NOTES. Claims of 194 bytes take 390 instructions, 220 of them the match, 110 the dates. The
// members of an object are those of its shape, but for where parts begin; to list them anew for
// each took 110 more.
class JsonShape {
 public:
  // Reads a text, if it has this shape, into `object`, which may refer to this shape from then on.
  // False if it has not. That the text is UTF-8 remains to be checked, where has_non_ascii says so.
  // kJsonPaddingBytes of kJsonPadding follow the text.
  bool read(JsonQuotes& quotes, char* text, size_t num_bytes, JsonMembers& members,
            JsonObject& object, bool& has_non_ascii) const noexcept;

  // Whether of all objects of this shape the known names (see JsonObject) have values of the same
  // types, and those in the set `names` the same values.
  bool settles(uint8_t names) const noexcept {
    return !has_known_other_ && (known_variables_ & names) == 0;
  }
  // Empty where a shape is new.
  JsonNote note;

  // Whether the object has the same names in the same order, with values of the same kinds.
  bool is_like(const JsonObject& object) const noexcept;

  // Which of its values differ from text to text: bit i for member i.
  uint32_t variables() const noexcept { return variables_; }
  // The same, and those in which an object that is like the last one is another.
  uint32_t variables_with(const JsonObject& object) const noexcept;

  // Whether a shape has room for the members of the object.
  static bool may_hold(const JsonObject& object) noexcept {
    return object.members.size() <= kMembers;
  }

  // Takes on the shape of a text in UTF-8 without backslashes and control characters, whose members
  // the walk has found and of whose values these, dates among them or not, differ; or none, if
  // there is no room for all of it.
  void learn(const JsonObject& object, size_t num_bytes, uint32_t variables) noexcept;

 private:
  static constexpr size_t kMembers = bytes::JsonPattern::kPartsMax - 1;
  static constexpr size_t kConstantCharsMax = 64;  // longer values surely differ

  enum class Kind : uint8_t { kString, kTenDigits, kOther };
  static Kind kind_of(const JsonMember& member) noexcept;

  // Of a member's part.
  std::string_view learnt_text(size_t member, size_t begin, size_t num_chars) const noexcept;
  // The parts of a text in which variables_ differ. False if they find no room.
  bool add_parts(const JsonObject& object, size_t num_bytes) noexcept;
  bool add_part(std::string_view text, size_t num_members) noexcept;
  void admit_dates() noexcept;
  void find_known_variables() noexcept;
  // Reads what comes behind the parts up to `end`, of which there are more, and lists all members.
  bool read_rest(JsonQuotes& quotes, char* text, size_t num_bytes, size_t end, JsonMember* list,
                 bytes::JsonMatch& matched) const noexcept;

  size_t num_parts_ = 0;  // 0 for no shape
  size_t num_members_ = 0;
  uint32_t variables_ = 0;        // bit i: member i is no constant
  uint8_t known_variables_ = 0;   // bit i: known name i is no constant
  bool has_known_other_ = false;  // one of those is neither a string nor a date
  std::array<uint8_t, kKnownNamesMax> known_;
  uint8_t known_dates_ = 0;
  std::array<uint8_t, kMembers + 1> members_ended_;  // that begin in this part or before it
  // Parts with strings between them make up a run. Of its first part, the part behind the last.
  std::array<uint8_t, kMembers + 1> run_end_;
  std::array<JsonMember, kMembers> members_;
  size_t pattern_chars_ = 0;
  bytes::JsonPattern pattern_;
};

}  // namespace simdjwt::jose

#endif  // SIMDJWT_CORE_JOSE_JSON_SHAPE_H_
