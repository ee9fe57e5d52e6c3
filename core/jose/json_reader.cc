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

// Clears the bits of quotes that a backslash makes part of their string. Outside strings a
// backslash is an error that the walk finds, whatever happened to quotes behind it.
void clear_escaped_quotes(uint64_t* quotes, std::string_view text) noexcept {
  size_t at = text.find('\\');
  while (at != std::string_view::npos && at + 1 < text.size()) {
    if (text[at + 1] == '"') quotes[(at + 1) / 64] &= ~(uint64_t{1} << ((at + 1) % 64));
    at = text.find('\\', at + 2);  // the character behind a backslash escapes nothing
  }
}

}  // namespace

JsonReader::JsonReader(const bytes::JsonIndexKernel& kernel, KnownNames known)
    : kernel_(&kernel), known_(known) {
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
      }
    }
  }
}

bool JsonReader::read_by_shape(char* text, size_t num_bytes, JsonMembers& members,
                               JsonObject& object) noexcept {
  for (size_t i = 0; i < kShapes; ++i) {
    const size_t shape = (last_shape_ + i) % kShapes;
    if (!shapes_[shape].read(text, num_bytes, quotes_.data(), members, object)) continue;
    last_shape_ = shape;
    lessons_left_ = kShapes;
    return true;
  }
  return false;
}

// Learning costs as much as it saves, and is in vain where every object has another shape: who has
// not been right since the last lessons gets a new one only now and then.
bool JsonReader::may_learn() noexcept {
  constexpr uint32_t kMissesPerLesson = 64;
  if (lessons_left_ == 0 && ++misses_ % kMissesPerLesson != 0) return false;
  if (lessons_left_ > 0) --lessons_left_;
  return true;
}

JsonStatus JsonReader::walk(char* text, size_t num_bytes, bytes::JsonTraits traits,
                            JsonMembers& members, JsonObject& object) noexcept {
  if (traits.has_backslash) clear_escaped_quotes(quotes_.data(), {text, num_bytes});
  const bool check_strings = traits.has_backslash || traits.has_control;
  JsonFound found;
  if (!walk_json_object({text, num_bytes, check_strings}, QuoteCursor(quotes_.data()), members,
                        found)) {
    return JsonStatus::kInvalid;
  }
  if (found.has_duplicates) return JsonStatus::kDuplicateName;
  object = {text, std::span(members).first(found.num_members)};
  find_known(object);
  return JsonStatus::kOk;
}

JsonStatus JsonReader::read(char* text, size_t num_bytes, JsonMembers& members,
                            JsonObject& object) noexcept {
  static_assert(kJsonPaddingBytes >= bytes::kJsonIndexBlockBytes);
  if (num_bytes > kTokenBytesMax) return JsonStatus::kInvalid;
  std::memset(text + num_bytes, kJsonPadding, kJsonPaddingBytes);
  const bytes::JsonTraits traits = kernel_->index(quotes_.data(), text, num_bytes);
  const size_t num_blocks =
      (num_bytes + bytes::kJsonIndexBlockBytes - 1) / bytes::kJsonIndexBlockBytes;
  quotes_[num_blocks] = quotes_[num_blocks + 1] = ~uint64_t{0};

  if (traits.has_non_ascii && !simdjson::validate_utf8(text, num_bytes)) {
    return JsonStatus::kInvalid;
  }
  const bool is_usual = !traits.has_backslash && !traits.has_control;
  if (is_usual && read_by_shape(text, num_bytes, members, object)) return JsonStatus::kOk;
  const JsonStatus status = walk(text, num_bytes, traits, members, object);
  if (is_usual && status == JsonStatus::kOk && may_learn()) {
    last_shape_ = (last_shape_ + kShapes - 1) % kShapes;
    shapes_[last_shape_].learn(object, num_bytes);
  }
  return status;
}

}  // namespace simdjwt::jose
