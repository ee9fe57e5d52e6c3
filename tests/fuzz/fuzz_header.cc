// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Headers: one that is accepted names a known algorithm, once, and no critical extension.

#include <simdjwt/limits.h>

#include <vector>

#include "fuzz/require.h"
#include "jose/header.h"
#include "support/reference_json.h"

using namespace simdjwt;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > kHeaderCharsMax) return 0;
  static jose::JsonReader reader(*bytes::available_json_kernels().back(), jose::kHeaderNames);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<char> room(jose::json_room_bytes(size));
  std::copy(text.begin(), text.end(), room.begin());
  jose::Header header;
  const Verdict verdict = jose::read_header(reader, room.data(), size, header);

  const auto expected = simdjwt::testing::parse_json(text);
  if (verdict != Verdict::kValid) {
    require(class_of(verdict) == VerdictClass::kBadHeader);
    return 0;
  }
  require(expected && expected->type == JsonType::kObject);
  const auto* alg = expected->find("alg");
  require(alg != nullptr && alg->type == JsonType::kString && alg->text == to_string(header.alg));
  require(expected->find("crit") == nullptr);
  const auto* kid = expected->find("kid");
  require((kid != nullptr) == header.kid.has_value());
  if (kid != nullptr) require(kid->text == *header.kid && kid->text.size() <= kKidBytesMax);
  return 0;
}
