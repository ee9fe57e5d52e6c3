// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include <absl/status/status.h>
#include <simdjwt/limits.h>
#include <simdjwt/policy.h>

#include <algorithm>
#include <utility>

#include "verify/policy_rules.h"

namespace simdjwt {
namespace {

using internal::ClaimRule;
using internal::Demand;
using internal::PolicyRules;

std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

// "\"a\"", "one of \"a\", \"b\"" or "all of \"a\", \"b\"".
std::string quoted_list(std::string_view which, const std::vector<std::string>& values) {
  if (values.size() == 1) return quoted(values.front());
  std::string list(which);
  for (const std::string& value : values) {
    list += (&value == &values.front() ? " " : ", ") + quoted(value);
  }
  return list;
}

std::string seconds_text(int64_t seconds) { return std::to_string(seconds) + " s"; }

bool is_empty(const std::string& text) { return text.empty(); }

// Sets one of the four demands that must be said exactly once.
void say(Demand& demand, Demand said, std::string_view what, std::vector<std::string>& mistakes) {
  if (demand != Demand::kUnsaid) {
    mistakes.push_back("what is demanded of " + std::string(what) + " was said twice");
  }
  demand = said;
}

void say_values(Demand& demand, std::string_view what, std::vector<std::string>& values,
                std::vector<std::string> expected, std::vector<std::string>& mistakes) {
  say(demand, Demand::kExpect, what, mistakes);
  if (expected.empty() || std::any_of(expected.begin(), expected.end(), is_empty)) {
    mistakes.push_back("an expected " + std::string(what) + " is empty");
  }
  values = std::move(expected);
}

void add_rule(ClaimRule rule, PolicyRules& rules, std::vector<std::string>& mistakes) {
  using Kind = ClaimRule::Kind;
  if (rule.claim.empty()) mistakes.emplace_back("a rule names no claim");
  const bool needs_value = rule.kind == Kind::kAnyOf || rule.kind == Kind::kScope;
  if (needs_value &&
      (rule.values.empty() || std::any_of(rule.values.begin(), rule.values.end(), is_empty))) {
    mistakes.push_back("the rule on " + quoted(rule.claim) + " expects an empty value");
  }
  if (rule.kind == Kind::kScope && rule.values[0].find(' ') != std::string::npos) {
    mistakes.push_back("the rule on " + quoted(rule.claim) + " expects a word with a blank in it");
  }
  if (rules.rules.size() == kClaimRulesMax) {
    mistakes.push_back("there are more than " + std::to_string(kClaimRulesMax) + " rules");
    return;
  }
  rules.rules.push_back(std::move(rule));
}

// A claim that is forbidden by one rule and needed by another makes a policy that nothing
// satisfies.
void find_contradictions(const PolicyRules& rules, std::vector<std::string>& mistakes) {
  const auto needs = [&](std::string_view claim) {
    if (claim == "iss") return rules.iss_demand != Demand::kIgnore;
    if (claim == "aud") return rules.aud_demand != Demand::kIgnore;
    if (claim == "exp") return rules.exp_demand != Demand::kIgnore;
    if (claim == "iat" && rules.max_age_seconds) return true;
    return std::any_of(rules.rules.begin(), rules.rules.end(), [&](const ClaimRule& rule) {
      return rule.claim == claim && rule.kind != ClaimRule::Kind::kForbidden;
    });
  };
  for (const ClaimRule& rule : rules.rules) {
    if (rule.kind == ClaimRule::Kind::kForbidden && needs(rule.claim)) {
      mistakes.push_back("the claim " + quoted(rule.claim) + " is both forbidden and expected");
    }
  }
}

bool is_equality(const ClaimRule& rule) {
  using Kind = ClaimRule::Kind;
  return rule.kind == Kind::kEqualString || rule.kind == Kind::kEqualInteger ||
         rule.kind == Kind::kEqualBoolean;
}

bool has_value(const std::vector<std::string>& values, const std::string& wanted) {
  return std::find(values.begin(), values.end(), wanted) != values.end();
}

// Whether the one value that `equality` admits satisfies a rule on the same claim.
bool may_equal(const ClaimRule& rule, const ClaimRule& equality) {
  using Kind = ClaimRule::Kind;
  if (rule.kind == Kind::kRequired || rule.kind == Kind::kForbidden) return true;
  if (is_equality(rule)) {
    return rule.kind == equality.kind && rule.values == equality.values &&
           rule.integer == equality.integer;
  }
  if (equality.kind != Kind::kEqualString) return false;
  const std::string& value = equality.values[0];
  if (rule.kind == Kind::kAnyOf) return has_value(rule.values, value);
  return (' ' + value + ' ').find(' ' + rule.values[0] + ' ') != std::string::npos;
}

// The rules, and what is expected of iss and aud as rules.
std::vector<ClaimRule> all_rules(const PolicyRules& rules) {
  std::vector<ClaimRule> all = rules.rules;
  const auto add_any_of = [&](const char* claim, const std::vector<std::string>& values) {
    all.push_back({ClaimRule::Kind::kAnyOf, claim, values, 0, quoted_list("one of", values)});
  };
  if (rules.iss_demand == Demand::kExpect) add_any_of("iss", rules.iss);
  if (rules.aud_demand != Demand::kExpect) return all;
  if (!rules.aud_all_of) add_any_of("aud", rules.aud);
  if (rules.aud_all_of) {
    for (const std::string& audience : rules.aud) add_any_of("aud", {audience});
  }
  return all;
}

// A claim that is to equal one thing and something else is as impossible.
void find_unequal(const PolicyRules& rules, std::vector<std::string>& mistakes) {
  const std::vector<ClaimRule> all = all_rules(rules);
  for (size_t i = 0; i < all.size(); ++i) {
    for (size_t j = i + 1; j < all.size(); ++j) {
      const ClaimRule& one = all[i];
      const ClaimRule& other = all[j];
      if (one.claim != other.claim) continue;
      if ((is_equality(one) && !may_equal(other, one)) ||
          (is_equality(other) && !may_equal(one, other))) {
        mistakes.push_back("the claim " + quoted(one.claim) + " cannot be " + one.demand + " and " +
                           other.demand);
      }
    }
  }
}

void find_unsaid(const PolicyRules& rules, std::vector<std::string>& mistakes) {
  const std::pair<Demand, const char*> demands[] = {
      {rules.iss_demand, "iss: say expect_iss() or ignore_iss()"},
      {rules.aud_demand, "aud: say expect_aud() or ignore_aud()"},
      {rules.typ_demand, "typ: say expect_typ() or ignore_typ()"},
      {rules.exp_demand, "exp: say expect_exp() or allow_missing_exp()"},
  };
  for (const auto& [demand, what] : demands) {
    if (demand == Demand::kUnsaid) mistakes.emplace_back(what);
  }
}

}  // namespace

Policy::Policy(std::shared_ptr<const PolicyRules> rules) noexcept : rules_(std::move(rules)) {}

Policy Policy::signature_only() {
  auto rules = std::make_shared<PolicyRules>();
  rules->signature_only = true;
  return Policy(std::move(rules));
}

std::string Policy::describe() const {
  const PolicyRules& rules = *rules_;
  if (rules.signature_only) return "signature only: the payload is not looked at\n";
  std::string text;
  const auto line = [&](std::string_view what, const std::string& demand) {
    text += std::string(what) + ": " + demand + '\n';
  };
  line("iss", rules.iss_demand == Demand::kIgnore ? "ignored" : quoted_list("one of", rules.iss));
  line("aud", rules.aud_demand == Demand::kIgnore ? "ignored"
              : rules.aud_all_of                  ? quoted_list("all of", rules.aud)
                                                  : quoted_list("one of", rules.aud));
  line("typ", rules.typ_demand == Demand::kIgnore ? "ignored" : quoted(rules.typ));
  line("exp", rules.exp_demand == Demand::kIgnore ? "may be missing" : "required");
  line("leeway", seconds_text(rules.leeway_seconds));
  if (rules.max_age_seconds) line("maximum age", seconds_text(*rules.max_age_seconds));
  for (const ClaimRule& rule : rules.rules) line(rule.claim, rule.demand);
  if (rules.collect_all) text += "all claim failures are collected\n";
  return text;
}

std::string_view Policy::rule_claim(size_t index) const noexcept {
  return rules_->rules[index].claim;
}
std::string_view Policy::rule_demand(size_t index) const noexcept {
  return rules_->rules[index].demand;
}

PolicyBuilder::PolicyBuilder() : rules_(std::make_unique<PolicyRules>()) {}
PolicyBuilder::~PolicyBuilder() = default;
PolicyBuilder::PolicyBuilder(PolicyBuilder&&) noexcept = default;
PolicyBuilder& PolicyBuilder::operator=(PolicyBuilder&&) noexcept = default;

PolicyBuilder& PolicyBuilder::expect_iss(std::string_view issuer) {
  return expect_iss_any_of({std::string(issuer)});
}
PolicyBuilder& PolicyBuilder::expect_iss_any_of(std::vector<std::string> issuers) {
  say_values(rules_->iss_demand, "iss", rules_->iss, std::move(issuers), mistakes_);
  return *this;
}
PolicyBuilder& PolicyBuilder::ignore_iss() {
  say(rules_->iss_demand, Demand::kIgnore, "iss", mistakes_);
  return *this;
}

PolicyBuilder& PolicyBuilder::expect_aud(std::string_view audience) {
  return expect_aud_any_of({std::string(audience)});
}
PolicyBuilder& PolicyBuilder::expect_aud_any_of(std::vector<std::string> audiences) {
  say_values(rules_->aud_demand, "aud", rules_->aud, std::move(audiences), mistakes_);
  return *this;
}
PolicyBuilder& PolicyBuilder::expect_aud_all_of(std::vector<std::string> audiences) {
  say_values(rules_->aud_demand, "aud", rules_->aud, std::move(audiences), mistakes_);
  rules_->aud_all_of = true;
  return *this;
}
PolicyBuilder& PolicyBuilder::ignore_aud() {
  say(rules_->aud_demand, Demand::kIgnore, "aud", mistakes_);
  return *this;
}

PolicyBuilder& PolicyBuilder::expect_typ(std::string_view typ) {
  say(rules_->typ_demand, Demand::kExpect, "typ", mistakes_);
  if (typ.empty()) mistakes_.emplace_back("an expected typ is empty");
  rules_->typ = std::string(typ);
  return *this;
}
PolicyBuilder& PolicyBuilder::ignore_typ() {
  say(rules_->typ_demand, Demand::kIgnore, "typ", mistakes_);
  return *this;
}

PolicyBuilder& PolicyBuilder::expect_exp() {
  say(rules_->exp_demand, Demand::kExpect, "exp", mistakes_);
  return *this;
}
PolicyBuilder& PolicyBuilder::allow_missing_exp() {
  say(rules_->exp_demand, Demand::kIgnore, "exp", mistakes_);
  return *this;
}

PolicyBuilder& PolicyBuilder::leeway_seconds(int64_t seconds) {
  if (std::exchange(is_leeway_said_, true)) mistakes_.emplace_back("the leeway was said twice");
  if (seconds < 0 || seconds > kLeewaySecondsMax) {
    mistakes_.push_back("the leeway is " + seconds_text(seconds) + ", not 0 to " +
                        seconds_text(kLeewaySecondsMax));
  } else {
    rules_->leeway_seconds = seconds;
  }
  return *this;
}

PolicyBuilder& PolicyBuilder::max_age_seconds(int64_t seconds) {
  if (rules_->max_age_seconds) mistakes_.emplace_back("the maximum age was said twice");
  if (seconds <= 0 || seconds > kNumericDateMax) {
    mistakes_.push_back("the maximum age is " + seconds_text(seconds) + ", not 1 to " +
                        seconds_text(kNumericDateMax));
  } else {
    rules_->max_age_seconds = seconds;
  }
  return *this;
}

PolicyBuilder& PolicyBuilder::require_claim(std::string_view name) {
  add_rule({ClaimRule::Kind::kRequired, std::string(name), {}, 0, "present"}, *rules_, mistakes_);
  return *this;
}
PolicyBuilder& PolicyBuilder::forbid_claim(std::string_view name) {
  add_rule({ClaimRule::Kind::kForbidden, std::string(name), {}, 0, "absent"}, *rules_, mistakes_);
  return *this;
}
PolicyBuilder& PolicyBuilder::expect_string(std::string_view name, std::string_view value) {
  add_rule(
      {ClaimRule::Kind::kEqualString, std::string(name), {std::string(value)}, 0, quoted(value)},
      *rules_, mistakes_);
  return *this;
}
PolicyBuilder& PolicyBuilder::expect_integer(std::string_view name, int64_t value) {
  add_rule({ClaimRule::Kind::kEqualInteger, std::string(name), {}, value, std::to_string(value)},
           *rules_, mistakes_);
  return *this;
}
PolicyBuilder& PolicyBuilder::expect_boolean(std::string_view name, bool value) {
  add_rule({ClaimRule::Kind::kEqualBoolean,
            std::string(name),
            {},
            value ? 1 : 0,
            value ? "true" : "false"},
           *rules_, mistakes_);
  return *this;
}
PolicyBuilder& PolicyBuilder::expect_any_of(std::string_view name,
                                            std::vector<std::string> values) {
  std::string demand = quoted_list("one of", values);
  add_rule({ClaimRule::Kind::kAnyOf, std::string(name), std::move(values), 0, std::move(demand)},
           *rules_, mistakes_);
  return *this;
}
PolicyBuilder& PolicyBuilder::expect_scope(std::string_view name, std::string_view word) {
  add_rule({ClaimRule::Kind::kScope,
            std::string(name),
            {std::string(word)},
            0,
            "the word " + quoted(word)},
           *rules_, mistakes_);
  return *this;
}

PolicyBuilder& PolicyBuilder::collect_all_failures() {
  rules_->collect_all = true;
  return *this;
}

absl::StatusOr<Policy> PolicyBuilder::build() const {
  std::vector<std::string> mistakes = mistakes_;
  find_unsaid(*rules_, mistakes);
  find_contradictions(*rules_, mistakes);
  find_unequal(*rules_, mistakes);
  if (mistakes.empty()) return Policy(std::make_shared<const PolicyRules>(*rules_));
  std::string text;
  for (const std::string& mistake : mistakes) text += (text.empty() ? "" : "; ") + mistake;
  return absl::InvalidArgumentError(text);
}

}  // namespace simdjwt
