// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jose/json_object.h"

namespace simdjwt::jose {

const JsonMember* JsonObject::find(std::string_view wanted) const noexcept {
  for (const JsonMember& member : members) {
    if (name(member) == wanted) return &member;
  }
  return nullptr;
}

}  // namespace simdjwt::jose
