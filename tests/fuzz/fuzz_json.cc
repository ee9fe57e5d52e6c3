// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The reader of headers and claims, all its kernels, one of them with a memory of shapes: status
// and members as in the reference.

#include <simdjwt/limits.h>

#include <set>
#include <string>
#include <vector>

#include "fuzz/require.h"
#include "jose/json_reader.h"
#include "support/reference_json.h"

using namespace simdjwt;
using namespace simdjwt::jose;

namespace {

void require_as_in_reference(JsonReader& reader, std::string_view text,
                             const std::optional<simdjwt::testing::JsonValue>& expected) {
  std::vector<char> room(json_room_bytes(text.size()));
  std::copy(text.begin(), text.end(), room.begin());
  JsonMembers members;
  JsonObject object;
  reader.release_objects();
  const JsonStatus status = reader.read(room.data(), text.size(), members, object);
  const bool is_object = expected && expected->type == JsonType::kObject;
  require((status != JsonStatus::kInvalid) == (is_object && expected->names.size() <= kMembersMax));
  if (status == JsonStatus::kInvalid) return;
  const std::set<std::string> names(expected->names.begin(), expected->names.end());
  require((status == JsonStatus::kOk) == (names.size() == expected->names.size()));
  if (status != JsonStatus::kOk) return;
  require(object.members.size() == expected->names.size());
  for (size_t i = 0; i < object.members.size(); ++i) {
    const JsonMember& member = object.members[i];
    const simdjwt::testing::JsonValue& value = expected->elements[i];
    require(object.name(member) == expected->names[i] && member.type == value.type);
    require(object.raw(member) == value.raw);
    if (member.type == JsonType::kString) require(object.string(member) == value.text);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > kTokenBytesMax) return 0;
  static JsonReader remembering(*bytes::available_json_kernels().back());
  const ExactInput input(data, size);
  const auto expected = simdjwt::testing::parse_json(input.text());
  require_as_in_reference(remembering, input.text(), expected);
  for (const bytes::JsonIndexKernel* kernel : bytes::available_json_kernels()) {
    JsonReader fresh(*kernel);
    require_as_in_reference(fresh, input.text(), expected);
  }
  return 0;
}
