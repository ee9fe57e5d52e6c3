// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What a Policy holds: the builder's demands, and their judgement over a token's claims.

#ifndef SIMDJWT_CORE_VERIFY_POLICY_RULES_H_
#define SIMDJWT_CORE_VERIFY_POLICY_RULES_H_

#include <simdjwt/policy.h>
#include <simdjwt/verdict.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jose/claims.h"
#include "jose/json_object.h"

namespace simdjwt::internal {

// What is demanded of iss, aud, typ and exp. Unsaid never leaves the builder.
enum class Demand : uint8_t { kUnsaid, kIgnore, kExpect };

// A demand on any one claim.
struct ClaimRule {
  enum class Kind : uint8_t {
    kRequired,
    kForbidden,
    kEqualString,   // values[0]
    kEqualInteger,  // integer
    kEqualBoolean,  // integer, 0 or 1
    kAnyOf,         // values
    kScope,         // values[0] is one word of it
  };
  Kind kind;
  std::string claim;
  std::vector<std::string> values;
  int64_t integer = 0;
  std::string demand;  // in words
};

struct PolicyRules {
  bool signature_only = false;
  bool collect_all = false;
  Demand iss_demand = Demand::kUnsaid;
  Demand aud_demand = Demand::kUnsaid;
  Demand typ_demand = Demand::kUnsaid;
  Demand exp_demand = Demand::kUnsaid;  // ignored, it may be missing, but is honoured where present
  std::vector<std::string> iss;
  std::vector<std::string> aud;
  bool aud_all_of = false;  // else any of them serves
  std::string typ;
  int64_t leeway_seconds = 0;
  std::optional<int64_t> max_age_seconds;
  std::vector<ClaimRule> rules;
};

struct PolicyAccess {
  static const PolicyRules& rules(const Policy& policy) noexcept { return *policy.rules_; }
};

// What is wrong with a token: the first failure, and all of them where the policy collects them.
struct Findings {
  static Findings only(Verdict verdict) noexcept {
    Findings findings;
    findings.first = verdict;
    findings.all.add(verdict);
    return findings;
  }

  // The same without what comes after the first failure.
  Findings only_first() const noexcept {
    Findings findings = only(first);
    const bool is_of_rule = first == Verdict::kClaimMissing || first == Verdict::kClaimForbidden ||
                            first == Verdict::kClaimMismatch;
    if (is_of_rule) findings.failed_rules = failed_rules & ~(failed_rules - 1);
    return findings;
  }

  Verdict first = Verdict::kValid;
  VerdictSet all;
  uint64_t failed_rules = 0;  // rule i as bit i
};

// The verdict that the header's typ gives under these rules.
Verdict judge_typ(const PolicyRules& rules, std::optional<std::string_view> typ) noexcept;

// What is wrong with the types of all registered claims but the dates, and with iss and aud.
VerdictSet judge_parties(const PolicyRules& rules, const jose::Claims& claims) noexcept;

// Judges the claims of a token whose signature is right, whose typ gave `typ_verdict` and whose
// parties and dates gave `failures` so far. Does not allocate.
Findings judge_claims(const PolicyRules& rules, Verdict typ_verdict, VerdictSet failures,
                      const jose::Claims& claims, int64_t now) noexcept;

}  // namespace simdjwt::internal

#endif  // SIMDJWT_CORE_VERIFY_POLICY_RULES_H_
