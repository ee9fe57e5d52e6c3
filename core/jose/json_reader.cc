// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jose/json_reader.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "jose/json_walk.h"

namespace simdjwt::jose {
namespace {

void pad(char* text, size_t num_bytes) noexcept {
  static_assert(kJsonPaddingBytes >= bytes::kJsonIndexBlockBytes);
  std::memset(text + num_bytes, kJsonPadding, kJsonPaddingBytes);
}

}  // namespace

JsonReader::JsonReader(const bytes::JsonIndexKernel& kernel, KnownNames known,
                       JsonConstants constants)
    : known_(known), constants_(constants), quotes_(kernel) {
  for (size_t i = 0; i < known.size(); ++i) {
    const std::string with_quote = std::string(known[i]) + '"';
    const size_t num_chars = std::min<size_t>(with_quote.size(), 4);
    std::memcpy(&first_words_[i], with_quote.data(), num_chars);
    std::memset(&first_masks_[i], 0xff, num_chars);
  }
}

// In one pass: a word tells nearly all members that are unknown from those that are.
void JsonReader::find_known(JsonObject& object) const noexcept {
  for (size_t m = 0; m < object.members.size(); ++m) {
    const JsonMember& member = object.members[m];
    uint32_t word;
    std::memcpy(&word, object.text + member.name_begin, 4);
    for (size_t i = 0; i < known_.size(); ++i) {
      if ((word & first_masks_[i]) == first_words_[i] && object.name(member) == known_[i]) {
        object.known[i] = static_cast<uint8_t>(m);
        if (is_ten_digits(member)) object.known_dates |= static_cast<uint8_t>(1 << i);
      }
    }
  }
}

size_t JsonReader::read_by_shape(char* text, size_t num_bytes, JsonMembers& members,
                                 JsonObject& object, JsonStatus& status) noexcept {
  bool has_non_ascii;
  for (size_t i = 0; i < kShapes; ++i) {
    const size_t slot = (last_shape_ + i) % kShapes;
    if (!shapes_[slot].read(quotes_, text, num_bytes, members, object, has_non_ascii)) continue;
    const bool is_valid = !has_non_ascii || simdjson::validate_utf8(text, num_bytes);
    status = is_valid ? JsonStatus::kOk : JsonStatus::kInvalid;
    return slot;
  }
  return kShapes;
}

// Learning costs as much as it saves, and is in vain where every object has another shape: who has
// not been right since the last lessons gets a new one only now and then.
bool JsonReader::may_learn() noexcept {
  constexpr uint32_t kMissesPerLesson = 64;
  if (lessons_left_ == 0 && ++misses_ % kMissesPerLesson != 0) return false;
  if (lessons_left_ > 0) --lessons_left_;
  return true;
}

// A shape is generalized until it fits what came before and this object. Once it has fitted, it may
// have its constants for good reason: then the object gets a shape of its own, unless nothing has
// fitted for so long that there seem to be more of such shapes than there is room for. Shapes that
// unreleased objects refer to stay as they are.
void JsonReader::learn(const JsonObject& object, size_t num_bytes) noexcept {
  size_t pupil = kShapes;
  for (size_t i = 1; i <= kShapes && pupil == kShapes; ++i) {
    const size_t slot = (last_shape_ + kShapes - i) % kShapes;
    if (fitted_in_[slot] != round_) pupil = slot;
  }
  uint32_t variables = constants_ == JsonConstants::kNone ? ~uint32_t{0} : 0;
  uint32_t variables_in_general = variables;
  bool generalize = true;
  for (size_t i = 0; i < kShapes; ++i) {
    if (!shapes_[i].is_like(object)) continue;
    variables |= shapes_[i].variables();
    variables_in_general |= shapes_[i].variables_with(object);
    const bool has_fitted = fitted_in_[i] != 0;
    if (!has_fitted) pupil = i;
    if (has_fitted && lessons_left_ > 0) generalize = false;
  }
  if (pupil == kShapes) return;
  shapes_[pupil].learn(object, num_bytes, generalize ? variables_in_general : variables);
  fitted_in_[pupil] = 0;
  last_shape_ = pupil;
}

JsonStatus JsonReader::read_by_walk(char* text, size_t num_bytes, JsonMembers& members,
                                    JsonObject& object, bool& is_plain) noexcept {
  const bytes::JsonTraits traits = quotes_.find(text, num_bytes);
  if (traits.has_non_ascii && !simdjson::validate_utf8(text, num_bytes)) {
    return JsonStatus::kInvalid;
  }
  if (traits.has_backslash) quotes_.remove_escaped({text, num_bytes});
  is_plain = !traits.has_backslash && !traits.has_control;
  JsonFound found;
  if (!walk_json_object({text, num_bytes, !is_plain}, quotes_.cursor(), members.list, found)) {
    return JsonStatus::kInvalid;
  }
  if (found.has_duplicates) return JsonStatus::kDuplicateName;
  object = {text, kOnePart, std::span(members.list).first(found.num_members)};
  find_known(object);
  return JsonStatus::kOk;
}

JsonStatus JsonReader::peek(char* text, size_t num_bytes, JsonMembers& members, JsonObject& object,
                            bool& is_new) noexcept {
  is_new = false;
  if (num_bytes > kTokenBytesMax) return JsonStatus::kInvalid;
  pad(text, num_bytes);
  JsonStatus status;
  if (read_by_shape(text, num_bytes, members, object, status) < kShapes) return status;
  status = read_by_walk(text, num_bytes, members, object, is_new);
  is_new = is_new && JsonShape::may_hold(object);
  return status;
}

JsonStatus JsonReader::read(char* text, size_t num_bytes, JsonMembers& members,
                            JsonObject& object) noexcept {
  if (num_bytes > kTokenBytesMax) return JsonStatus::kInvalid;
  pad(text, num_bytes);
  JsonStatus status;
  const size_t slot = read_by_shape(text, num_bytes, members, object, status);
  is_of_last_shape_ = slot < kShapes;
  if (is_of_last_shape_) {
    last_shape_ = slot;
    fitted_in_[slot] = round_;
    lessons_left_ = kLessons;
    return status;
  }
  bool is_plain;
  status = read_by_walk(text, num_bytes, members, object, is_plain);
  if (status == JsonStatus::kOk && is_plain && JsonShape::may_hold(object) && may_learn())
    learn(object, num_bytes);
  return status;
}

}  // namespace simdjwt::jose
