// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "verify/policy_rules.h"

#include <simdjwt/limits.h>

#include <algorithm>

#include "jose/header.h"

namespace simdjwt::internal {
namespace {

// A plain loop: the library's searches are unrolled, which does not pay for one value.
template <class Fits>
bool any_fits(const std::vector<std::string>& values, Fits fits) noexcept {
  for (const std::string& value : values) {
    if (fits(value)) return true;
  }
  return false;
}

Verdict judge_iss(const PolicyRules& rules, std::optional<std::string_view> iss) noexcept {
  if (rules.iss_demand == Demand::kIgnore) return Verdict::kValid;
  if (!iss) return Verdict::kIssMissing;
  const auto fits = [&](const std::string& issuer) { return issuer == *iss; };
  return any_fits(rules.iss, fits) ? Verdict::kValid : Verdict::kIssMismatch;
}

Verdict judge_aud(const PolicyRules& rules, const jose::Claims& claims) noexcept {
  if (rules.aud_demand == Demand::kIgnore) return Verdict::kValid;
  if (!claims.has_any_aud()) return Verdict::kAudMissing;
  const auto present = [&](const std::string& audience) { return claims.has_aud(audience); };
  const bool matches = rules.aud_all_of ? std::all_of(rules.aud.begin(), rules.aud.end(), present)
                                        : any_fits(rules.aud, present);
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

// Adds what the rules find to what was found before. Verdicts on registered claims stand in the
// order of their checks; rules come after them, in their own.
[[gnu::noinline]] Findings judge_rules(const PolicyRules& rules, VerdictSet failures,
                                       const jose::JsonObject& object) noexcept {
  Findings findings;
  findings.first = failures.first();
  for (size_t i = 0; i < rules.rules.size(); ++i) {
    const Verdict verdict = judge_rule(rules.rules[i], object);
    if (verdict == Verdict::kValid) continue;
    if (findings.first == Verdict::kValid) findings.first = verdict;
    failures.add(verdict);
    findings.failed_rules |= uint64_t{1} << i;
  }
  if (findings.first == Verdict::kValid) [[likely]]
    return findings;
  if (rules.collect_all) {
    findings.all = failures;
    return findings;
  }
  return findings.only_first();
}

}  // namespace

Verdict judge_typ(const PolicyRules& rules, std::optional<std::string_view> typ) noexcept {
  if (rules.typ_demand != Demand::kExpect) return Verdict::kValid;
  if (!typ) return Verdict::kTypMissing;
  return jose::typ_equals(*typ, rules.typ) ? Verdict::kValid : Verdict::kTypMismatch;
}

// A malformed claim counts as absent, but that it is "missing" as well is no news.
VerdictSet judge_parties(const PolicyRules& rules, const jose::Claims& claims) noexcept {
  VerdictSet failures;
  claims.check_strings(failures);
  const Verdict iss = judge_iss(rules, claims.iss());
  const Verdict aud = judge_aud(rules, claims);
  if (iss != Verdict::kValid && !failures.contains(Verdict::kBadIss)) failures.add(iss);
  if (aud != Verdict::kValid && !failures.contains(Verdict::kBadAud)) failures.add(aud);
  return failures;
}

Findings judge_claims(const PolicyRules& rules, Verdict typ_verdict, VerdictSet failures,
                      const jose::Claims& claims, int64_t now) noexcept {
  // Everything is judged, which costs a token that passes nothing and one that fails no more.
  const auto note = [&](Verdict verdict) {
    if (verdict != Verdict::kValid) [[unlikely]]
      failures.add(verdict);
  };
  const auto note_unless = [&](Verdict if_malformed, Verdict verdict) {
    if (verdict != Verdict::kValid && !failures.contains(if_malformed)) [[unlikely]]
      failures.add(verdict);
  };
  note(typ_verdict);
  note_unless(Verdict::kBadExp, judge_exp(rules, claims.exp(), now));
  note(judge_nbf(rules, claims.nbf(), now));
  note_unless(Verdict::kBadIat, judge_iat(rules, claims.iat(), now));

  if (rules.rules.empty()) [[likely]] {
    if (failures.empty()) [[likely]]
      return {};
    if (!rules.collect_all) return Findings::only(failures.first());
  }
  return judge_rules(rules, failures, claims.object());
}

static_assert(kClaimRulesMax <= 64, "failed_rules is one word");

}  // namespace simdjwt::internal
