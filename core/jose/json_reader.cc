// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jose/json_reader.h"

#include <simdjson.h>

#include <cstring>

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

// Looks up the known names among the members.
void find_known(KnownNames names, JsonObject& object) noexcept {
  for (size_t i = 0; i < names.size(); ++i) {
    const JsonMember* const member = object.find(names[i]);
    object.known[i] = member == nullptr ? JsonObject::kAbsent
                                        : static_cast<uint8_t>(member - object.members.data());
  }
}

}  // namespace

bool JsonReader::read_by_shape(const char* text, size_t num_bytes, JsonObject& object) noexcept {
  for (size_t i = 0; i < kShapes; ++i) {
    const size_t shape = (last_shape_ + i) % kShapes;
    if (!shapes_[shape].read(text, num_bytes, quotes_.data(), members_, object)) continue;
    last_shape_ = shape;
    return true;
  }
  return false;
}

JsonStatus JsonReader::walk(char* text, size_t num_bytes, bytes::JsonTraits traits,
                            JsonObject& object) noexcept {
  if (traits.has_backslash) clear_escaped_quotes(quotes_.data(), {text, num_bytes});
  if (traits.has_non_ascii && !simdjson::validate_utf8(text, num_bytes)) {
    return JsonStatus::kInvalid;
  }
  const bool check_strings = traits.has_backslash || traits.has_control;
  JsonFound found;
  if (!walk_json_object({text, num_bytes, check_strings}, QuoteCursor(quotes_.data()), members_,
                        found)) {
    return JsonStatus::kInvalid;
  }
  if (found.has_duplicates) return JsonStatus::kDuplicateName;
  object = {text, std::span(members_).first(found.num_members)};
  find_known(known_, object);
  return JsonStatus::kOk;
}

JsonStatus JsonReader::read(char* text, size_t num_bytes, JsonObject& object) noexcept {
  static_assert(kJsonPaddingBytes >= bytes::kJsonIndexBlockBytes);
  if (num_bytes > kTokenBytesMax) return JsonStatus::kInvalid;
  std::memset(text + num_bytes, kJsonPadding, kJsonPaddingBytes);
  const bytes::JsonTraits traits = kernel_->index(quotes_.data(), text, num_bytes);
  const size_t num_blocks =
      (num_bytes + bytes::kJsonIndexBlockBytes - 1) / bytes::kJsonIndexBlockBytes;
  quotes_[num_blocks] = ~uint64_t{0};

  const bool is_usual = !traits.has_backslash && !traits.has_control && !traits.has_non_ascii;
  if (is_usual && read_by_shape(text, num_bytes, object)) return JsonStatus::kOk;
  const JsonStatus status = walk(text, num_bytes, traits, object);
  if (is_usual && status == JsonStatus::kOk) {
    last_shape_ = (last_shape_ + kShapes - 1) % kShapes;
    shapes_[last_shape_].learn(object, num_bytes);
  }
  return status;
}

}  // namespace simdjwt::jose
