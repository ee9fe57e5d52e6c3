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

#include "bytes/json_index.h"

namespace simdjwt::jose {

// Bytes behind a text that may be overwritten.
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

// The members that were read. Views into the text; valid as long as it is, and, until they are
// copied elsewhere, as long as the reader reads nothing else.
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

// Not thread-safe; a few KiB.
class JsonReader {
 public:
  explicit JsonReader(const bytes::JsonIndexKernel& kernel) noexcept : kernel_(&kernel) {}

  // Reads the `num_bytes` bytes at `text`, at most kTokenBytesMax, which has room for
  // json_room_bytes(num_bytes); overwrites what lies behind the text. Stores the members in
  // `object`.
  JsonStatus read(char* text, size_t num_bytes, JsonObject& object) noexcept;

 private:
  static constexpr size_t kBlocksMax =
      (kTokenBytesMax + bytes::kJsonIndexBlockBytes - 1) / bytes::kJsonIndexBlockBytes;

  const bytes::JsonIndexKernel* kernel_;
  std::array<uint64_t, kBlocksMax + 1> quotes_;  // and a sentinel
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
