// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jose/claims.h"

#include "jose/json_number.h"
#include "jose/json_string.h"

namespace simdjwt::jose {
namespace {

void check_string(const JsonMember* member, Verdict if_wrong, VerdictSet& malformed) noexcept {
  if (member != nullptr && member->type != JsonType::kString) malformed.add(if_wrong);
}

bool is_aud(const JsonObject& object, const JsonMember& member) noexcept {
  if (member.type == JsonType::kString) return true;
  if (member.type != JsonType::kArray) return false;
  JsonStrings strings(object.raw(member));
  while (strings.next()) {
  }
  return strings.all_strings();
}

}  // namespace

inline void Claims::read_date(Known name, Rounding rounding, Verdict if_wrong, Date& date,
                              VerdictSet& malformed) const noexcept {
  if ((object_.known_dates >> name & 1) != 0) [[likely]] {
    const JsonMember& member = object_.members[object_.known[name]];
    date.is_present = true;
    date.seconds = parse_ten_digit_date(object_.raw(member).data());
    return;
  }
  const JsonMember* const member = object_.find_known(name);
  if (member == nullptr) return;
  date.is_present = member->type == JsonType::kNumber &&
                    parse_numeric_date(object_.raw(*member), rounding, date.seconds);
  if (!date.is_present) malformed.add(if_wrong);
}

void Claims::read_dates(VerdictSet& malformed) noexcept {
  read_date(kExp, Rounding::kDown, Verdict::kBadExp, exp_, malformed);
  read_date(kNbf, Rounding::kUp, Verdict::kBadNbf, nbf_, malformed);
  read_date(kIat, Rounding::kDown, Verdict::kBadIat, iat_, malformed);
}

void Claims::check_strings(VerdictSet& malformed) const noexcept {
  check_string(object_.find_known(kIss), Verdict::kBadIss, malformed);
  check_string(object_.find_known(kSub), Verdict::kBadSub, malformed);
  check_string(object_.find_known(kJti), Verdict::kBadJti, malformed);
  const JsonMember* const aud = object_.find_known(kAud);
  if (aud != nullptr && !is_aud(object_, *aud)) malformed.add(Verdict::kBadAud);
}

bool Claims::has_aud_element(const JsonMember& aud, std::string_view audience) const noexcept {
  return internal::ClaimAccess::make(object_, aud).has_element(audience);
}

}  // namespace simdjwt::jose
