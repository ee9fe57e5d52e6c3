// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cli/explain.h"

#include <simdjwt/limits.h>

#include <utility>

#include "cli/words.h"
#include "words/claims.h"
#include "words/unverified.h"

namespace simdjwt::cli {
namespace {

std::vector<std::string> all_quoted(const std::vector<std::string>& texts) {
  std::vector<std::string> quoted_texts;
  for (const std::string& text : texts) quoted_texts.push_back(quote(text));
  return quoted_texts;
}

}  // namespace

Explainer::Explainer(const Verifier& verifier, const Demands& demands)
    : verifier_(verifier),
      demands_(demands),
      signature_verifier_(verifier.keys(), Policy::signature_only()) {}

std::vector<Finding> Explainer::explain(std::string_view token, const VerifyResult& result,
                                        int64_t now) {
  const Verdict first = result.verdict();
  if (first <= Verdict::kBadSignature) {
    return {words::explain_unverified(first, verifier_.keys(), token)};
  }
  const words::TokenContents contents =
      words::read_signed(signature_verifier_, token, scratch_, now);
  if (contents.payload.empty()) return {Finding{.verdict = first}};
  std::vector<Finding> findings;
  for (uint8_t value = 0; value < kNumVerdicts; ++value) {
    const auto verdict = static_cast<Verdict>(value);
    if (!result.failures().contains(verdict)) continue;
    if (verdict == Verdict::kClaimMissing) {
      for (Finding& finding : explain_missing(contents, result.failed_rules())) {
        findings.push_back(std::move(finding));
      }
    } else {
      findings.push_back(words::explain_claim(verdict, expected(verdict, now), contents, now));
    }
  }
  return findings;
}

// Of the rules that a policy can have, the command line makes those of --require only.
std::vector<Finding> Explainer::explain_missing(const words::TokenContents& contents,
                                                uint64_t failed_rules) const {
  std::vector<Finding> findings;
  for (size_t rule = 0; rule < kClaimRulesMax; ++rule) {
    if ((failed_rules >> rule & 1) == 0) continue;
    const std::string_view claim = verifier_.policy().rule_claim(rule);
    Finding finding{.verdict = Verdict::kClaimMissing,
                    .subject = shortened(printable(claim)),
                    .expected = printable(verifier_.policy().rule_demand(rule))};
    words::set_found(finding, find_member(contents.claims, claim));
    findings.push_back(std::move(finding));
  }
  return findings;
}

std::string Explainer::expected(Verdict verdict, int64_t now) const {
  const int64_t max_age = demands_.max_age_seconds.value_or(0);
  switch (verdict) {
    case Verdict::kTypMissing:
    case Verdict::kTypMismatch:
      return quote(demands_.typ.value_or(""));
    case Verdict::kIatMissing:
      return "present, as --max-age needs it";
    case Verdict::kTooOld:
      return words::expected_age(max_age, now, demands_.leeway());
    case Verdict::kIssMissing:
    case Verdict::kIssMismatch:
      return alternatives(all_quoted(demands_.issuers));
    case Verdict::kAudMissing:
    case Verdict::kAudMismatch:
      return alternatives(all_quoted(demands_.audiences));
    default:
      return words::expected_by_all(verdict, now, demands_.leeway());
  }
}

}  // namespace simdjwt::cli
