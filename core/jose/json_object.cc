// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jose/json_object.h"

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

}  // namespace

const JsonMember* JsonObject::find(std::string_view wanted) const noexcept {
  const uint16_t tag = name_tag(wanted);
  for (const JsonMember& member : members) {
    if (member.name_tag == tag && name(member) == wanted) return &member;
  }
  return nullptr;
}

JsonStatus JsonReader::read(char* text, size_t num_bytes, JsonObject& object) noexcept {
  static_assert(kJsonPaddingBytes >= bytes::kJsonIndexBlockBytes);
  if (num_bytes > kTokenBytesMax) return JsonStatus::kInvalid;
  std::memset(text + num_bytes, JsonWalk::kPadding, kJsonPaddingBytes);
  const bytes::JsonTraits traits = kernel_->index(quotes_.data(), text, num_bytes);
  const size_t num_blocks =
      (num_bytes + bytes::kJsonIndexBlockBytes - 1) / bytes::kJsonIndexBlockBytes;
  quotes_[num_blocks] = ~uint64_t{0};
  if (traits.has_backslash) clear_escaped_quotes(quotes_.data(), {text, num_bytes});
  if (traits.has_non_ascii && !simdjson::validate_utf8(text, num_bytes)) {
    return JsonStatus::kInvalid;
  }
  JsonWalk walk(text, num_bytes, traits);
  if (!walk.object(QuoteCursor(quotes_.data()), members_)) return JsonStatus::kInvalid;
  object = {text, {members_.data(), walk.num_members()}};
  return walk.has_duplicates() ? JsonStatus::kDuplicateName : JsonStatus::kOk;
}

}  // namespace simdjwt::jose
