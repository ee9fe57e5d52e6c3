// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Reads one strict JSON object (RFC 8259), as headers and claims are, without allocation: validates
// all of it, also what nobody asks for, and lists the members of the outer object.
//
// simdjson's front ends do not serve here. On-Demand returns values out of documents that are
// invalid further on, compares names without unescaping them, and is compiled for the baseline CPU;
// the DOM keeps the first of two duplicates and refuses harmless numbers; and stage 1 alone costs,
// on a CPU without AVX-512, as much as all of the below.

#ifndef SIMDJWT_CORE_JOSE_JSON_READER_H_
#define SIMDJWT_CORE_JOSE_JSON_READER_H_

#include <simdjwt/limits.h>
#include <simdjwt/verdict.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "bytes/json_index.h"
#include "jose/json_object.h"
#include "jose/json_shape.h"
#include "jose/json_walk.h"

namespace simdjwt::jose {

enum class JsonStatus : uint8_t {
  kOk,
  kInvalid,        // not one complete valid object, or beyond kJsonDepthMax or kMembersMax
  kDuplicateName,  // valid, but a name of the outer object appears twice
};

// The verdict of a status: kValid, or the one of the two that fits.
constexpr Verdict verdict_of(JsonStatus status, Verdict if_invalid, Verdict if_duplicate) noexcept {
  switch (status) {
    case JsonStatus::kInvalid:
      return if_invalid;
    case JsonStatus::kDuplicateName:
      return if_duplicate;
    case JsonStatus::kOk:
      break;
  }
  return Verdict::kValid;
}

// Whether a reader looks for values that are always the same. Who takes any value for one that may
// differ reads an unusual one as fast as others.
enum class JsonConstants : uint8_t { kFind, kNone };

// Remembers the shapes of the last objects, to read their like faster. Not thread-safe; 12 KiB.
class JsonReader {
 public:
  // `known` lives as long as the reader.
  explicit JsonReader(const bytes::JsonIndexKernel& kernel, KnownNames known = {},
                      JsonConstants constants = JsonConstants::kFind);

  // Reads the `num_bytes` bytes at `text`, at most kTokenBytesMax, which has room for
  // json_room_bytes(num_bytes); overwrites what lies behind the text. `object` then refers to the
  // text, to `room` and, until it is released, to what the reader remembers.
  JsonStatus read(char* text, size_t num_bytes, JsonMembers& members, JsonObject& object) noexcept;

  // The same for what anybody may have written: uses what the reader remembers, and leaves all of
  // it as it is. `is_new` tells whether read() might learn from this text. To be done with at once.
  JsonStatus peek(char* text, size_t num_bytes, JsonMembers& members, JsonObject& object,
                  bool& is_new) noexcept;

  // The objects read so far are done with. Until then, shapes that they refer to cannot change, and
  // so the reader learns less.
  void release_objects() noexcept { ++round_; }

  // What was noted down on objects like the one that was read last: to begin with, nothing. Null if
  // nothing can be, because the reader does not know its shape, or in others of that shape a known
  // name may have a value of another type, or one in the set `names` another value.
  JsonNote* note(uint8_t names) noexcept {
    JsonShape& shape = shapes_[last_shape_];
    return is_of_last_shape_ && shape.settles(names) ? &shape.note : nullptr;
  }

 private:
  static constexpr size_t kShapes = 4;
  static constexpr size_t kLessons = 4;

  // Reads a text that has a known shape, and returns its slot; or kShapes, and `status` is to come.
  size_t read_by_shape(char* text, size_t num_bytes, JsonMembers& members, JsonObject& object,
                       JsonStatus& status) noexcept;
  // Reads any other. `is_plain` tells whether the text is fit for JsonShape::learn.
  JsonStatus read_by_walk(char* text, size_t num_bytes, JsonMembers& members, JsonObject& object,
                          bool& is_plain) noexcept;
  bool may_learn() noexcept;
  void learn(const JsonObject& object, size_t num_bytes) noexcept;
  void find_known(JsonObject& object) const noexcept;

  KnownNames known_;
  JsonConstants constants_;
  // The first four bytes of each known name and the quote behind it, as far as they go.
  std::array<uint32_t, kKnownNamesMax> first_words_{};
  std::array<uint32_t, kKnownNamesMax> first_masks_{};
  JsonQuotes quotes_;
  std::array<JsonShape, kShapes> shapes_;
  uint64_t round_ = 1;                         // counts releases
  std::array<uint64_t, kShapes> fitted_in_{};  // the round in which it did; 0 since it learnt last
  size_t last_shape_ = 0;                      // the one that fitted or was learnt last
  bool is_of_last_shape_ = false;              // the object that was read last
  size_t lessons_left_ = kLessons;
  uint32_t misses_ = 0;
};

}  // namespace simdjwt::jose

#endif  // SIMDJWT_CORE_JOSE_JSON_READER_H_
