// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jose/claims.h"

#include "jose/json_number.h"
#include "jose/json_string.h"

namespace simdjwt::jose {
namespace {

// All registered names have three letters: one comparison of a word tells them apart.
constexpr uint32_t name3(const char* name) {
  return static_cast<uint32_t>(static_cast<uint8_t>(name[0]) | static_cast<uint8_t>(name[1]) << 8 |
                               static_cast<uint8_t>(name[2]) << 16);
}

void read_string(const JsonObject& object, const JsonMember& member, Verdict if_wrong,
                 std::optional<std::string_view>& claim, VerdictSet& malformed) noexcept {
  if (member.type == JsonType::kString) {
    claim = object.string(member);
  } else {
    malformed.add(if_wrong);
  }
}

void read_date(const JsonObject& object, const JsonMember& member, Rounding rounding,
               Verdict if_wrong, std::optional<int64_t>& claim, VerdictSet& malformed) noexcept {
  if (member.type == JsonType::kNumber) claim = parse_numeric_date(object.raw(member), rounding);
  if (!claim) malformed.add(if_wrong);
}

void read_aud(const JsonObject& object, const JsonMember& member, RegisteredClaims& claims,
              VerdictSet& malformed) noexcept {
  if (member.type == JsonType::kArray) {
    JsonStrings strings(object.raw(member));
    while (strings.next()) {
    }
    claims.aud_is_array = strings.all_strings();
  }
  if (member.type == JsonType::kString) {
    claims.aud = object.string(member);
  } else if (claims.aud_is_array) {
    claims.aud = object.raw(member);
  } else {
    malformed.add(Verdict::kBadAud);
  }
}

}  // namespace

bool RegisteredClaims::has_aud(std::string_view audience) const noexcept {
  if (!aud) return false;
  if (!aud_is_array) return *aud == audience;
  for (JsonStrings strings(*aud); strings.next();) {
    if (json_string_equals(strings.escaped(), audience)) return true;
  }
  return false;
}

void read_registered_claims(const JsonObject& object, RegisteredClaims& claims,
                            VerdictSet& malformed) noexcept {
  for (const JsonMember& member : object.members) {
    if (member.name_chars != 3) continue;
    switch (name3(object.text + member.name_begin)) {
      case name3("iss"):
        read_string(object, member, Verdict::kBadIss, claims.iss, malformed);
        break;
      case name3("sub"):
        read_string(object, member, Verdict::kBadSub, claims.sub, malformed);
        break;
      case name3("jti"):
        read_string(object, member, Verdict::kBadJti, claims.jti, malformed);
        break;
      case name3("aud"):
        read_aud(object, member, claims, malformed);
        break;
      case name3("exp"):
        read_date(object, member, Rounding::kDown, Verdict::kBadExp, claims.exp, malformed);
        break;
      case name3("nbf"):
        read_date(object, member, Rounding::kUp, Verdict::kBadNbf, claims.nbf, malformed);
        break;
      case name3("iat"):
        read_date(object, member, Rounding::kDown, Verdict::kBadIat, claims.iat, malformed);
        break;
      default:
        break;
    }
  }
}

}  // namespace simdjwt::jose
