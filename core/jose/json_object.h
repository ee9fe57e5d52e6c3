// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Reads one strict JSON object (RFC 8259), as headers and claims are, without allocation:
// simdjson's stage 1 finds the structural characters and checks UTF-8, a walk over them checks the
// grammar of everything, also of what nobody asks for, and lists the members of the outer object.
//
// simdjson's own front ends do not serve: On-Demand returns values out of documents that are
// invalid further on, compares names without unescaping them, and is compiled for the baseline CPU;
// the DOM keeps the first of two duplicates and refuses harmless numbers.

#ifndef SIMDJWT_CORE_JOSE_JSON_OBJECT_H_
#define SIMDJWT_CORE_JOSE_JSON_OBJECT_H_

#include <simdjwt/limits.h>
#include <simdjwt/verified_token.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace simdjson {
class implementation;
namespace internal {
class dom_parser_implementation;
}
}  // namespace simdjson

namespace simdjwt::jose {

// Bytes behind a text that may be read.
inline constexpr size_t kJsonPaddingBytes = 64;

// Room that a text of `num_bytes` bytes needs: itself, its strings unescaped, and padding behind
// either.
constexpr size_t json_room_bytes(size_t num_bytes) { return 2 * num_bytes + 2 * kJsonPaddingBytes; }

// One member of the outer object, as offsets from the text's begin:
//
//   {"exp":1750000000, "sub":"al\u0069ce"}        alice
//     ^--^ ^--------^   name  ^- raw -------^      ^---^ unescaped, behind the text
//     name raw
//
// A name that had escapes lies unescaped behind the text, too.
struct JsonMember {
  uint16_t name_begin;
  uint16_t name_chars;
  uint16_t raw_begin;
  uint16_t raw_chars;
  uint16_t unescaped_begin;  // of a string with escapes; else without meaning
  uint16_t unescaped_chars;
  uint16_t name_tag;  // a hash of the name: unequal tags, unequal names
  JsonType type;
  bool has_escapes;  // whether the value is a string with escapes
};
static_assert(sizeof(JsonMember) == 16, "four to a cache line");
static_assert(json_room_bytes(kTokenBytesMax) <= 0xffff, "offsets fit 16 bits");

// The members that were read. Views into the text; valid as long as it is, and, until it is copied
// elsewhere, as long as the reader reads nothing else.
struct JsonObject {
  const char* text = nullptr;
  std::span<const JsonMember> members;

  [[nodiscard]] std::string_view name(const JsonMember& member) const noexcept {
    return {text + member.name_begin, member.name_chars};
  }
  // The value as JSON text, quotes included.
  [[nodiscard]] std::string_view raw(const JsonMember& member) const noexcept {
    return {text + member.raw_begin, member.raw_chars};
  }
  // What a string member says, without quotes and escapes.
  [[nodiscard]] std::string_view string(const JsonMember& member) const noexcept {
    if (member.has_escapes) return {text + member.unescaped_begin, member.unescaped_chars};
    return {text + member.raw_begin + 1, member.raw_chars - size_t{2}};
  }
  // The member of this name, or null. Linear.
  [[nodiscard]] const JsonMember* find(std::string_view name) const noexcept;
};

enum class JsonStatus : uint8_t {
  kOk,
  kInvalid,        // not one complete valid object, or beyond kJsonDepthMax or kMembersMax
  kDuplicateName,  // valid, but a name of the outer object appears twice
};

class JsonReader {
 public:
  // For texts of up to kTokenBytesMax bytes. Allocates.
  explicit JsonReader(const simdjson::implementation& kernel);
  ~JsonReader();
  JsonReader(JsonReader&&) noexcept;
  JsonReader& operator=(JsonReader&&) noexcept;

  // Reads the `num_bytes` bytes at `text`, which has room for json_room_bytes(num_bytes). Stores
  // the members in `object` and, in `end`, where text, padding and unescaped strings end. Does not
  // allocate.
  JsonStatus read(char* text, size_t num_bytes, JsonObject& object, char*& end) noexcept;

 private:
  class Walk;
  std::unique_ptr<simdjson::internal::dom_parser_implementation> stage1_;
  std::array<JsonMember, kMembersMax> members_;
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
