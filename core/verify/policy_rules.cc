// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "verify/policy_rules.h"

#include <simdjwt/limits.h>

#include <algorithm>

#include "jose/header.h"

namespace simdjwt::internal {
namespace {

bool contains(const std::vector<std::string>& values, std::string_view value) noexcept {
  return std::find(values.begin(), values.end(), value) != values.end();
}

Verdict judge_iss(const PolicyRules& rules, std::optional<std::string_view> iss) noexcept {
  if (rules.iss_demand == Demand::kIgnore) return Verdict::kValid;
  if (!iss) return Verdict::kIssMissing;
  return contains(rules.iss, *iss) ? Verdict::kValid : Verdict::kIssMismatch;
}

Verdict judge_aud(const PolicyRules& rules, const jose::Claims& claims) noexcept {
  if (rules.aud_demand == Demand::kIgnore) return Verdict::kValid;
  if (!claims.has_any_aud()) return Verdict::kAudMissing;
  const auto present = [&](const std::string& audience) { return claims.has_aud(audience); };
  const bool matches = rules.aud_all_of ? std::all_of(rules.aud.begin(), rules.aud.end(), present)
                                        : std::any_of(rules.aud.begin(), rules.aud.end(), present);
  return matches ? Verdict::kValid : Verdict::kAudMismatch;
}

// The dates. All lie in 0..kNumericDateMax, so that only `now`, which the caller may choose freely,
// could make a sum overflow; the dates, never `now`, are therefore moved by the leeway.
Verdict judge_exp(const PolicyRules& rules, std::optional<int64_t> exp, int64_t now) noexcept {
  if (!exp) {
    return rules.exp_demand == Demand::kIgnore ? Verdict::kValid : Verdict::kExpMissing;
  }
  // "On or after" exp the token is not to be accepted: RFC 7519 section 4.1.4.
  return now < *exp + rules.leeway_seconds ? Verdict::kValid : Verdict::kExpired;
}

Verdict judge_nbf(const PolicyRules& rules, std::optional<int64_t> nbf, int64_t now) noexcept {
  if (!nbf) return Verdict::kValid;
  return now >= *nbf - rules.leeway_seconds ? Verdict::kValid : Verdict::kNotYetValid;
}

Verdict judge_iat(const PolicyRules& rules, std::optional<int64_t> iat, int64_t now) noexcept {
  if (!iat) return rules.max_age_seconds ? Verdict::kIatMissing : Verdict::kValid;
  if (now < *iat - rules.leeway_seconds) return Verdict::kIssuedInFuture;
  if (rules.max_age_seconds && now > *iat + *rules.max_age_seconds + rules.leeway_seconds) {
    return Verdict::kTooOld;
  }
  return Verdict::kValid;
}

bool satisfies(const ClaimRule& rule, const Claim& value) noexcept {
  using Kind = ClaimRule::Kind;
  switch (rule.kind) {
    case Kind::kEqualString:
      return value.string() == std::string_view(rule.values[0]);
    case Kind::kEqualInteger:
      return value.integer() == rule.integer;
    case Kind::kEqualBoolean:
      return value.boolean() == (rule.integer != 0);
    case Kind::kAnyOf:
      return std::any_of(rule.values.begin(), rule.values.end(), [&](const std::string& wanted) {
        return value.string() == std::string_view(wanted) || value.has_element(wanted);
      });
    case Kind::kScope:
      return value.has_word(rule.values[0]) || value.has_element(rule.values[0]);
    case Kind::kRequired:
    case Kind::kForbidden:
      break;
  }
  return true;
}

Verdict judge_rule(const ClaimRule& rule, const jose::JsonObject& object) noexcept {
  const jose::JsonMember* member = object.find(rule.claim);
  if (rule.kind == ClaimRule::Kind::kForbidden) {
    return member == nullptr ? Verdict::kValid : Verdict::kClaimForbidden;
  }
  if (member == nullptr) return Verdict::kClaimMissing;
  return satisfies(rule, ClaimAccess::make(object, *member)) ? Verdict::kValid
                                                             : Verdict::kClaimMismatch;
}

}  // namespace

Verdict judge_typ(const PolicyRules& rules, std::optional<std::string_view> typ) noexcept {
  if (rules.typ_demand != Demand::kExpect) return Verdict::kValid;
  if (!typ) return Verdict::kTypMissing;
  return jose::typ_equals(*typ, rules.typ) ? Verdict::kValid : Verdict::kTypMismatch;
}

Findings judge_claims(const PolicyRules& rules, Verdict typ_verdict, const jose::Claims& claims,
                      VerdictSet malformed, int64_t now) noexcept {
  Findings findings;
  findings.all = malformed;
  findings.first = malformed.first();
  // Whether to stop here. A malformed claim was left absent: that it is "missing" as well is no
  // news.
  const auto note = [&](Verdict verdict) {
    if (verdict != Verdict::kValid) {
      findings.all.add(verdict);
      if (findings.first == Verdict::kValid) findings.first = verdict;
    }
    return findings.first != Verdict::kValid && !rules.collect_all;
  };
  const auto present_or_absent = [&](Verdict if_malformed, Verdict verdict) {
    return malformed.contains(if_malformed) ? Verdict::kValid : verdict;
  };
  if (note(typ_verdict) ||
      note(present_or_absent(Verdict::kBadExp, judge_exp(rules, claims.exp(), now))) ||
      note(judge_nbf(rules, claims.nbf(), now)) ||
      note(present_or_absent(Verdict::kBadIat, judge_iat(rules, claims.iat(), now))) ||
      note(present_or_absent(Verdict::kBadIss, judge_iss(rules, claims.iss()))) ||
      note(present_or_absent(Verdict::kBadAud, judge_aud(rules, claims)))) {
    return findings;
  }
  for (size_t i = 0; i < rules.rules.size(); ++i) {
    const Verdict verdict = judge_rule(rules.rules[i], claims.object());
    if (verdict != Verdict::kValid) findings.failed_rules |= uint64_t{1} << i;
    if (note(verdict)) return findings;
  }
  return findings;
}

static_assert(kClaimRulesMax <= 64, "failed_rules is one word");

}  // namespace simdjwt::internal
